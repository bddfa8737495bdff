-- The scopes in which these events object, or take an objection back.
WITH touched AS (
    SELECT DISTINCT organisation_id, subject_id, legal_entity_id, purpose_id, channel
    FROM consent_consentevent
    WHERE id = ANY(%(event_ids)s) AND act IN ('OBJECTED', 'OBJECTION_RETRACTED')
),
