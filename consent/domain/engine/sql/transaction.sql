            SELECT id FROM customers_transaction agreed
            WHERE agreed.contact_id = relation.contact_id
                AND agreed.legal_entity_id = relation.legal_entity_id
                AND agreed.kind = relation.kind
                AND agreed.product_group_id IS NOT DISTINCT FROM relation.product_group_id
                AND agreed.occurred_at <= %(at)s::timestamptz
            ORDER BY %(point_kind)s::text = ANY(agreed.supplied_kinds) DESC,
                agreed.optout_offered DESC, agreed.told_at_collection DESC, agreed.occurred_at, agreed.id
            LIMIT 1
