-- From where, and why, people left within the period without having reached the goal.
SELECT move.from_stage_id, member.outcome, move.how, count(*)
FROM scoring_journeymove AS move
JOIN scoring_journeymember AS member ON member.id = move.member_id
WHERE move.journey_id = %(journey)s AND move.to_stage_id IS NULL AND member.outcome <> 'GOAL'
    AND move.how <> 'WORK'
    AND move.moved_at > %(since)s AND move.moved_at <= %(now)s
GROUP BY 1, 2, 3
