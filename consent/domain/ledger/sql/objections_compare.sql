, kept AS (
    SELECT * FROM consent_objection
    WHERE organisation_id = %(organisation)s AND contact_id BETWEEN %(first)s AND %(last)s
),
compared AS (
    SELECT coalesce(folded.contact_id, kept.contact_id) AS contact_id,
        coalesce(folded.legal_entity_id, kept.legal_entity_id) AS legal_entity_id,
        coalesce(folded.purpose_id, kept.purpose_id) AS purpose_id,
        coalesce(folded.channel, kept.channel) AS channel,
        to_jsonb(folded) AS by_ledger,
        to_jsonb(kept) - 'id' AS by_record
    FROM folded
    FULL JOIN kept ON kept.contact_id = folded.contact_id
        AND coalesce(kept.legal_entity_id, kept.contact_id) = coalesce(folded.legal_entity_id, folded.contact_id)
        AND coalesce(kept.purpose_id, kept.contact_id) = coalesce(folded.purpose_id, folded.contact_id)
        AND kept.channel = folded.channel
    WHERE /* differs */
)
