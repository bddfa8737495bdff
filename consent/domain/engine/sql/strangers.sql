-- Of whom anything is known: whose addresses somebody holds or registered, and the places of those that are blocked.
-- All others are strangers, and most of what a list asks about is not asked about them. Addresses are looked up all
-- in one go, as in `ready.sql`; hashes one at a time, as a table with few blocks would be read whole for each.
WITH /* hashed */
SELECT point.value, NULL::integer
FROM customers_contactpoint point
WHERE point.organisation_id = %(organisation)s::uuid
    AND point.value = ANY (ARRAY(SELECT json_array_elements_text(%(values)s::json)))
UNION ALL
SELECT registration.number, NULL
FROM consent_donotcallregistration registration
WHERE %(list_fresh)s::boolean
    AND registration.organisation_id = %(organisation)s::uuid
    AND registration.number = ANY (ARRAY(SELECT json_array_elements_text(%(values)s::json)))
UNION ALL
SELECT NULL, hashed.place
FROM hashed
WHERE EXISTS (
    SELECT FROM consent_suppression block
    WHERE block.organisation_id = %(organisation)s::uuid AND block.address_hash = hashed.address_hash
        AND block.lifted_at IS NULL
    OFFSET 0
)
