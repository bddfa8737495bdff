INSERT INTO customers_customerrelation (
    id, organisation_id, legal_entity_id, contact_id, kind, product_group_id, started_at, last_agreement_at,
    runs_on, email_collection, phone_collection, phone_collected_at, postal_collection, ends_at, reason_ended
)
SELECT id, organisation_id, legal_entity_id, contact_id, kind, product_group_id, occurred_at, occurred_at, false,
    'NOT_SUPPLIED', CASE WHEN optout_offered THEN 'COMPLETE' ELSE 'NO_OPTOUT' END, occurred_at, 'NOT_SUPPLIED',
    (((occurred_at AT TIME ZONE 'Europe/Amsterdam')::date + interval '36 months')::date + 1)::timestamp
        AT TIME ZONE 'Europe/Amsterdam', ''
FROM customers_transaction
WHERE organisation_id = %(organisation)s AND %(contacts)s > 0
