-- The relations that these transactions belong to.
WITH agreed AS NOT MATERIALIZED (SELECT * FROM customers_transaction),
-- Of several decisions the last one counts.
extensions AS (
    SELECT DISTINCT ON (legal_entity_id, kind, product_group_id) *
    FROM customers_termextension
    ORDER BY legal_entity_id, kind, product_group_id, decided_at DESC, id DESC
),
touched AS (
    SELECT DISTINCT contact_id, legal_entity_id, kind, product_group_id
    FROM customers_transaction
    WHERE id = ANY(%(transaction_ids)s)
),
