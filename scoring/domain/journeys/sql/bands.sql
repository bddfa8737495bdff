-- People in each stage now by the band of one score; where only figures are shown nobody has one.
SELECT member.stage_id, coalesce(band.name, ''), count(*)
FROM scoring_journeymember AS member
JOIN scoring_journeystage AS stage ON stage.id = member.stage_id AND NOT stage.figures_only
LEFT JOIN scoring_score AS score ON score.contact_id = member.contact_id AND score.model_id = %(model)s
LEFT JOIN scoring_band AS band ON band.id = score.band_id
WHERE member.journey_id = %(journey)s AND member.stage_id IS NOT NULL
GROUP BY 1, 2
