-- How often somebody arrived in each stage within the period.
SELECT to_stage_id, count(*)
FROM scoring_journeymove
WHERE journey_id = %(journey)s AND to_stage_id IS NOT NULL AND moved_at > %(since)s AND moved_at <= %(now)s
GROUP BY 1
