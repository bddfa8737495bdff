-- One address, as the only row there is: the planner knows that it is one, and looks everything up by an index
-- also where a table is so small that a list would read it whole.
WITH asked AS (
    SELECT 1 AS place, %(values)s::json ->> 0 AS value, (%(contacts)s::json ->> 0)::uuid AS contact_id,
        get_byte(%(usable)s::bytea, 0) = 1 AS usable
),
hashed AS (
    SELECT 1 AS place, decode(digest, 'hex') AS address_hash
    FROM json_array_elements_text(%(digests)s::json) AS one (digest)
    LIMIT %(keys)s::integer
),
