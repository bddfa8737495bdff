-- Every leaf of a run beside the leaf its event makes now; what differs is named by the first of them.
WITH checked AS MATERIALIZED (
    SELECT leaf.position, leaf.event_id, leaf.leaf_hash, now.leaf_hash AS hash_now, now.sequence
    FROM consent_ledgerleaf leaf
    LEFT JOIN LATERAL (
        SELECT event.sequence, /* leaf_hash */ AS leaf_hash
        FROM consent_consentevent event
        WHERE event.id = leaf.event_id
    ) now ON true
    WHERE leaf.position >= %(first)s AND leaf.position < %(end)s
)
SELECT
    coalesce(string_agg(leaf_hash, ''::bytea ORDER BY position), ''::bytea),
    count(*) FILTER (WHERE sequence <= %(settled)s),
    (
        SELECT ARRAY[position::text, event_id::text, (hash_now IS NULL)::text] FROM checked
        WHERE hash_now IS DISTINCT FROM leaf_hash ORDER BY position LIMIT 1
    )
FROM checked
