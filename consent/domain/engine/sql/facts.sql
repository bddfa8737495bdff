-- What is known about everyone asked about, one row per candidate: a person who holds the address, or nobody.
-- Facts only, never law: moments are compared here, and each fact is a letter that the rulebook reads
-- (`consent/domain/rulebook/facts.py`); the ids and ends of what was found travel beside them.
found AS (
    SELECT asked.place, asked.value,
        -- An address that the named contact does not hold is none of theirs: nobody else answers for it.
        asked.usable AND (point.id IS NOT NULL OR asked.contact_id IS NULL)
            AND NOT coalesce(point.placeholder, false) AND NOT coalesce(point.invalid, false) AS usable,
        point.id AS point_id,
        point.contact_id,
        coalesce(point.verified, false) AS verified,
        coalesce(point.published_from_date <= %(day)s::date, false) AS published,
        coalesce(point.impersonal, false) AS impersonal
    FROM asked
    LEFT JOIN points AS point ON point.organisation_id = %(organisation)s::uuid
        AND point.value = asked.value
        AND (point.kind = %(point_kind)s::text OR %(point_kind)s::text = '')
        AND (point.contact_id = asked.contact_id OR asked.contact_id IS NULL)
    -- From here on everything is looked up by contact: in their order, for the same reason as above.
    ORDER BY point.contact_id
),
candidates AS (
    SELECT found.place, found.value, found.usable, found.point_id, found.verified, found.published,
        found.impersonal,
        contact.id AS contact_id,
        contact.kind = 'ORGANISATION' AS organisation,
        contact.legal_form,
        contact.birth_date,
        coalesce(contact.represented, false) AS represented,
        CASE
            WHEN contact.country IN ('NL', 'BE') THEN contact.country
            WHEN contact.country <> '' THEN 'EU'
            WHEN found.value LIKE '+31%%' THEN 'NL'
            WHEN found.value LIKE '+32%%' THEN 'BE'
            WHEN found.value LIKE '+%%' THEN 'EU'
            ELSE %(country)s::text
        END AS jurisdiction
    FROM found
    -- One at a time, whatever the planner expects: a single question must not read all contacts.
    LEFT JOIN LATERAL (
        SELECT one.id, one.kind, one.legal_form, one.birth_date, one.represented, one.country
        FROM contacts one
        WHERE one.id = found.contact_id
        LIMIT 1
    ) contact ON true
),
stopped AS (
    SELECT candidate.place, candidate.contact_id, max(objection.objected_at) AS objected_at,
        (array_agg(objection.objection_event_id ORDER BY objection.objected_at DESC))[1] AS objection_event_id
    FROM candidates candidate
    JOIN objections objection ON objection.organisation_id = %(organisation)s::uuid
        AND objection.contact_id = candidate.contact_id
    WHERE objection.standing
        AND (objection.legal_entity_id = %(legal_entity)s::uuid OR objection.legal_entity_id IS NULL)
        AND (objection.purpose_id = %(purpose)s::uuid OR objection.purpose_id IS NULL)
        AND objection.channel IN ('', %(channel)s::text)
    GROUP BY candidate.contact_id, candidate.place
),
blocked AS (
    SELECT hashed.place, max(suppressed_at) AS suppressed_at, bool_or(reason = 'ERASURE') AS erased,
        (array_agg(event_id ORDER BY suppressed_at DESC))[1] AS suppression_event_id
    FROM hashed
    JOIN blocks ON blocks.organisation_id = %(organisation)s::uuid
        AND blocks.address_hash = hashed.address_hash
        -- Compared afterwards: within the index it would have every version of the key searched for.
        AND CASE WHEN blocks.channel = '' THEN true ELSE blocks.channel = %(channel)s::text END
    GROUP BY hashed.place
),
listed AS (
    SELECT asked.place, max(registration.registered_date) AS registered_date
    FROM asked
    JOIN consent_donotcallregistration registration ON %(list_fresh)s::boolean
        AND registration.organisation_id = %(organisation)s::uuid
        AND registration.number = asked.value
        AND registration.registered_date <= %(day_in_belgium)s::date
        AND (registration.removed_date IS NULL OR registration.removed_date > %(day_in_belgium)s::date)
    GROUP BY asked.place
),
described AS (
    SELECT candidate.*, stopped.objected_at, stopped.objection_event_id,
        blocked.suppressed_at, blocked.erased, blocked.suppression_event_id,
        restriction.event_id AS restriction_event_id,
        listed.registered_date
    FROM candidates candidate
    LEFT JOIN stopped ON stopped.place = candidate.place AND stopped.contact_id = candidate.contact_id
    LEFT JOIN blocked ON blocked.place = candidate.place
    LEFT JOIN listed ON listed.place = candidate.place
    LEFT JOIN restrictions restriction ON restriction.contact_id = candidate.contact_id
),
permissions AS (
    SELECT candidate.place, candidate.contact_id, record.id, record.grant_event_id, record.request_event_id,
        record.withdrawal_event_id, record.notice_version_id,
        record.channel = %(channel)s::text
            AND record.contact_point_id IS NOT DISTINCT FROM
                CASE WHEN %(point_kind)s::text <> '' THEN candidate.point_id END AS on_address,
        record.legal_entity_id = %(legal_entity)s::uuid
            AND (record.requested_at IS NOT NULL OR record.granted_at IS NOT NULL) AS asked_or_given,
        concat(
            CASE
                WHEN record.legal_entity_id <> %(legal_entity)s::uuid THEN 'x'
                WHEN record.purpose_id <> %(purpose)s::uuid THEN 'p'
                ELSE 'h'
            END,
            /* permission_letters */,
            coalesce(record.grant_proven AND record.granted_at > candidate.objected_at, false),
            coalesce(record.grant_proven AND record.granted_at > candidate.suppressed_at, false),
            candidate.registered_date IS NOT NULL
                AND coalesce((record.granted_at AT TIME ZONE 'Europe/Brussels')::date > candidate.registered_date, false)
        ) AS letters,
        least(
            record.valid_until,
            CASE WHEN %(channel)s::text = 'CALL' THEN first_call.due_at END
        ) AS ends_at
    FROM described candidate
    JOIN records record ON record.organisation_id = %(organisation)s::uuid
        AND record.contact_id = candidate.contact_id
    /* first_call */
    -- Here too: what is sorted below is the letters, not the whole rows that they are made from.
    OFFSET 0
),
consented AS (
    SELECT place, contact_id,
        bool_or(asked_or_given) AS asked_or_given,
        -- One order for all of them, and no filter: else the rows of each contact are sorted anew for each. What
        -- is not about this address stands behind what is.
        string_agg(CASE WHEN on_address THEN letters END, ',' ORDER BY on_address DESC, letters, id) AS letters,
        string_agg(
            CASE WHEN on_address THEN coalesce(ends_at::text, '') END, ',' ORDER BY on_address DESC, letters, id
        ) AS ends,
        array_agg(grant_event_id ORDER BY on_address DESC, letters, id) AS grant_event_ids,
        array_agg(request_event_id ORDER BY on_address DESC, letters, id) AS request_event_ids,
        array_agg(withdrawal_event_id ORDER BY on_address DESC, letters, id) AS withdrawal_event_ids,
        array_agg(notice_version_id ORDER BY on_address DESC, letters, id) AS notice_version_ids
    FROM permissions
    GROUP BY contact_id, place
),
agreements AS (
    SELECT candidate.place, candidate.contact_id, relation.id, relation.legal_entity_id,
        relation.kind <> 'SYMPATHY' AND relation.legal_entity_id = %(legal_entity)s::uuid AS served,
        concat(
            /* relation_kind */,
            relation.legal_entity_id = %(legal_entity)s::uuid,
            %(any_group)s::boolean OR coalesce(relation.product_group_id = ANY(%(groups)s::int[]), false),
            /* relation_letters */
        ) AS letters,
        CASE WHEN %(channel)s::text = 'CALL' THEN relation.ends_at END AS ends_at,
        -- Looked up for an answer that is explained, not for a list.
        CASE WHEN %(explained)s::boolean THEN (
            /* transaction */
        ) END AS transaction_id
    FROM candidates candidate
    JOIN relations relation ON relation.contact_id = candidate.contact_id
    /* collected */
    OFFSET 0
),
related AS (
    SELECT place, contact_id,
        bool_or(served) AS served,
        string_agg(letters, ',' ORDER BY letters, id) AS letters,
        array_agg(id ORDER BY letters, id) AS relation_ids,
        array_agg(transaction_id ORDER BY letters, id) AS transaction_ids,
        string_agg(coalesce(ends_at::text, ''), ',' ORDER BY letters, id) AS ends
    FROM agreements
    GROUP BY contact_id, place
),
facts AS (
    SELECT described.place, described.contact_id, described.point_id, described.jurisdiction,
        concat_ws('|',
            described.jurisdiction,
            described.contact_id IS NOT NULL,
            described.usable,
            coalesce(described.organisation, false),
            coalesce(described.legal_form, ''),
            CASE
                WHEN described.birth_date IS NULL THEN 'u'
                WHEN described.birth_date > %(day)s::date - interval '13 years' THEN 'c'
                WHEN described.birth_date > %(day)s::date - interval '16 years' THEN 'y'
                ELSE 'a'
            END,
            described.represented,
            described.restriction_event_id IS NOT NULL,
            coalesce(related.served, false) OR coalesce(consented.asked_or_given, false),
            described.objected_at IS NOT NULL,
            CASE WHEN described.erased THEN 'e' WHEN described.suppressed_at IS NOT NULL THEN 'b' ELSE 'n' END,
            described.published,
            described.impersonal,
            CASE
                WHEN NOT %(list_fresh)s::boolean THEN 's'
                WHEN described.registered_date IS NOT NULL THEN 'l'
                ELSE 'n'
            END,
            coalesce(consented.letters, ''),
            coalesce(related.letters, '')
        ) AS key,
        -- When what is known ends by itself: each permission, each relation, and being 12 and 15 years old.
        concat(
            consented.ends, '|', related.ends, '|',
            ((described.birth_date + interval '13 years')::date)::timestamp AT TIME ZONE %(zone)s::text, '|',
            ((described.birth_date + interval '16 years')::date)::timestamp AT TIME ZONE %(zone)s::text
        ) AS ends,
        consented.grant_event_ids, consented.request_event_ids, consented.withdrawal_event_ids,
        consented.notice_version_ids, related.relation_ids, related.transaction_ids,
        described.objection_event_id, described.suppression_event_id, described.restriction_event_id
    FROM described
    LEFT JOIN consented USING (contact_id, place)
    LEFT JOIN related USING (contact_id, place)
)
