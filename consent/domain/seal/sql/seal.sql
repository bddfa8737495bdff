-- Seals the events that are due, in the order of the ledger, behind the leaves that stand.
WITH due AS (
    SELECT event.* FROM consent_consentevent event
    WHERE /* due */
    ORDER BY event.sequence, event.id
    LIMIT %(most)s
), sealed AS (
    INSERT INTO consent_ledgerleaf (position, event_id, leaf_hash)
    SELECT %(tree_size)s + row_number() OVER (ORDER BY event.sequence, event.id) - 1, event.id, /* leaf_hash */
    FROM due event
    RETURNING position, leaf_hash
)
SELECT
    coalesce((SELECT string_agg(leaf_hash, ''::bytea ORDER BY position) FROM sealed), ''::bytea),
    (SELECT max(sequence) FROM due)
