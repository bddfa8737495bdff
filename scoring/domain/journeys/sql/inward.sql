        UNION ALL
        SELECT NULL::bigint, contact.id, NULL::uuid, NULL::timestamptz, %({key}_rule)s::uuid, %({key}_to)s::uuid,
            '', 'RULE', {place}
        FROM outside JOIN customers_contact contact ON contact.id = outside.id
        WHERE {asked}
