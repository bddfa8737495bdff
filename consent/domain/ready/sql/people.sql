-- Whom changes are about: people by their key, and whoever holds an address that something changed about.
SELECT contact_id FROM unnest(%(contacts)s::uuid[]) AS one (contact_id)
UNION
SELECT point.contact_id
FROM unnest(%(organisations)s::uuid[], %(hashes)s::bytea[]) AS one (organisation_id, address_hash)
JOIN customers_contactpoint point USING (organisation_id, address_hash)
ORDER BY contact_id
