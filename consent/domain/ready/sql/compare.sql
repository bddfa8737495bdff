, kept AS (
    SELECT * FROM consent_readyaddress WHERE contact_id = ANY(%(contacts)s::uuid[])
),
as_made AS (
    SELECT contact_id, organisation_id, value, address_hash, facts, ends, holds_until FROM made
),
as_kept AS (
    SELECT contact_id, organisation_id, value, address_hash, facts, ends, holds_until FROM kept
)
-- Whoever is made ready otherwise than they would be now, though nobody noted a change and no term has passed.
SELECT DISTINCT differing.contact_id
FROM (
    (SELECT * FROM as_kept EXCEPT SELECT * FROM as_made) UNION (SELECT * FROM as_made EXCEPT SELECT * FROM as_kept)
) AS differing
WHERE NOT EXISTS (
        SELECT FROM consent_readychange change
        WHERE change.contact_id = differing.contact_id OR change.address_hash = differing.address_hash
    )
    AND NOT EXISTS (
        SELECT FROM kept WHERE kept.contact_id = differing.contact_id AND kept.holds_until <= %(at)s::timestamptz
    )
