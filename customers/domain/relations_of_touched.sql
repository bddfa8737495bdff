JOIN touched USING (contact_id, legal_entity_id, kind)
    WHERE t.product_group_id IS NOT DISTINCT FROM touched.product_group_id
