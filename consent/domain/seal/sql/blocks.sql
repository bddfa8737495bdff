-- Lines about the events at given places, many in one text. They are looked up by their places, and the blocks put
-- in order by who reads them: sorting whole lines costs as much as writing them. Which places were met is said where
-- it is not all of them.
WITH asked AS MATERIALIZED (SELECT /* places */ AS positions)
SELECT first, block.*
FROM asked
CROSS JOIN generate_series(1, cardinality(asked.positions), %(in_a_block)s) first
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN count(*) < %(in_a_block)s THEN coalesce(array_agg(position), ARRAY[]::bigint[]) END,
        string_agg(line, '')
    FROM (
        SELECT sealed.position, /* line */ AS line
        FROM consent_ledgerleaf sealed
        JOIN /* events */ event ON event.id = sealed.event_id
        WHERE sealed.position = ANY (asked.positions[first:first + %(in_a_block)s - 1])
        ORDER BY sealed.position
    ) written
) block
