            CASE relation.kind
                WHEN 'SALE' THEN 's'
                WHEN 'DONATION' THEN 'd'
                WHEN 'VOLUNTEER' THEN 'v'
                WHEN 'ATTENDANCE' THEN 'a'
                ELSE 'y'
            END
