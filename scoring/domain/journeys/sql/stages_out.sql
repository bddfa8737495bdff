-- How people left each stage within the period, and how many days half and nine in ten of them had taken.
SELECT
    move.from_stage_id,
    count(*),
    count(*) FILTER (WHERE next.position > before.position OR (next.id IS NULL AND member.outcome = 'GOAL')),
    count(*) FILTER (WHERE next.id IS NULL AND member.outcome <> 'GOAL'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM move.moved_at - move.stage_since) / 86400),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM move.moved_at - move.stage_since) / 86400)
FROM scoring_journeymove AS move
JOIN scoring_journeymember AS member ON member.id = move.member_id
JOIN scoring_journeystage AS before ON before.id = move.from_stage_id
LEFT JOIN scoring_journeystage AS next ON next.id = move.to_stage_id
WHERE move.journey_id = %(journey)s AND move.moved_at > %(since)s AND move.moved_at <= %(now)s
    AND move.how <> 'WORK'
GROUP BY 1
