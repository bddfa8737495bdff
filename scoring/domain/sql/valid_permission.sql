record.status NOT IN (
    'ConsentUnknown', 'ConsentRequested', 'ConsentRequestDeferred', 'ConsentRefused', 'ConsentWithdrawn',
    'ConsentInvalidated', 'ConsentExpired'
)
AND (record.valid_until IS NULL OR record.valid_until > %(gate_at)s)
AND (record.uses IS NULL OR record.uses_spent < record.uses)
AND record.complete
AND record.collector <> 'NOT_NAMED'
AND (
    record.given_by = 'REPRESENTATIVE' OR contact.birth_date IS NULL OR record.granted_at IS NULL
    OR contact.birth_date <= (record.granted_at AT TIME ZONE %(gate_zone)s)::date - law.age_of_consent
)
