WITH agreed AS (
    SELECT one.*
    FROM people
    CROSS JOIN LATERAL (
        SELECT organisation_id, people.contact_id, legal_entity_id, kind, product_group_id, occurred_at,
            CASE WHEN ended_at <= %(at)s::timestamptz THEN ended_at END AS ended_at, runs_on,
            supplied_kinds, told_at_collection, optout_offered
        FROM customers_transaction
        WHERE contact_id = people.contact_id
            AND occurred_at <= %(at)s::timestamptz AND recorded_at <= %(known_at)s::timestamptz
        OFFSET 0
    ) one
),
extensions AS (
    SELECT DISTINCT ON (legal_entity_id, kind, product_group_id) *
    FROM customers_termextension
    WHERE decided_at <= least(%(at)s, %(known_at)s)::timestamptz
    ORDER BY legal_entity_id, kind, product_group_id, decided_at DESC, id DESC
),
