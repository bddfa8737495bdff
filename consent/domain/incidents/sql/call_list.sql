-- Whoever stood on a call list that was open in the period; of a member of staff, those they opened.
SELECT entry.contact_id, greatest(list.opened_at, %(since)s) AS at, list.id AS list_id
FROM consent_calllist list
JOIN consent_calllistentry entry ON entry.call_list_id = list.id
WHERE list.organisation_id = %(organisation)s AND list.legal_entity_id = %(legal_entity)s
    AND list.opened_at < %(until)s
    AND coalesce(least(list.closed_at, list.expires_at), 'infinity') > %(since)s
    AND (%(staff)s::uuid IS NULL OR list.opened_by_id = %(staff)s::uuid)
