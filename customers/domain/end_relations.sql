-- End the next relations that are past their term. The contact is locked first, as every writer does,
-- so that nobody waits for somebody who waits for us; contacts another writer holds are left to the next run.
WITH due AS (
    SELECT relation.id
    FROM customers_customerrelation relation
    JOIN customers_contact contact ON contact.id = relation.contact_id
    WHERE relation.ended_at IS NULL AND relation.ends_at <= %(ended_at)s
    -- By the index alone: a million may end at one midnight, and must not be sorted for each chunk.
    ORDER BY relation.ends_at
    LIMIT %(at_most)s
    FOR NO KEY UPDATE OF contact SKIP LOCKED
)
UPDATE customers_customerrelation relation
SET ended_at = relation.ends_at, reason_ended = 'TERM'
FROM due
-- Asked again: an agreement may have been committed between our look and our lock.
WHERE relation.id = due.id AND relation.ended_at IS NULL AND relation.ends_at <= %(ended_at)s
RETURNING relation.id, relation.organisation_id, relation.legal_entity_id, relation.contact_id, relation.ends_at
