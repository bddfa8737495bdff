        UNION ALL
        SELECT NULL::bigint, contact.id, NULL::uuid, NULL::timestamptz, %({key}_rule)s::uuid, %({key}_to)s::uuid,
            '', 'RULE', {place}
        FROM customers_contact contact
        WHERE contact.organisation_id = %(organisation)s AND contact.erased_at IS NULL {of_contact} AND {asked}
            AND NOT EXISTS (
                SELECT FROM scoring_journeymember been
                WHERE been.journey_id = %(journey)s AND been.contact_id = contact.id
                    AND (been.left_at IS NULL OR coalesce(been.left_at > %(again_before)s::timestamptz, true))
            )
            AND (contact.id IN (SELECT followed.id FROM followed)) IS TRUE
