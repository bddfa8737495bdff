-- The first leaf of a run that is not the leaf its event makes now, with all escapes.
SELECT checked.position, checked.event_id, checked.hash_now IS NULL
FROM (
    SELECT leaf.position, leaf.event_id, leaf.leaf_hash, now.leaf_hash AS hash_now
    FROM consent_ledgerleaf leaf
    LEFT JOIN LATERAL (
        SELECT /* leaf_hash */ AS leaf_hash FROM consent_consentevent event WHERE event.id = leaf.event_id
    ) now ON true
    WHERE leaf.position >= %(first)s AND leaf.position < %(end)s
) checked
WHERE checked.hash_now IS DISTINCT FROM checked.leaf_hash
ORDER BY checked.position
LIMIT 1
