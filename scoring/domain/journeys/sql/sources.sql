-- How those who entered within the period came in, and what came of them until now.
SELECT source, count(*), count(*) FILTER (WHERE outcome = 'GOAL'), count(*) FILTER (WHERE outcome NOT IN ('', 'GOAL'))
FROM scoring_journeymember
WHERE journey_id = %(journey)s AND entered_at > %(since)s AND entered_at <= %(now)s
GROUP BY 1
