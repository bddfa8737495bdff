SELECT contact_id, legal_entity_id, purpose_id, channel, by_ledger IS NOT NULL, by_record IS NOT NULL,
    ARRAY(
        SELECT name FROM jsonb_object_keys(coalesce(by_ledger, by_record)) AS name
        WHERE by_ledger -> name IS DISTINCT FROM by_record -> name
        ORDER BY name
    )
FROM compared
ORDER BY contact_id, legal_entity_id, purpose_id, channel
