-- Every hash that the addresses may be blocked under.
hashed AS (
    SELECT ((number - 1) / %(keys)s::integer + 1)::integer AS place, decode(digest, 'hex') AS address_hash
    FROM json_array_elements_text(%(digests)s::json) WITH ORDINALITY AS one (digest, number)
    ORDER BY digest
),
