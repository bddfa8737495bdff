INSERT INTO customers_transaction (
    id, organisation_id, legal_entity_id, contact_id, kind, obligation_to_pay, product_group_id, reference,
    occurred_at, runs_on, supplied_kinds, told_at_collection, optout_offered, recorded_at
)
SELECT ('00000004-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, %(organisation)s, %(entity)s,
    ('00000001-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, 'SALE', true, %(product_group)s, '',
    at, false, ARRAY['PHONE'], true, n %% 7 > 0, at
FROM generate_series(0, %(contacts)s - 1) AS n
CROSS JOIN LATERAL (SELECT '2022-01-01T00:00Z'::timestamptz + (n %% 1500) * interval '1 day') AS one (at)
WHERE n %% 5 < 2
