-- Whose page a member of staff looked at or changed.
SELECT act.contact_id, act.done_at AS at, NULL::uuid AS list_id
FROM customers_staffact act
WHERE act.organisation_id = %(organisation)s
    AND (act.legal_entity_id = %(legal_entity)s OR act.legal_entity_id IS NULL)
    AND act.contact_id IS NOT NULL
    AND act.done_at >= %(since)s AND act.done_at < %(until)s
    AND (%(staff)s::uuid IS NULL OR act.staff_id = %(staff)s::uuid)
