        UNION ALL
        SELECT here.id, here.contact_id, here.stage_id, here.stage_since, %({key}_rule)s::uuid, %({key}_to)s::uuid,
            %({key}_outcome)s, 'RULE', {place}
        FROM here JOIN customers_contact contact ON contact.id = here.contact_id
        WHERE here.stage_id = %({key}_from)s AND here.stage_since <= %({key}_before)s AND {asked}
