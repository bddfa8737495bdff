-- One address: what it was made ready with, if that counts still, and the keys of what an answer may rely on; else
-- whether anything at all is known of it. One row in any case. Read in one statement, so that all are of one moment.
SELECT ready.facts, ready.ends, ready.contact_id, ready.point_id,
    CASE WHEN ready.facts IS NOT NULL THEN (
        SELECT string_agg(
            concat(record.grant_event_id, ' ', record.request_event_id, ' ', record.withdrawal_event_id, ' ',
                record.notice_version_id),
            ',' ORDER BY record.id
        )
        FROM consent_consentrecord record
        WHERE record.organisation_id = %(organisation)s::uuid AND record.contact_id = ready.contact_id
            AND record.contact_point_id = ready.point_id
    ) END,
    CASE WHEN ready.facts IS NOT NULL THEN (
        SELECT string_agg(concat(relation.id, ' ', (
            /* transaction */
        )), ',' ORDER BY relation.id)
        FROM customers_customerrelation relation
        WHERE relation.contact_id = ready.contact_id AND relation.reason_ended <> 'ERASED'
    ) END,
    ready.facts IS NULL AND (
        EXISTS (
            SELECT FROM customers_contactpoint point
            WHERE point.organisation_id = %(organisation)s::uuid AND point.value = %(value)s::text
        )
        OR EXISTS (
            SELECT FROM consent_suppression block
            WHERE block.organisation_id = %(organisation)s::uuid AND block.address_hash = %(address_hash)s::bytea
                AND block.lifted_at IS NULL
        )
        OR EXISTS (
            SELECT FROM consent_donotcallregistration registration
            WHERE %(list_fresh)s::boolean
                AND registration.organisation_id = %(organisation)s::uuid AND registration.number = %(value)s::text
        )
    )
FROM (SELECT) AS one
LEFT JOIN (
    SELECT address.facts, address.ends, address.contact_id, point.id AS point_id
    FROM consent_readyaddress address
    JOIN customers_contactpoint point ON point.organisation_id = address.organisation_id
        AND point.value = address.value AND point.contact_id = address.contact_id
    WHERE address.organisation_id = %(organisation)s::uuid
        AND address.value = %(value)s::text
        AND /* stands_ready */
        -- What changed is read once; where that is much, nobody counts as ready.
        AND (
            SELECT count(*) < %(much)s::integer AND NOT coalesce(bool_or(
                few.contact_id = address.contact_id OR few.address_hash = address.address_hash
            ), false)
            FROM (SELECT contact_id, address_hash FROM consent_readychange LIMIT %(much)s::integer) few
        )
        AND NOT EXISTS (
            SELECT FROM consent_donotcallregistration registration
            WHERE %(list_fresh)s::boolean
                AND registration.organisation_id = address.organisation_id AND registration.number = address.value
        )
) ready ON true
