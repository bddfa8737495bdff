SELECT run.number - 1, found.hashes
FROM unnest(%(levels)s::smallint[], %(firsts)s::bigint[], %(ends)s::bigint[])
    WITH ORDINALITY run (level, first, "end", number)
CROSS JOIN LATERAL (
    SELECT string_agg(node.node_hash, ''::bytea ORDER BY node.place) AS hashes
    FROM consent_treenode node
    WHERE node.level = run.level AND node.place >= run.first AND node.place < run."end"
) found
