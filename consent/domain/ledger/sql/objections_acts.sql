FROM touched
    JOIN consent_consentevent event ON event.organisation_id = touched.organisation_id
        AND event.subject_id = touched.subject_id
        AND event.channel = touched.channel
        AND event.legal_entity_id IS NOT DISTINCT FROM touched.legal_entity_id
        AND event.purpose_id IS NOT DISTINCT FROM touched.purpose_id
    JOIN customers_contact contact ON contact.id = touched.subject_id AND contact.erased_at IS NULL
    WHERE true
