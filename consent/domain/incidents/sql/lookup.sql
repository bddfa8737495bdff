-- Whoever was looked up at the inbound desk, which is that of the whole organisation.
SELECT lookup.contact_id, lookup.looked_up_at AS at, NULL::uuid AS list_id
FROM consent_desklookup lookup
WHERE lookup.organisation_id = %(organisation)s AND lookup.contact_id IS NOT NULL
    AND lookup.looked_up_at >= %(since)s AND lookup.looked_up_at < %(until)s
    AND (%(staff)s::uuid IS NULL OR lookup.staff_id = %(staff)s::uuid)
