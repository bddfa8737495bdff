-- The permissions that these events are about.
WITH touched AS (
    SELECT DISTINCT organisation_id, subject_id, contact_point_id, legal_entity_id, purpose_id, channel
    FROM consent_consentevent
    WHERE id = ANY(%(event_ids)s) AND status <> ''
),
