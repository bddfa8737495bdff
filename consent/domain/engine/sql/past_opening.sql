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
-- Of an address the last findings up to then count, as its record keeps them: it was shown to be theirs, or it
-- was found invalid, until it is in use again, as if new. Before ADDRESS_RESTORED was written, nothing but a
-- later proof tells that it was taken up again; it tells nothing where the record was invalid then, and still is.
points AS (
    SELECT point.*, coalesce(finding.verified, false) AS verified, coalesce(finding.invalid, false) AS invalid
    FROM customers_contactpoint point
    LEFT JOIN LATERAL (
        SELECT
            (array_agg(event.act ORDER BY event.occurred_at DESC, event.recorded_at DESC, event.sequence DESC)
                FILTER (WHERE event.act <> 'ADDRESS_INVALIDATED'))[1] = 'ADDRESS_VERIFIED' AS verified,
            (array_agg(event.act ORDER BY event.occurred_at DESC, event.recorded_at DESC, event.sequence DESC)
                FILTER (WHERE event.act <> 'ADDRESS_VERIFIED' OR (point.invalid_at <= event.occurred_at) IS NOT TRUE)
            )[1] = 'ADDRESS_INVALIDATED' AS invalid
        FROM consent_consentevent event
        WHERE event.organisation_id = point.organisation_id
            AND event.subject_id = point.contact_id
            AND event.contact_point_id = point.id
            AND event.act IN ('ADDRESS_VERIFIED', 'ADDRESS_INVALIDATED', 'ADDRESS_RESTORED')
            AND event.occurred_at <= %(at)s::timestamptz
            AND event.recorded_at <= %(known_at)s::timestamptz
    ) finding ON true
),
