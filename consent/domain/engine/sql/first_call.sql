    -- Where no term was stated: six months (Code Telemarketing 2024), until 24:00 of that day. The offset has it
    -- computed once, not wherever it is named.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN record.first_used_at IS NULL THEN coalesce(
            record.first_contact_due_at,
            (((record.granted_at AT TIME ZONE /* zone */)::date + interval '6 months')::date + 1)::timestamp
                AT TIME ZONE /* zone */
        ) END AS due_at
        OFFSET 0
    ) first_call
