-- Whom a message was sent; no member of staff sends one by hand, so that one named here sent none.
SELECT message.contact_id, message.sent_at AS at, NULL::uuid AS list_id
FROM consent_outboxmessage message
WHERE message.organisation_id = %(organisation)s AND message.legal_entity_id = %(legal_entity)s
    AND message.contact_id IS NOT NULL AND %(staff)s::uuid IS NULL
    AND message.sent_at >= %(since)s AND message.sent_at < %(until)s
