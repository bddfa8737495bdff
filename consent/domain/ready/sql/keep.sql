INSERT INTO consent_readyaddress (
    organisation_id, value, contact_id, address_hash, form, facts, ends, holds_from, holds_until
)
SELECT organisation_id, value, contact_id, address_hash, %(form)s::integer, facts, ends, holds_from, holds_until
FROM made
ON CONFLICT ON CONSTRAINT ready_address_once DO UPDATE SET
    contact_id = excluded.contact_id,
    address_hash = excluded.address_hash,
    form = excluded.form,
    facts = excluded.facts,
    ends = excluded.ends,
    holds_from = excluded.holds_from,
    holds_until = excluded.holds_until
