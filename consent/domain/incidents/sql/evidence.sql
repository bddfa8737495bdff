-- Whoever an export of evidence was about: the events of its selection that were sealed in its checkpoint.
-- The ledger keeps them, so that this is known as long as the export itself.
SELECT DISTINCT event.subject_id AS contact_id, export.exported_at AS at, export.id AS list_id
FROM consent_evidenceexport export
JOIN consent_consentevent event ON event.organisation_id = export.organisation_id
JOIN consent_ledgerleaf leaf ON leaf.event_id = event.id AND leaf.position < export.tree_size
WHERE export.organisation_id = %(organisation)s
    AND (export.legal_entity_id = %(legal_entity)s OR export.legal_entity_id IS NULL)
    AND export.exported_at >= %(since)s AND export.exported_at < %(until)s
    AND (%(staff)s::uuid IS NULL OR export.staff_id = %(staff)s::uuid)
    AND event.subject_id IS NOT NULL
    AND (export.contact_id IS NULL OR event.subject_id = export.contact_id)
    -- In one list of all who were chosen by name, which is hashed: an array would be gone through for each event.
    AND (export.selection->>'contact_ids' IS NULL OR (export.id, event.subject_id) IN (
        SELECT chosen.id, key::uuid
        FROM consent_evidenceexport chosen, unnest(string_to_array(chosen.selection->>'contact_ids', ' ')) key
        WHERE chosen.organisation_id = %(organisation)s
            AND chosen.exported_at >= %(since)s AND chosen.exported_at < %(until)s
    ))
    AND (export.selection->>'legal_entity_id' IS NULL OR event.legal_entity_id IS NULL
        OR event.legal_entity_id = (export.selection->>'legal_entity_id')::uuid)
    AND (export.selection->>'purpose_id' IS NULL OR event.purpose_id IS NULL
        OR event.purpose_id = (export.selection->>'purpose_id')::uuid)
    AND (export.selection->>'channel' IS NULL OR event.channel IN ('', export.selection->>'channel'))
    AND (export.selection->>'since' IS NULL
        OR event.occurred_at >= (export.selection->>'since')::timestamptz)
    AND (export.selection->>'until' IS NULL
        OR event.occurred_at < (export.selection->>'until')::timestamptz)
