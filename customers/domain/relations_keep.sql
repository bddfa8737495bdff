, -- Its rows are locked by their contact, so this is what they are until we change them.
ended_before AS (
    SELECT id FROM customers_customerrelation relation
    JOIN touched USING (contact_id, legal_entity_id, kind)
    WHERE relation.product_group_id IS NOT DISTINCT FROM touched.product_group_id AND relation.ended_at IS NOT NULL
)
INSERT INTO customers_customerrelation AS relation (
    id, organisation_id, contact_id, legal_entity_id, kind, product_group_id,
    started_at, last_agreement_at, runs_on,
    email_collection, email_collected_at, phone_collection, phone_collected_at,
    postal_collection, postal_collected_at, ends_at, reason_ended
)
SELECT gen_random_uuid(), termed.*, ''
FROM termed
ON CONFLICT ON CONSTRAINT relation_once_per_kind_and_group DO UPDATE SET
    started_at = excluded.started_at,
    last_agreement_at = excluded.last_agreement_at,
    runs_on = excluded.runs_on,
    email_collection = excluded.email_collection,
    email_collected_at = excluded.email_collected_at,
    phone_collection = excluded.phone_collection,
    phone_collected_at = excluded.phone_collected_at,
    postal_collection = excluded.postal_collection,
    postal_collected_at = excluded.postal_collected_at,
    ends_at = excluded.ends_at,
    -- A moved end brings a relation back; an erased one stays gone.
    ended_at = CASE
        WHEN relation.ends_at IS NOT DISTINCT FROM excluded.ends_at OR relation.reason_ended = 'ERASED'
        THEN relation.ended_at
    END,
    reason_ended = CASE
        WHEN relation.ends_at IS NOT DISTINCT FROM excluded.ends_at OR relation.reason_ended = 'ERASED'
        THEN relation.reason_ended ELSE ''
    END
RETURNING relation.id, relation.organisation_id, relation.legal_entity_id, relation.contact_id,
    relation.kind, relation.product_group_id,
    -- Started: new, or come back after it had ended.
    xmax = 0 OR (relation.ended_at IS NULL AND relation.id IN (SELECT id FROM ended_before)) AS started
