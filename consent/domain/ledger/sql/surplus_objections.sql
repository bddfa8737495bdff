DELETE FROM consent_objection objection
WHERE objection.contact_id = ANY(%(contact_ids)s) AND NOT EXISTS (
    SELECT FROM consent_consentevent event
    WHERE event.organisation_id = objection.organisation_id
        AND event.subject_id = objection.contact_id
        AND event.legal_entity_id IS NOT DISTINCT FROM objection.legal_entity_id
        AND event.purpose_id IS NOT DISTINCT FROM objection.purpose_id
        AND event.channel = objection.channel
        AND event.act IN ('OBJECTED', 'OBJECTION_RETRACTED')
)
