-- Run by run, so that each is a look into an index, however many there are; all in one question.
SELECT run.number - 1, found.hashes
FROM unnest(%(levels)s::smallint[], %(firsts)s::bigint[], %(ends)s::bigint[])
    WITH ORDINALITY run (level, first, "end", number)
CROSS JOIN LATERAL (
    SELECT string_agg(leaf.leaf_hash, ''::bytea ORDER BY leaf.position) AS hashes
    FROM consent_ledgerleaf leaf WHERE leaf.position >= run.first AND leaf.position < run."end"
) found
WHERE run.level = 0
UNION ALL
SELECT run.number - 1, found.hashes
FROM unnest(%(levels)s::smallint[], %(firsts)s::bigint[], %(ends)s::bigint[])
    WITH ORDINALITY run (level, first, "end", number)
CROSS JOIN LATERAL (
    SELECT string_agg(node.node_hash, ''::bytea ORDER BY node.place) AS hashes
    FROM consent_treenode node
    WHERE node.level = run.level AND node.place >= run.first AND node.place < run."end"
) found
WHERE run.level > 0
