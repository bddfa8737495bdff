-- Everyone asked about, one row per place in the list. Of a list in JSON the planner expects a hundred rows,
-- however many there are: the plan that is made once looks each of them up by an index, which suits one address as
-- well as ten thousand. In order, because look-ups that follow each other then read the same pages.
WITH asked AS (
    SELECT place::integer, value, contact_id::uuid AS contact_id,
        get_byte(%(usable)s::bytea, place::integer - 1) = 1 AS usable
    FROM ROWS FROM (
        json_array_elements_text(%(values)s::json), json_array_elements_text(%(contacts)s::json)
    ) WITH ORDINALITY AS one (value, contact_id, place)
    ORDER BY value
)
