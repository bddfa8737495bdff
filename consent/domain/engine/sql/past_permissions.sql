FROM acts event
    WHERE (event.channel = %(channel)s::text OR event.legal_entity_id = %(legal_entity)s::uuid)
