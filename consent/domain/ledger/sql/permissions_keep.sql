INSERT INTO consent_consentrecord AS record (
    id, organisation_id, contact_id, contact_point_id, legal_entity_id, purpose_id, channel,
    status, last_act_at, requested_at, request_event_id,
    granted_at, grant_event_id, grant_proven, withdrawn_at, withdrawal_event_id,
    refused_at, invalidated_at, valid_until, uses, uses_spent, first_used_at, first_contact_due_at,
    collector, given_by, complete, grade, notice_version_id, collection_point_id
)
SELECT gen_random_uuid(), folded.* FROM folded
ON CONFLICT ON CONSTRAINT record_once_per_permission DO UPDATE SET
    status = excluded.status,
    last_act_at = excluded.last_act_at,
    requested_at = excluded.requested_at,
    request_event_id = excluded.request_event_id,
    granted_at = excluded.granted_at,
    grant_event_id = excluded.grant_event_id,
    grant_proven = excluded.grant_proven,
    withdrawn_at = excluded.withdrawn_at,
    withdrawal_event_id = excluded.withdrawal_event_id,
    refused_at = excluded.refused_at,
    invalidated_at = excluded.invalidated_at,
    valid_until = excluded.valid_until,
    uses = excluded.uses,
    uses_spent = excluded.uses_spent,
    first_used_at = excluded.first_used_at,
    first_contact_due_at = excluded.first_contact_due_at,
    collector = excluded.collector,
    given_by = excluded.given_by,
    complete = excluded.complete,
    grade = excluded.grade,
    notice_version_id = excluded.notice_version_id,
    collection_point_id = excluded.collection_point_id
