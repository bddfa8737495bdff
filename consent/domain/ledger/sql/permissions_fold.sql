-- Fold the ledger into the present state of each permission that was touched.
-- Order of acts: (proven, occurred_at, recorded_at, sequence), largest wins, whatever the order of arrival;
-- of two acts of one moment, the stop wins.
-- A stop is kept beside the last grant: when the grant ends, the stop stands again.
-- One sort and windows over it, no joins among the acts: the same plan for one permission and for a million. What
-- is sorted is narrow; the acts that count are looked up by their key at the end. The organisation comes last:
-- where it is one, the order of the index on subjects is used as it is.
history AS (
    SELECT event.id, event.act, event.refers_to_id, event.occurred_at,
        event.organisation_id, event.subject_id, event.contact_point_id,
        event.legal_entity_id, event.purpose_id, event.channel,
        row_number() OVER (
            PARTITION BY event.subject_id, event.contact_point_id, event.legal_entity_id, event.purpose_id,
                event.channel, event.organisation_id
            ORDER BY event.proven, event.occurred_at, event.recorded_at, event.act = 'WITHDRAWN', event.sequence
        ) AS place
    /* acts */
        AND event.status <> '' /* until */
),
placed AS (
    SELECT *,
        max(place) FILTER (WHERE act IN ('GIVEN', 'CONFIRMED', 'RENEWED')) OVER permission AS grant_place,
        max(place) FILTER (WHERE act = 'WITHDRAWN') OVER permission AS withdrawal_place,
        max(place) FILTER (WHERE act = 'REFUSED') OVER permission AS refusal_place,
        max(place) FILTER (WHERE act = 'REQUESTED') OVER permission AS request_place
    FROM history
    WINDOW permission AS (
        PARTITION BY subject_id, contact_point_id, legal_entity_id, purpose_id, channel, organisation_id
    )
),
named AS (
    SELECT *,
        (array_agg(id) FILTER (WHERE place = grant_place) OVER permission)[1] AS grant_id,
        (array_agg(id) FILTER (WHERE place = request_place) OVER permission)[1] AS request_id
    FROM placed
    WINDOW permission AS (
        PARTITION BY subject_id, contact_point_id, legal_entity_id, purpose_id, channel, organisation_id
    )
),
-- What happened to the last grant, and to the last request: by the key an act names, else by its place.
followed AS (
    SELECT *, refers_to_id = grant_id OR (refers_to_id IS NULL AND place > grant_place) AS of_grant,
        refers_to_id = request_id OR (refers_to_id IS NULL AND place > request_place) AS of_request
    FROM named
),
latest AS (
    SELECT organisation_id, subject_id, contact_point_id, legal_entity_id, purpose_id, channel,
        max(occurred_at) AS last_act_at,
        max(grant_place) AS grant_place,
        max(withdrawal_place) AS withdrawal_place,
        max(refusal_place) AS refusal_place,
        max(request_place) AS request_place,
        (array_agg(id) FILTER (WHERE place = grant_place))[1] AS grant_id,
        (array_agg(id) FILTER (WHERE place = request_place))[1] AS request_id,
        (array_agg(id) FILTER (WHERE place = withdrawal_place))[1] AS withdrawal_id,
        max(occurred_at) FILTER (WHERE place = withdrawal_place) AS withdrawn_at,
        max(occurred_at) FILTER (WHERE place = refusal_place) AS refused_at,
        bool_or(act = 'LAPSED' AND of_request) AS lapsed,
        bool_or(act = 'EXPIRED' AND of_grant) AS expired,
        min(occurred_at) FILTER (WHERE act = 'INVALIDATED' AND of_grant) AS invalidated_at,
        min(occurred_at) FILTER (WHERE act = 'USED' AND of_grant) AS first_used_at,
        count(*) FILTER (WHERE act = 'USED' AND of_grant) AS uses_spent
    FROM followed
    GROUP BY subject_id, contact_point_id, legal_entity_id, purpose_id, channel, organisation_id
),
folded AS (
    SELECT latest.organisation_id, latest.subject_id AS contact_id, latest.contact_point_id, latest.legal_entity_id,
        latest.purpose_id, latest.channel,
        CASE
            WHEN withdrawal_place > coalesce(grant_place, 0) THEN 'ConsentWithdrawn'
            -- Being asked again reopens the question after a refusal, and changes nothing after a grant.
            WHEN refusal_place > greatest(grant_place, request_place, 0) THEN 'ConsentRefused'
            WHEN grant_place > coalesce(refusal_place, 0) THEN
                CASE
                    WHEN invalidated_at IS NOT NULL THEN 'ConsentInvalidated'
                    WHEN expired THEN 'ConsentExpired'
                    WHEN granted.uses <= uses_spent THEN 'ConsentTerminated'
                    ELSE granted.status
                END
            WHEN lapsed THEN 'ConsentRequestDeferred'
            WHEN request_place IS NOT NULL THEN 'ConsentRequested'
            ELSE 'ConsentUnknown'
        END AS status,
        last_act_at,
        request.occurred_at AS requested_at,
        request.id AS request_event_id,
        granted.occurred_at AS granted_at,
        granted.id AS grant_event_id,
        coalesce(granted.proven, false) AS grant_proven,
        withdrawn_at,
        withdrawal_id AS withdrawal_event_id,
        refused_at,
        invalidated_at,
        granted.valid_until,
        granted.uses,
        uses_spent,
        first_used_at,
        granted.first_contact_due_at,
        coalesce(granted.collector, 'OWN') AS collector,
        coalesce(granted.actor, '') AS given_by,
        coalesce(granted.complete, false) AS complete,
        coalesce(granted.grade, '') AS grade,
        coalesce(granted.notice_version_id, request.notice_version_id) AS notice_version_id,
        coalesce(granted.collection_point_id, request.collection_point_id) AS collection_point_id
    FROM latest
    LEFT JOIN consent_consentevent granted ON granted.id = latest.grant_id
    LEFT JOIN consent_consentevent request ON request.id = latest.request_id
)
