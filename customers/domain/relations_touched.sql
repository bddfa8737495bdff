-- The relations that these transactions belong to.
WITH agreed AS NOT MATERIALIZED (SELECT * FROM customers_transaction),
extensions AS NOT MATERIALIZED (SELECT * FROM customers_termextension),
touched AS (
    SELECT DISTINCT contact_id, legal_entity_id, kind, product_group_id
    FROM customers_transaction
    WHERE id = ANY(%(transaction_ids)s)
),
