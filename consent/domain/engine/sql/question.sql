-- Everything that counts for everyone asked about: the sender, the purpose and its tests, the product groups,
-- the copy of the Belgian list, and the house policy, as they were at the moment asked about.
SELECT entity.id, entity.organisation_id, entity.code, entity.kind, entity.country, entity.time_zone,
    purpose.id, purpose.content,
    test.id, test.passed,
    balance.id, balance.valid_until_at,
    wanted.id, owned.number > 0, alike.groups, alike.until,
    snapshot.id, snapshot.taken_at,
    policy.id, policy.forbids, changing.at,
    calling.policies, mourning.days, caller.number,
    (SELECT revision FROM consent_settingsrevision), holding.until
FROM customers_legalentity entity
LEFT JOIN LATERAL (
    SELECT one.id, one.content
    FROM consent_purpose one
    JOIN consent_purpose_legal_entities served ON served.purpose_id = one.id
    WHERE served.legalentity_id = entity.id AND one.code = %(purpose)s::text
) purpose ON true
LEFT JOIN LATERAL (
    SELECT one.id, one.only_informs AND one.material_facts AND one.only_relevant_people
        AND one.nothing_promotional AND one.concluded_at <= %(at)s::timestamptz AS passed
    FROM consent_servicetest one
    WHERE one.purpose_id = purpose.id
) test ON true
LEFT JOIN LATERAL (
    SELECT one.id, known.valid_until_at
    FROM consent_balancingtest one
    -- An end that was entered later was not known yet.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN one.end_entered_at > %(known_at)s::timestamptz THEN NULL ELSE one.valid_until_at END AS valid_until_at
    ) known
    WHERE one.legal_entity_id = entity.id AND one.purpose_id = purpose.id AND one.channel = %(channel)s::text
        AND one.concluded_at <= %(at)s::timestamptz
        AND (one.entered_at IS NULL OR one.entered_at <= %(known_at)s::timestamptz)
        AND (known.valid_until_at IS NULL OR known.valid_until_at > %(at)s::timestamptz)
    ORDER BY known.valid_until_at DESC NULLS FIRST, one.id
    LIMIT 1
) balance ON true
LEFT JOIN customers_productgroup wanted
    ON wanted.legal_entity_id = entity.id AND wanted.code = %(product_group)s::text
LEFT JOIN LATERAL (
    SELECT count(*) AS number FROM customers_productgroup one WHERE one.legal_entity_id = entity.id
) owned ON true
LEFT JOIN LATERAL (
    SELECT array_agg(one.product_group_id) AS groups, min(known.valid_until_date) AS until
    FROM customers_productsimilarity one
    CROSS JOIN LATERAL (
        SELECT CASE WHEN one.end_entered_at > %(known_at)s::timestamptz THEN NULL ELSE one.valid_until_date END AS valid_until_date
    ) known
    WHERE one.similar_group_id = wanted.id
        AND one.valid_from_date <= (%(at)s::timestamptz AT TIME ZONE entity.time_zone)::date
        AND (one.entered_at IS NULL OR one.entered_at <= %(known_at)s::timestamptz)
        AND (known.valid_until_date IS NULL
            OR known.valid_until_date > (%(at)s::timestamptz AT TIME ZONE entity.time_zone)::date)
) alike ON true
LEFT JOIN LATERAL (
    SELECT one.id, one.taken_at
    FROM consent_donotcallsnapshot one
    WHERE one.organisation_id = entity.organisation_id
        AND one.taken_at <= %(at)s::timestamptz AND one.loaded_at <= %(known_at)s::timestamptz
    ORDER BY one.taken_at DESC
    LIMIT 1
) snapshot ON true
LEFT JOIN LATERAL (
    SELECT one.id, one.forbids
    FROM consent_housepolicy one
    WHERE one.legal_entity_id = entity.id
        AND (one.purpose_id = purpose.id OR one.purpose_id IS NULL) AND one.channel IN ('', %(channel)s::text)
        AND one.valid_from_at <= %(at)s::timestamptz AND (one.valid_until_at IS NULL OR one.valid_until_at > %(at)s::timestamptz)
        AND one.decided_at <= %(known_at)s::timestamptz
        AND (one.ended_at IS NULL OR one.ended_at > least(%(at)s::timestamptz, %(known_at)s::timestamptz))
    ORDER BY one.forbids = 'EVERYTHING' DESC, one.id
    LIMIT 1
) policy ON true
LEFT JOIN LATERAL (
    SELECT min(moment) AS at
    FROM consent_housepolicy one
    CROSS JOIN LATERAL unnest(ARRAY[one.valid_from_at, one.valid_until_at]) AS moment
    WHERE one.legal_entity_id = entity.id
        AND (one.purpose_id = purpose.id OR one.purpose_id IS NULL) AND one.channel IN ('', %(channel)s::text)
        AND one.ended_at IS NULL AND moment > %(at)s::timestamptz
) changing ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object(
        'weekdays', one.weekdays, 'opens', one.opens, 'closes', one.closes,
        'closed_holidays', one.closed_holidays, 'closed_dates', one.closed_dates,
        'valid_from_date', one.valid_from_date, 'valid_until_date', one.valid_until_date, 'ended_at', one.ended_at
    )) AS policies
    FROM consent_callingpolicy one
    WHERE %(channel)s::text = 'CALL' AND one.legal_entity_id = entity.id
        AND one.decided_at <= %(known_at)s::timestamptz
        AND (one.valid_until_date IS NULL OR one.valid_until_date >= %(at)s::timestamptz::date - 1)
) calling ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('country', one.country, 'date', one.date)) AS days
    FROM consent_dayofmourning one
    WHERE %(channel)s::text = 'CALL' AND one.organisation_id = entity.organisation_id
        AND one.decided_at <= %(known_at)s::timestamptz
        AND (one.ended_at IS NULL OR one.ended_at > %(known_at)s::timestamptz)
        AND one.date >= %(at)s::timestamptz::date - 1
) mourning ON true
LEFT JOIN LATERAL (
    SELECT one.number
    FROM customers_callernumber one
    CROSS JOIN LATERAL (SELECT (%(at)s::timestamptz AT TIME ZONE entity.time_zone)::date AS today) AS day
    WHERE %(channel)s::text = 'CALL' AND one.legal_entity_id = entity.id AND one.in_use_from_date <= today
        -- It must answer for so long after this call (Code Telemarketing 2024).
        AND (
            one.reachable_until_date IS NULL
            OR one.reachable_until_date >= (today + make_interval(months => %(reachable_months)s::integer))::date
        )
    ORDER BY one.reachable_until_date IS NOT NULL, one.in_use_from_date DESC, one.id
    LIMIT 1
) caller ON true
-- Until when all this holds if nobody changes it: the first moment to come that stands in any of it, at latest the
-- next quarter of an hour: at one of those a day begins or ends, in every zone, also where clocks are put back at
-- midnight. A moment too many costs one reading, one too few a wrong answer.
CROSS JOIN LATERAL (
    SELECT least(
        date_bin('15 minutes', %(at)s::timestamptz, '2000-01-01 00:00+00') + interval '15 minutes', min(moment)
    ) AS until
    FROM (
        SELECT one.concluded_at FROM consent_servicetest one WHERE one.purpose_id = purpose.id
        UNION ALL
        SELECT unnest(ARRAY[one.concluded_at, one.entered_at, one.valid_until_at, one.end_entered_at])
        FROM consent_balancingtest one WHERE one.legal_entity_id = entity.id
        UNION ALL
        SELECT unnest(ARRAY[one.entered_at, one.end_entered_at])
        FROM customers_productsimilarity one WHERE one.similar_group_id = wanted.id
        UNION ALL
        -- A list is still fresh at the end of its hours, and not after it.
        SELECT unnest(ARRAY[
            one.taken_at, one.loaded_at, one.taken_at + %(list_is_fresh_for)s::interval + interval '1 microsecond'
        ])
        FROM consent_donotcallsnapshot one WHERE one.organisation_id = entity.organisation_id
        UNION ALL
        SELECT unnest(ARRAY[one.valid_from_at, one.valid_until_at, one.decided_at, one.ended_at])
        FROM consent_housepolicy one WHERE one.legal_entity_id = entity.id
        UNION ALL
        SELECT unnest(ARRAY[one.decided_at, one.ended_at])
        FROM consent_callingpolicy one WHERE one.legal_entity_id = entity.id
        UNION ALL
        SELECT unnest(ARRAY[one.decided_at, one.ended_at])
        FROM consent_dayofmourning one WHERE one.organisation_id = entity.organisation_id
    ) AS standing (moment)
    WHERE moment > %(at)s::timestamptz
) holding
WHERE entity.code = %(legal_entity)s::text
