-- Of the people in a stage that shows figures only, who did something since a moment and who did nothing.
SELECT member.stage_id, acted.lately, count(*)
FROM scoring_journeymember AS member
JOIN scoring_journeystage AS stage ON stage.id = member.stage_id AND stage.figures_only
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM scoring_behaviourevent AS event
        WHERE event.contact_id = member.contact_id AND event.legal_entity_id = %(legal_entity)s
            AND event.occurred_at > %(since)s
    ) AS lately
) AS acted
WHERE member.journey_id = %(journey)s
GROUP BY 1, 2
