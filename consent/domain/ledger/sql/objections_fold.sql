-- Fold the ledger into the standing of each objection that was touched: the last act within one scope counts,
-- in the order of permissions_fold.sql.
history AS (
    SELECT event.id, event.act, event.occurred_at, event.organisation_id, event.subject_id,
        event.legal_entity_id, event.purpose_id, event.channel,
        row_number() OVER (
            PARTITION BY event.organisation_id, event.subject_id,
                event.legal_entity_id, event.purpose_id, event.channel
            ORDER BY event.proven, event.occurred_at, event.recorded_at, event.act = 'OBJECTED', event.sequence
        ) AS place
    /* acts */
        AND event.act IN ('OBJECTED', 'OBJECTION_RETRACTED')
),
folded AS (
    SELECT organisation_id, subject_id AS contact_id, legal_entity_id, purpose_id, channel,
        (array_agg(occurred_at ORDER BY place DESC) FILTER (WHERE act = 'OBJECTED'))[1] AS objected_at,
        (array_agg(id ORDER BY place DESC) FILTER (WHERE act = 'OBJECTED'))[1] AS objection_event_id,
        (array_agg(occurred_at ORDER BY place DESC) FILTER (WHERE act = 'OBJECTION_RETRACTED'))[1] AS retracted_at,
        (array_agg(act ORDER BY place DESC))[1] = 'OBJECTED' AS standing
    FROM history
    GROUP BY organisation_id, subject_id, legal_entity_id, purpose_id, channel
)
