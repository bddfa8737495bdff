            CASE record.status
                WHEN 'ConsentUnknown' THEN 'n'
                WHEN 'ConsentRequested' THEN 'q'
                WHEN 'ConsentRequestDeferred' THEN 'q'
                WHEN 'ConsentRefused' THEN 'r'
                WHEN 'ConsentWithdrawn' THEN 'w'
                WHEN 'ConsentInvalidated' THEN 'i'
                ELSE 'g'
            END,
            record.status = 'ConsentExpired' OR coalesce(record.valid_until <= %(at)s::timestamptz, false),
            coalesce(record.uses_spent >= record.uses, false),
            record.complete,
            record.collector <> 'NOT_NAMED',
            candidate.verified,
            coalesce(first_call.due_at <= %(at)s::timestamptz, false),
            record.given_by = 'REPRESENTATIVE',
            record.grant_proven,
            CASE
                WHEN candidate.birth_date IS NULL OR record.granted_at IS NULL THEN 'u'
                WHEN candidate.birth_date > (record.granted_at AT TIME ZONE /* zone */)::date - interval '13 years' THEN 'c'
                WHEN candidate.birth_date > (record.granted_at AT TIME ZONE /* zone */)::date - interval '16 years' THEN 'y'
                ELSE 'a'
            END,
            record.withdrawn_at IS NOT NULL
