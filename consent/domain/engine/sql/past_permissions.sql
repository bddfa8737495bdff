WITH touched AS (
    SELECT DISTINCT event.organisation_id, event.subject_id, event.contact_point_id,
        event.legal_entity_id, event.purpose_id, event.channel
    FROM people
    JOIN consent_consentevent event ON event.organisation_id = %(organisation)s::uuid
        AND event.subject_id = people.contact_id
    WHERE event.status <> ''
        AND (event.channel = %(channel)s::text OR event.legal_entity_id = %(legal_entity)s::uuid)
),
