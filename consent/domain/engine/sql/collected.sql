    CROSS JOIN LATERAL (
        SELECT
            CASE /* point kind */
                WHEN 'EMAIL' THEN relation.email_collection
                WHEN 'PHONE' THEN relation.phone_collection
                ELSE relation.postal_collection
            END AS how,
            CASE /* point kind */
                WHEN 'EMAIL' THEN relation.email_collected_at
                WHEN 'PHONE' THEN relation.phone_collected_at
                ELSE relation.postal_collected_at
            END AS at
    ) collected
