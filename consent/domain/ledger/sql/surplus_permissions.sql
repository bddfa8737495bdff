-- Records of which the ledger knows nothing.
DELETE FROM consent_consentrecord record
WHERE record.contact_id = ANY(%(contact_ids)s) AND NOT EXISTS (
    SELECT FROM consent_consentevent event
    WHERE event.organisation_id = record.organisation_id
        AND event.subject_id = record.contact_id
        AND event.contact_point_id IS NOT DISTINCT FROM record.contact_point_id
        AND event.legal_entity_id = record.legal_entity_id
        AND event.purpose_id = record.purpose_id
        AND event.channel = record.channel
        AND event.status <> ''
)
