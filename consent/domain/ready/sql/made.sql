-- What a list asks about the plain addresses of some people, as at now. Whoever is not plain is left to the query
-- of facts: several holders, a block, an objection, a restriction, a publication, a child, a former hash key.
WITH candidates AS MATERIALIZED (
    SELECT point.organisation_id, point.id AS point_id, point.value, point.kind AS point_kind, point.address_hash,
        point.contact_id, point.impersonal,
        point.verified_at IS NOT NULL AS verified,
        point.invalid_at IS NULL AS usable,
        contact.kind = 'ORGANISATION' AS organisation,
        contact.legal_form, contact.birth_date,
        contact.representative_id IS NOT NULL AS represented,
        CASE
            WHEN contact.country IN ('NL', 'BE') THEN contact.country
            WHEN contact.country <> '' THEN 'EU'
            WHEN point.value LIKE '+31%%' THEN 'NL'
            WHEN point.value LIKE '+32%%' THEN 'BE'
            WHEN point.value LIKE '+%%' THEN 'EU'
            ELSE ''
        END AS jurisdiction
    FROM customers_contactpoint point
    JOIN customers_contact contact ON contact.id = point.contact_id
    WHERE point.contact_id = ANY(%(contacts)s::uuid[])
        AND point.kind IN ('EMAIL', 'PHONE')
        AND point.hash_key_version = %(key_version)s::integer
        AND NOT point.placeholder
        AND point.published_from_date IS NULL
        AND coalesce(greatest(point.verified_at, point.invalid_at) <= %(at)s::timestamptz, true)
        -- Two days early: midnight differs by time zone.
        AND coalesce(contact.birth_date <= (%(at)s::timestamptz)::date - interval '16 years 2 days', true)
        AND NOT EXISTS (
            SELECT FROM customers_contactpoint other
            WHERE other.organisation_id = point.organisation_id AND other.value = point.value AND other.id <> point.id
        )
        AND NOT EXISTS (
            SELECT FROM consent_objection objection
            WHERE objection.organisation_id = point.organisation_id AND objection.contact_id = point.contact_id
                AND objection.standing
        )
        AND NOT EXISTS (
            SELECT FROM consent_restriction restriction
            WHERE restriction.contact_id = point.contact_id AND restriction.lifted_at IS NULL
        )
        AND NOT EXISTS (
            SELECT FROM consent_suppression block
            WHERE block.organisation_id = point.organisation_id AND block.address_hash = point.address_hash
                AND block.lifted_at IS NULL
        )
),
-- Summed up one by one, whatever the planner expects: grouped, they would be joined in the square of their number.
made AS (
    SELECT candidate.organisation_id, candidate.value, candidate.contact_id, candidate.address_hash,
        concat_ws('|',
            candidate.jurisdiction, candidate.usable, candidate.organisation, candidate.legal_form,
            CASE WHEN candidate.birth_date IS NULL THEN 'u' ELSE 'a' END,
            candidate.represented, candidate.impersonal,
            coalesce(consented.asked_by, ''), coalesce(consented.texts, ''), coalesce(related.texts, '')
        ) AS facts,
        concat(consented.ends, '|', related.ends) AS ends,
        %(at)s::timestamptz AS holds_from,
        least(consented.holds_until, related.holds_until) AS holds_until
    FROM candidates candidate
    CROSS JOIN LATERAL (
        SELECT string_agg(DISTINCT asked_by, ',' ORDER BY asked_by) AS asked_by,
            string_agg(text, ',' ORDER BY id) FILTER (WHERE on_address) AS texts,
            string_agg(coalesce(ends_at::text, ''), ',' ORDER BY id) FILTER (WHERE on_address) AS ends,
            min(holds_until) AS holds_until
        FROM (
            SELECT record.id,
                record.contact_point_id = candidate.point_id AS on_address,
                CASE WHEN record.requested_at IS NOT NULL OR record.granted_at IS NOT NULL
                    THEN record.legal_entity_id::text END AS asked_by,
                concat_ws(' ', record.legal_entity_id, record.purpose_id, record.channel, concat(
                    /* permission_letters */
                )) AS text,
                least(record.valid_until, CASE WHEN record.channel = 'CALL' THEN first_call.due_at END) AS ends_at,
                least(
                    CASE WHEN record.valid_until > %(at)s::timestamptz THEN record.valid_until END,
                    CASE WHEN first_call.due_at > %(at)s::timestamptz THEN first_call.due_at END
                ) AS holds_until
            FROM consent_consentrecord record
            JOIN customers_legalentity entity ON entity.id = record.legal_entity_id
            /* first_call */
            WHERE record.organisation_id = candidate.organisation_id AND record.contact_id = candidate.contact_id
        ) permission
    ) consented
    CROSS JOIN LATERAL (
        SELECT string_agg(
                concat_ws(' ', relation.legal_entity_id, coalesce(relation.product_group_id, 0),
                    /* relation_kind */,
                    concat(
                        /* relation_letters */
                    )
                ),
                ',' ORDER BY relation.id
            ) AS texts,
            string_agg(coalesce(relation.ends_at::text, ''), ',' ORDER BY relation.id) AS ends,
            min(relation.ends_at) FILTER (WHERE relation.ends_at > %(at)s::timestamptz) AS holds_until
        FROM customers_customerrelation relation
        /* collected */
        WHERE relation.contact_id = candidate.contact_id AND relation.reason_ended <> 'ERASED'
    ) related
)
