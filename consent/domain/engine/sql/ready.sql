-- Everyone asked about whose address is made ready, and of whom nothing has changed since. Their addresses are looked
-- up all in one go: the index is walked along once, in order. Of a list within a query the planner expects ten,
-- however many there are: the plan that is made once suits all lists. What changed is read once, as a whole: where
-- that is much, nobody counts as ready. Who is missing here is asked about otherwise.
SELECT address.value, address.facts, address.ends, uuid_send(address.contact_id)
FROM consent_readyaddress address
WHERE address.organisation_id = %(organisation)s::uuid
    AND address.value = ANY ((SELECT string_to_array(%(values)s::text, chr(10)))::text[])
    AND /* stands_ready */
    AND (SELECT count(*) < %(much)s::integer FROM (SELECT FROM consent_readychange LIMIT %(much)s::integer) AS few)
    AND address.contact_id NOT IN (
        SELECT contact_id FROM consent_readychange WHERE contact_id IS NOT NULL LIMIT %(much)s::integer
    )
    AND address.address_hash NOT IN (
        SELECT address_hash FROM consent_readychange WHERE address_hash IS NOT NULL LIMIT %(much)s::integer
    )
    AND NOT EXISTS (
        SELECT FROM consent_donotcallregistration registration
        WHERE %(list_fresh)s::boolean
            AND registration.organisation_id = %(organisation)s::uuid
            AND registration.number = address.value
            AND registration.registered_date <= %(day_in_belgium)s::date
            AND (registration.removed_date IS NULL OR registration.removed_date > %(day_in_belgium)s::date)
        OFFSET 0
    )
