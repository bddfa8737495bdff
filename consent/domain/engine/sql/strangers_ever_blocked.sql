-- Whether the block held at the moment asked about, the long way says.
    SELECT FROM consent_consentevent block
    WHERE block.organisation_id = %(organisation)s::uuid AND block.act = 'SUPPRESSED'
        AND block.address_hash = encode(hashed.address_hash, 'hex')
