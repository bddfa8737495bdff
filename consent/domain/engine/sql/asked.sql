-- Everyone asked about, one row per place in the list, and every hash their address may be blocked under.
WITH asked AS (
    SELECT place::integer, value, contact_id::uuid AS contact_id,
        get_byte(%(usable)s::bytea, place::integer - 1) = 1 AS usable
    FROM ROWS FROM (
        json_array_elements_text(%(values)s::json), json_array_elements_text(%(contacts)s::json)
    ) WITH ORDINALITY AS one (value, contact_id, place)
),
hashed AS (
    SELECT place, substr(%(digests)s::bytea, ((place - 1) * %(keys)s::integer + number) * 32 + 1, 32) AS address_hash
    FROM asked
    CROSS JOIN generate_series(0, %(keys)s::integer - 1) AS number
),
