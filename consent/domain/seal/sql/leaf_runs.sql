-- Run by run, so that each is a look into the index, however many leaves there are.
SELECT run.number - 1, found.hashes
FROM unnest(%(firsts)s::bigint[], %(ends)s::bigint[]) WITH ORDINALITY run (first, "end", number)
CROSS JOIN LATERAL (
    SELECT string_agg(leaf.leaf_hash, ''::bytea ORDER BY leaf.position) AS hashes
    FROM consent_ledgerleaf leaf WHERE leaf.position >= run.first AND leaf.position < run."end"
) found
