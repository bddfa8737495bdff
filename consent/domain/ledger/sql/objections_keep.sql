INSERT INTO consent_objection (
    id, organisation_id, contact_id, legal_entity_id, purpose_id, channel,
    objected_at, objection_event_id, retracted_at, standing
)
SELECT gen_random_uuid(), folded.* FROM folded
ON CONFLICT ON CONSTRAINT objection_once_per_scope DO UPDATE SET
    objected_at = excluded.objected_at,
    objection_event_id = excluded.objection_event_id,
    retracted_at = excluded.retracted_at,
    standing = excluded.standing
