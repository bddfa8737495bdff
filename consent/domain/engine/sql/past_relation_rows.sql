-- Each with the key it has among the relations we keep.
SELECT kept.id, termed.*
FROM termed
JOIN customers_customerrelation kept USING (contact_id, legal_entity_id, kind)
WHERE kept.product_group_id IS NOT DISTINCT FROM termed.product_group_id AND kept.reason_ended <> 'ERASED'
