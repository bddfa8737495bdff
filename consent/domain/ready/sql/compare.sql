, changed AS MATERIALIZED (
    SELECT contact_id, address_hash FROM consent_readychange LIMIT %(much)s::integer
),
kept AS MATERIALIZED (
    SELECT * FROM consent_readyaddress WHERE contact_id = ANY(%(contacts)s::uuid[])
),
as_made AS MATERIALIZED (
    SELECT contact_id, organisation_id, value, address_hash, facts, ends, holds_until FROM made
),
as_kept AS MATERIALIZED (
    SELECT contact_id, organisation_id, value, address_hash, facts, ends, holds_until FROM kept
    WHERE form = %(form)s::integer AND coalesce(holds_until > %(at)s::timestamptz, true)
)
-- Whoever is made ready otherwise than they would be now though nobody noted a change (wrong), and whoever could
-- stand ready and does not (slow, not wrong: a term or a birthday has passed, or another form is written now).
SELECT differing.contact_id, bool_or(differing.wrong)
FROM (
    SELECT contact_id, address_hash, true AS wrong
    FROM (SELECT * FROM as_kept EXCEPT SELECT * FROM as_made) AS surplus
    UNION ALL
    SELECT contact_id, address_hash, false
    FROM (SELECT * FROM as_made EXCEPT SELECT * FROM as_kept) AS lacking
) AS differing
WHERE differing.contact_id NOT IN (SELECT contact_id FROM changed WHERE contact_id IS NOT NULL)
    AND differing.address_hash NOT IN (SELECT address_hash FROM changed WHERE address_hash IS NOT NULL)
    AND (SELECT count(*) < %(much)s::integer FROM changed)
GROUP BY differing.contact_id
