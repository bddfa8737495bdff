-- Whoever was called, or tried.
SELECT attempt.contact_id, attempt.attempted_at AS at, NULL::uuid AS list_id
FROM consent_contactattempt attempt
WHERE attempt.organisation_id = %(organisation)s AND attempt.legal_entity_id = %(legal_entity)s
    AND attempt.attempted_at >= %(since)s AND attempt.attempted_at < %(until)s
    AND (%(staff)s::uuid IS NULL OR attempt.agent_id = %(staff)s::uuid)
