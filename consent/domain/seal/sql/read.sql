-- The leaves of a run in their order, and beside them what their events make now, without looking for escapes:
-- one line each, empty where the event is gone. Block by block: strings of megabytes cost as much as all else.
SELECT block.*
FROM generate_series(%(first)s::bigint, %(end)s::bigint - 1, %(block)s) start (position)
CROSS JOIN LATERAL (
    SELECT
        coalesce(string_agg(leaf_hash, ''::bytea), ''::bytea),
        string_agg(entry, E'\n'),
        count(*) FILTER (WHERE sequence <= %(settled)s)
    FROM (
        SELECT leaf.leaf_hash, coalesce(now.entry, '') AS entry, now.sequence
        FROM consent_ledgerleaf leaf
        LEFT JOIN LATERAL (
            SELECT event.sequence, /* plain_leaf */ AS entry
            FROM consent_consentevent event
            WHERE event.id = leaf.event_id
        ) now ON true
        WHERE leaf.position >= start.position AND leaf.position < least(start.position + %(block)s, %(end)s)
        ORDER BY leaf.position
    ) leaf
) block
