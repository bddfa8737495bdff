            CASE collected.how
                WHEN 'COMPLETE' THEN 'c'
                WHEN 'NO_OPTOUT' THEN 't'
                WHEN 'NOT_TOLD' THEN 's'
                ELSE 'n'
            END,
            coalesce(collected.at < %(optout_from)s::timestamptz, false),
            coalesce(relation.ends_at <= %(at)s::timestamptz, false)
