, due AS (
    SELECT action.stage_id, %(at)s + min(action.after_days) * interval '24 hours' AS act_at
    FROM scoring_journeyaction action
    WHERE action.stage_id IN (SELECT chosen.to_stage FROM chosen)
    GROUP BY action.stage_id
),
went AS (
    UPDATE scoring_journeymember member
    SET stage_id = chosen.to_stage,
        stage_since = CASE WHEN chosen.to_stage IS NULL THEN member.stage_since ELSE %(at)s END,
        left_at = CASE WHEN chosen.to_stage IS NULL THEN %(at)s END,
        outcome = chosen.outcome,
        act_at = due.act_at,
        -- Time says nothing about somebody's work: only a colleague notes that they left it.
        still_employed = (member.still_employed OR EXISTS (
            SELECT FROM scoring_journeystage stage WHERE stage.id = chosen.from_stage AND stage.figures_only
        )) AND NOT EXISTS (
            SELECT FROM scoring_journeystage stage WHERE stage.id = chosen.to_stage AND stage.figures_only
        )
    FROM chosen LEFT JOIN due ON due.stage_id = chosen.to_stage
    WHERE member.id = chosen.member_id AND member.left_at IS NULL AND member.stage_id = chosen.from_stage
        AND member.contact_id = ANY(%(contacts)s::uuid[])
    RETURNING member.id, chosen.from_stage, chosen.to_stage, chosen.stage_since, chosen.how, chosen.rule_id
),
-- Whoever left is no longer asked after, and where only figures are shown no task names anybody.
dropped AS (
    DELETE FROM scoring_colleaguetask task
    USING went LEFT JOIN scoring_journeystage stage ON stage.id = went.to_stage
    WHERE task.member_id = went.id AND task.done_at IS NULL AND coalesce(stage.figures_only, true)
),
-- An employee has no score and is in no group.
hired AS (
    SELECT chosen.contact_id FROM chosen
    JOIN scoring_journeystage stage ON stage.id = chosen.to_stage AND stage.figures_only
),
unscored AS (
    DELETE FROM scoring_score score USING hired, scoring_scoremodel model
    WHERE score.contact_id = hired.contact_id
        AND model.id = score.model_id AND model.legal_entity_id = %(legal_entity)s
),
ungrouped AS (
    DELETE FROM scoring_segmentmember member USING hired, scoring_segment segment
    WHERE member.contact_id = hired.contact_id
        AND segment.id = member.segment_id AND segment.legal_entity_id = %(legal_entity)s
),
entered AS (
    INSERT INTO scoring_journeymember
        (journey_id, contact_id, stage_id, source, entered_at, stage_since, outcome, act_at)
    SELECT %(journey)s, chosen.contact_id, chosen.to_stage, 'RULE', %(at)s, %(at)s, '', due.act_at
    FROM chosen LEFT JOIN due ON due.stage_id = chosen.to_stage
    WHERE chosen.member_id IS NULL
    ON CONFLICT (journey_id, contact_id) WHERE left_at IS NULL DO NOTHING
    RETURNING id, contact_id
),
steps AS (
    SELECT id, from_stage, to_stage, stage_since, how, rule_id FROM went
    UNION ALL
    SELECT entered.id, NULL, chosen.to_stage, NULL, chosen.how, chosen.rule_id
    FROM entered JOIN chosen USING (contact_id)
)
INSERT INTO scoring_journeymove
    (member_id, journey_id, from_stage_id, to_stage_id, moved_at, recorded_at, stage_since, how, rule_id, reason)
SELECT id, %(journey)s, from_stage, to_stage, %(at)s, %(now)s, stage_since, how, rule_id, '' FROM steps
