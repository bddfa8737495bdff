INSERT INTO consent_consentrecord (
    id, organisation_id, contact_id, contact_point_id, legal_entity_id, purpose_id, channel, status, last_act_at,
    requested_at, request_event_id, granted_at, grant_event_id, grant_proven, withdrawn_at, withdrawal_event_id,
    uses_spent, collector, given_by, complete, grade, notice_version_id
)
SELECT ('00000003-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, %(organisation)s,
    ('00000001-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
    ('00000002-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
    %(entity)s, %(purpose)s, 'CALL', CASE WHEN gone THEN 'ConsentWithdrawn' ELSE 'RenewedConsentGiven' END,
    last_at, first_at, ('00000006-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
    CASE WHEN gone THEN first_at + interval '250 days' ELSE last_at END,
    (CASE WHEN gone THEN '00000007' ELSE '00000008' END || '-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
    true, CASE WHEN gone THEN last_at END,
    CASE WHEN gone THEN ('00000008-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid END,
    0, 'OWN', 'SUBJECT', true, 'A', %(version)s
FROM generate_series(0, %(contacts)s - 1) AS n
CROSS JOIN LATERAL (SELECT n %% 10 = 0, '2025-01-01T00:00Z'::timestamptz + (n %% 1000) * interval '1 hour') AS one (gone, first_at)
CROSS JOIN LATERAL (SELECT first_at + interval '500 days') AS other (last_at)
