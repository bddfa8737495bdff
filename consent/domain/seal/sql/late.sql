-- Events that say they were written long before a checkpoint that was signed without them: how many, and the first.
-- The checkpoints once, as two lists in one order: looked up for every leaf they would take most of the time.
WITH signed AS MATERIALIZED (
    SELECT array_agg(tree_size ORDER BY tree_size) AS sizes, array_agg(made_at ORDER BY tree_size) AS moments
    FROM consent_checkpoint
    WHERE tree_size <= %(tree_size)s
)
SELECT leaf.position, event.id, event.recorded_at, late.made_at, count(*) OVER ()
FROM signed
JOIN consent_ledgerleaf leaf ON leaf.position >= signed.sizes[1] AND leaf.position < %(tree_size)s
JOIN consent_consentevent event ON event.id = leaf.event_id
CROSS JOIN LATERAL (SELECT signed.moments[width_bucket(leaf.position, signed.sizes)] AS made_at) late
WHERE event.recorded_at < late.made_at - %(longest)s::interval
ORDER BY leaf.position
LIMIT 1
