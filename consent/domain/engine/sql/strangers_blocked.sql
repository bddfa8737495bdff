SELECT FROM consent_suppression block
    WHERE block.organisation_id = %(organisation)s::uuid AND block.address_hash = hashed.address_hash
        AND block.lifted_at IS NULL
