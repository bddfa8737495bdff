-- Whoever was shown to an agent at the call desk.
SELECT entry.contact_id, shown.shown_at AS at, list.id AS list_id
FROM consent_showncontact shown
JOIN consent_calllistentry entry ON entry.id = shown.entry_id
JOIN consent_calllist list ON list.id = entry.call_list_id
WHERE list.organisation_id = %(organisation)s AND list.legal_entity_id = %(legal_entity)s
    AND shown.shown_at >= %(since)s AND shown.shown_at < %(until)s
    AND (%(staff)s::uuid IS NULL OR shown.agent_id = %(staff)s::uuid)
