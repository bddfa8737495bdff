-- What held at a moment, by what was known at another: folded from the ledger and the transactions of everyone
-- asked about, by the same folds that keep the records. What stands of a person is read once, one person at a time
-- (OFFSET says so to the planner) and in one order, so that reading goes through each index from end to end. Of an
-- address that is asked about twice there are two rows here: were they made one at once, the planner would expect
-- a single row of them all, and compare whatever is joined to them row by row.
addresses AS (
    SELECT point.*
    FROM asked
    CROSS JOIN LATERAL (
        SELECT one.id, one.organisation_id, one.contact_id, one.kind, one.value, one.placeholder, one.impersonal,
            one.published_from_date, one.invalid_at
        FROM customers_contactpoint one
        WHERE one.organisation_id = %(organisation)s::uuid
            AND one.value = asked.value
            AND (one.kind = %(point_kind)s::text OR %(point_kind)s::text = '')
            AND (one.contact_id = asked.contact_id OR asked.contact_id IS NULL)
        OFFSET 0
    ) point
    ORDER BY point.contact_id
),
people AS (SELECT DISTINCT contact_id FROM addresses ORDER BY contact_id),
acts AS MATERIALIZED (
    SELECT act.*
    FROM people
    CROSS JOIN LATERAL (
        SELECT people.contact_id AS subject_id, event.ctid, event.id, event.organisation_id, event.contact_point_id,
            event.legal_entity_id, event.purpose_id, event.channel, event.act, event.status, event.refers_to_id,
            event.proven, event.occurred_at, event.recorded_at, event.sequence
        FROM consent_consentevent event
        WHERE event.organisation_id = %(organisation)s::uuid AND event.subject_id = people.contact_id
            AND event.occurred_at <= %(at)s::timestamptz AND event.recorded_at <= %(known_at)s::timestamptz
        OFFSET 0
    ) act
    ORDER BY people.contact_id
),
-- Of an address the last findings up to then count, as its record keeps them: it was shown to be theirs, or it
-- was found invalid, until it is in use again, as if new. Before ADDRESS_RESTORED was written, nothing but a
-- later proof tells that it was taken up again; it tells nothing where the record was invalid then, and still is.
findings AS (
    SELECT address.id,
        (array_agg(event.act ORDER BY event.occurred_at DESC, event.recorded_at DESC, event.sequence DESC)
            FILTER (WHERE event.act <> 'ADDRESS_INVALIDATED'))[1] = 'ADDRESS_VERIFIED' AS verified,
        (array_agg(event.act ORDER BY event.occurred_at DESC, event.recorded_at DESC, event.sequence DESC)
            FILTER (WHERE event.act <> 'ADDRESS_VERIFIED' OR (address.invalid_at <= event.occurred_at) IS NOT TRUE)
        )[1] = 'ADDRESS_INVALIDATED' AS invalid
    FROM addresses address
    JOIN acts event ON event.contact_point_id = address.id AND event.subject_id = address.contact_id
    WHERE event.act IN ('ADDRESS_VERIFIED', 'ADDRESS_INVALIDATED', 'ADDRESS_RESTORED')
    GROUP BY address.id
),
points AS (
    SELECT DISTINCT ON (addresses.id) addresses.*, coalesce(findings.verified, false) AS verified, coalesce(findings.invalid, false) AS invalid
    FROM addresses
    LEFT JOIN findings USING (id)
),
