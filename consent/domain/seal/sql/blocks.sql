-- Lines about the events at given places, many in one text. They are looked up by their places, and the blocks put
-- in order by who reads them: sorting whole lines costs as much as writing them.
SELECT first, block.*
FROM generate_series(1, cardinality(%(positions)s::bigint[]), %(in_a_block)s) first
CROSS JOIN LATERAL (
    SELECT count(*), string_agg(line, '')
    FROM (
        SELECT /* line */ AS line
        FROM consent_ledgerleaf sealed
        JOIN consent_consentevent event ON event.id = sealed.event_id
        WHERE sealed.position = ANY ((%(positions)s::bigint[])[first:first + %(in_a_block)s - 1])
        ORDER BY sealed.position
    ) written
) block
