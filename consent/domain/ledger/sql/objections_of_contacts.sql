-- Every scope in which these contacts objected, or took an objection back.
WITH touched AS (
    SELECT DISTINCT event.organisation_id, event.subject_id, event.legal_entity_id, event.purpose_id, event.channel
    FROM customers_contact contact
    JOIN consent_consentevent event
        ON event.organisation_id = contact.organisation_id AND event.subject_id = contact.id
    WHERE contact.id = ANY(%(contact_ids)s) AND event.act IN ('OBJECTED', 'OBJECTION_RETRACTED')
),
