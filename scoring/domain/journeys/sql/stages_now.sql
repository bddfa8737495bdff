-- People in each stage now, and how many of them have stood there for how long.
SELECT stage_id, width_bucket(extract(epoch FROM %(now)s - stage_since) / 86400, %(steps)s::float8[]), count(*)
FROM scoring_journeymember
WHERE journey_id = %(journey)s AND stage_id IS NOT NULL
GROUP BY 1, 2
