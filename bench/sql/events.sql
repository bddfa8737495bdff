-- Asked, given, and for one in ten withdrawn; for the others given again.
INSERT INTO consent_consentevent (
    id, organisation_id, legal_entity_id, purpose_id, channel, act, status, subject_id, contact_point_id,
    address_hash, occurred_at, recorded_at, proven, actor, source, method, language, notice_version_id,
    notice_hash, privacy_statement_hash, shown_form_hash, collector, complete, lacks, grade, reason, evidence_digest
)
SELECT ('0000000' || 6 + step || '-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
    %(organisation)s, %(entity)s, %(purpose)s, 'CALL', act.name, act.status,
    ('00000001-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
    ('00000002-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
    '', act.at, act.at, true, 'SUBJECT', 'WEB_FORM', 'CHECKBOX', 'nl', %(version)s, repeat('0', 64), '',
    repeat('0', 64), 'OWN', true, '', 'A', '', repeat('0', 64)
FROM generate_series(0, %(contacts)s - 1) AS n
CROSS JOIN generate_series(0, 2) AS step
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN step = 0 THEN 'REQUESTED' WHEN step = 1 THEN 'GIVEN' WHEN n %% 10 = 0 THEN 'WITHDRAWN' ELSE 'RENEWED' END,
        CASE
            WHEN step = 0 THEN 'ConsentRequested'
            WHEN step = 1 THEN 'ConsentGiven'
            WHEN n %% 10 = 0 THEN 'ConsentWithdrawn'
            ELSE 'RenewedConsentGiven'
        END,
        '2025-01-01T00:00Z'::timestamptz + step * interval '250 days' + (n %% 1000) * interval '1 hour'
) AS act (name, status, at)
