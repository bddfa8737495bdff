-- Fold the ledger into the present state of each permission that was touched.
-- Order of acts: (proven, occurred_at, recorded_at, sequence), largest wins, whatever the order of arrival;
-- of two acts of one moment, the stop wins.
-- A stop is kept beside the last grant: when the grant ends, the stop stands again.
-- One sort, one window and one grouping over it, no joins among the acts: the same plan for one permission and for
-- a million. What is sorted is narrow; the acts that count are read again at the end, where they stand in the table
-- (ctid), which within one statement cannot change. The organisation comes last: where it is one, the order of the
-- index on subjects is used as it is.
history AS (
    SELECT event.id, event.ctid, event.act, event.refers_to_id, event.occurred_at,
        event.organisation_id, event.subject_id, event.contact_point_id,
        event.legal_entity_id, event.purpose_id, event.channel,
        row_number() OVER (
            PARTITION BY event.subject_id, event.contact_point_id, event.legal_entity_id, event.purpose_id,
                event.channel
            ORDER BY event.proven, event.occurred_at, event.recorded_at, event.act = 'WITHDRAWN', event.sequence
        ) AS place
    /* acts */
        AND event.status <> ''
),
-- Places count from one, as arrays do: what stands at a place is read from the array of all.
placed AS (
    SELECT (array_agg(organisation_id))[1] AS organisation_id,
        subject_id, contact_point_id, legal_entity_id, purpose_id, channel,
        array_agg(id ORDER BY place) AS ids,
        array_agg(ctid ORDER BY place) AS stands,
        array_agg(occurred_at ORDER BY place) AS moments,
        max(occurred_at) AS last_act_at,
        max(place) FILTER (WHERE act IN ('GIVEN', 'CONFIRMED', 'RENEWED')) AS grant_place,
        max(place) FILTER (WHERE act = 'WITHDRAWN') AS withdrawal_place,
        max(place) FILTER (WHERE act = 'REFUSED') AS refusal_place,
        max(place) FILTER (WHERE act = 'REQUESTED') AS request_place,
        -- Few permissions have acts that follow on a grant or on a request.
        array_agg(place) FILTER (WHERE act IN ('LAPSED', 'EXPIRED', 'INVALIDATED', 'USED')) AS following,
        array_agg(act) FILTER (WHERE act IN ('LAPSED', 'EXPIRED', 'INVALIDATED', 'USED')) AS following_acts,
        array_agg(refers_to_id) FILTER (WHERE act IN ('LAPSED', 'EXPIRED', 'INVALIDATED', 'USED')) AS referred_to
    FROM history
    GROUP BY subject_id, contact_point_id, legal_entity_id, purpose_id, channel
),
latest AS (
    SELECT placed.*, followed.*
    FROM placed
    -- What happened to the last grant, and to the last request: by the key an act names, else by its place.
    CROSS JOIN LATERAL (
        SELECT bool_or(act = 'LAPSED' AND of_request) AS lapsed,
            bool_or(act = 'EXPIRED' AND of_grant) AS expired,
            min(happened_at) FILTER (WHERE act = 'INVALIDATED' AND of_grant) AS invalidated_at,
            min(happened_at) FILTER (WHERE act = 'USED' AND of_grant) AS first_used_at,
            count(*) FILTER (WHERE act = 'USED' AND of_grant) AS uses_spent
        FROM (
            SELECT act, moments[place] AS happened_at,
                refers_to_id = ids[grant_place] OR (refers_to_id IS NULL AND place > grant_place) AS of_grant,
                refers_to_id = ids[request_place] OR (refers_to_id IS NULL AND place > request_place) AS of_request
            FROM unnest(following, following_acts, referred_to) AS one (place, act, refers_to_id)
            WHERE following IS NOT NULL
        ) one
    ) followed
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
        moments[withdrawal_place] AS withdrawn_at,
        ids[withdrawal_place] AS withdrawal_event_id,
        moments[refusal_place] AS refused_at,
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
    LEFT JOIN consent_consentevent granted ON granted.ctid = latest.stands[grant_place]
    LEFT JOIN consent_consentevent request ON request.ctid = latest.stands[request_place]
)
