-- People in each stage now by the band of one score; nobody of a stage of which only figures are shown.
SELECT member.stage_id, coalesce(band.name, ''), count(*)
FROM scoring_journeymember AS member
JOIN scoring_journeystage AS stage ON stage.id = member.stage_id AND NOT stage.figures_only
LEFT JOIN scoring_score AS score ON score.contact_id = member.contact_id AND score.model_id = %(model)s
LEFT JOIN scoring_band AS band ON band.id = score.band_id
WHERE member.journey_id = %(journey)s
GROUP BY 1, 2
