-- Events that say they were written long before a checkpoint that was signed without them: how many, and the first.
-- Place by place beside the checkpoint that stood before it, so that all is joined by equal values, and no row carries
-- more than two moments. All are counted before the first is looked up: who asks for one row is planned for one.
WITH signed AS MATERIALIZED (
    SELECT made_at, tree_size AS first, lead(tree_size, 1, %(tree_size)s) OVER (ORDER BY tree_size) AS "end"
    FROM consent_checkpoint
    WHERE tree_size < %(tree_size)s
), late AS MATERIALIZED (
    SELECT min(leaf.position) AS first, count(*) AS number
    FROM signed
    CROSS JOIN LATERAL generate_series(signed.first, signed."end" - 1) AS place
    JOIN consent_ledgerleaf leaf ON leaf.position = place
    JOIN consent_consentevent event ON event.id = leaf.event_id
    WHERE event.recorded_at < signed.made_at - %(longest)s::interval
)
SELECT leaf.position, event.id, event.recorded_at, signed.made_at, late.number
FROM late
JOIN consent_ledgerleaf leaf ON leaf.position = late.first
JOIN consent_consentevent event ON event.id = leaf.event_id
JOIN signed ON late.first >= signed.first AND late.first < signed."end"
