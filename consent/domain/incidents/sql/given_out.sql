-- Whoever stood on a list that was given out.
SELECT unnest(part.contact_ids) AS contact_id, part.disclosed_at AS at, part.list_id AS list_id
FROM consent_disclosure part
WHERE part.organisation_id = %(organisation)s
    AND (part.legal_entity_id = %(legal_entity)s OR part.legal_entity_id IS NULL)
    AND part.source = '{source}'
    AND part.disclosed_at >= %(since)s AND part.disclosed_at < %(until)s
    AND (%(staff)s::uuid IS NULL OR part.staff_id = %(staff)s::uuid)
