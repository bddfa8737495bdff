-- Leaves are in order and without gaps: whatever commits late stands behind the mark, and is counted once.
INSERT INTO consent_figure (organisation_id, legal_entity_id, purpose_id, name, part, number, counted_at)
SELECT event.organisation_id, event.legal_entity_id, event.purpose_id, acts.name,
    to_char(event.occurred_at AT TIME ZONE %(zone)s, 'YYYY-MM'), count(*), %(now)s
FROM consent_ledgerleaf leaf
JOIN consent_consentevent event ON event.id = leaf.event_id
JOIN unnest(%(acts)s::text[], %(names)s::text[]) AS acts (act, name) ON acts.act = event.act
WHERE leaf.position >= %(counted)s AND leaf.position < %(until)s
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (organisation_id, legal_entity_id, purpose_id, name, part)
DO UPDATE SET number = consent_figure.number + excluded.number, counted_at = excluded.counted_at
