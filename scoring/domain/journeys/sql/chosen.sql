-- Who makes which step now: of several that hold for somebody the first. Each rule is one arm after the gate.
-- Who may be followed is asked once about all these people, and then looked up.
WITH followed AS MATERIALIZED ({followed}),
here AS MATERIALIZED (
    SELECT member.id, member.contact_id, member.stage_id, member.stage_since,
        -- Where a colleague put somebody by hand they stay, whatever they did before.
        CASE WHEN member.stage_id = ANY(%(looking)s::uuid[]) THEN (
            SELECT max(move.moved_at) FROM scoring_journeymove move
            WHERE move.member_id = member.id AND move.to_stage_id = member.stage_id AND move.how = 'HAND'
                AND move.moved_at = member.stage_since
        ) END AS put_at
    FROM scoring_journeymember member
    WHERE member.journey_id = %(journey)s AND member.left_at IS NULL AND member.stage_since < %(at)s {of_member}
),
-- Who may come in, found before anything is asked about them: most people are on a journey or were. Each is
-- looked up by itself: how many lie in a range of keys the database cannot guess, and so joins at great cost.
outside AS MATERIALIZED (
    SELECT contact.id
    FROM customers_contact contact
    WHERE contact.organisation_id = %(organisation)s AND contact.erased_at IS NULL {of_contact}
        AND (
            SELECT true FROM scoring_journeymember been
            WHERE been.journey_id = %(journey)s AND been.contact_id = contact.id
                AND (been.left_at IS NULL OR coalesce(been.left_at > %(again_before)s::timestamptz, true))
            LIMIT 1
        ) IS NOT TRUE
        AND (contact.id IN (SELECT followed.id FROM followed)) IS TRUE
),
chosen AS MATERIALIZED (
    SELECT DISTINCT ON (possible.contact_id) possible.* FROM (
        SELECT here.id AS member_id, here.contact_id, here.stage_id AS from_stage, here.stage_since,
            NULL::uuid AS rule_id, NULL::uuid AS to_stage, 'STOPPED' AS outcome, 'STOPPED' AS how, -1 AS place
        FROM here
        WHERE (here.contact_id IN (SELECT followed.id FROM followed)) IS NOT TRUE
        {steps}
    ) possible
    ORDER BY possible.contact_id, possible.place
)
