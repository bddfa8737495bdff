-- Fold the transactions of each touched contact × legal entity × kind × product group into its relation.
-- The best single collection counts per kind of detail; several transactions never add up.
ranked AS (
    SELECT t.*,
        CASE WHEN optout_offered THEN 4 WHEN told_at_collection THEN 3 ELSE 2 END AS collection
    FROM agreed t
    /* of these */
),
folded AS (
    SELECT organisation_id, contact_id, legal_entity_id, kind, product_group_id,
        min(occurred_at) AS started_at,
        max(coalesce(ended_at, occurred_at)) AS last_agreement_at,
        bool_or(runs_on AND ended_at IS NULL) AS runs_on,
        coalesce(max(collection) FILTER (WHERE 'EMAIL' = ANY(supplied_kinds)), 1) AS email,
        (array_agg(occurred_at ORDER BY collection DESC, occurred_at)
            FILTER (WHERE 'EMAIL' = ANY(supplied_kinds)))[1] AS email_at,
        coalesce(max(collection) FILTER (WHERE 'PHONE' = ANY(supplied_kinds)), 1) AS phone,
        (array_agg(occurred_at ORDER BY collection DESC, occurred_at)
            FILTER (WHERE 'PHONE' = ANY(supplied_kinds)))[1] AS phone_at,
        coalesce(max(collection) FILTER (WHERE 'POSTAL' = ANY(supplied_kinds)), 1) AS postal,
        (array_agg(occurred_at ORDER BY collection DESC, occurred_at)
            FILTER (WHERE 'POSTAL' = ANY(supplied_kinds)))[1] AS postal_at
    FROM ranked
    GROUP BY organisation_id, contact_id, legal_entity_id, kind, product_group_id
),
-- A term ends at 24:00 of the same-numbered day, or the month's last, in the zone of the legal entity.
termed AS (
    SELECT folded.organisation_id, contact_id, legal_entity_id, folded.kind, product_group_id,
        started_at, last_agreement_at, runs_on,
        (ARRAY['NOT_SUPPLIED', 'NOT_TOLD', 'NO_OPTOUT', 'COMPLETE'])[email] AS email_collection,
        email_at AS email_collected_at,
        (ARRAY['NOT_SUPPLIED', 'NOT_TOLD', 'NO_OPTOUT', 'COMPLETE'])[phone] AS phone_collection,
        phone_at AS phone_collected_at,
        (ARRAY['NOT_SUPPLIED', 'NOT_TOLD', 'NO_OPTOUT', 'COMPLETE'])[postal] AS postal_collection,
        postal_at AS postal_collected_at,
        CASE WHEN NOT runs_on THEN
            (((last_agreement_at AT TIME ZONE entity.time_zone)::date
                + make_interval(months => coalesce(extension.term_months, {relation_months})))::date + 1)::timestamp
            AT TIME ZONE entity.time_zone
        END AS ends_at
    FROM folded
    JOIN customers_legalentity entity ON entity.id = folded.legal_entity_id
    LEFT JOIN LATERAL (
        SELECT max(term_months) AS term_months
        FROM extensions longer
        WHERE longer.legal_entity_id = folded.legal_entity_id
            AND longer.kind = folded.kind
            AND coalesce(longer.product_group_id, folded.product_group_id, 0) = coalesce(folded.product_group_id, 0)
    ) extension ON true
)
