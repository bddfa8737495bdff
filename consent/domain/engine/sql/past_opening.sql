-- What held at a moment, by what was known at another: folded from the ledger and the transactions of everyone
-- asked about, by the same folds that keep the records.
people AS (
    SELECT DISTINCT point.contact_id
    FROM asked
    JOIN customers_contactpoint point ON point.organisation_id = %(organisation)s::uuid
        AND point.value = asked.value
        AND (point.kind = %(point_kind)s::text OR %(point_kind)s::text = '')
        AND (point.contact_id = asked.contact_id OR asked.contact_id IS NULL)
),
-- Of an address, the last finding up to then counts: verified, or found invalid.
points AS (
    SELECT point.*,
        coalesce(finding.act = 'ADDRESS_VERIFIED', false) AS verified,
        coalesce(finding.act = 'ADDRESS_INVALIDATED', false) AS invalid
    FROM customers_contactpoint point
    LEFT JOIN LATERAL (
        SELECT event.act
        FROM consent_consentevent event
        WHERE event.organisation_id = point.organisation_id
            AND event.subject_id = point.contact_id
            AND event.contact_point_id = point.id
            AND event.act IN ('ADDRESS_VERIFIED', 'ADDRESS_INVALIDATED')
            AND event.occurred_at <= %(at)s::timestamptz
            AND event.recorded_at <= %(known_at)s::timestamptz
        ORDER BY event.occurred_at DESC, event.recorded_at DESC, event.sequence DESC
        LIMIT 1
    ) finding ON true
),
