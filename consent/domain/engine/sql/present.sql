-- The present state, as the records hold it: a question about now or a later moment.
points AS (
    SELECT *, coalesce(verified_at <= %(at)s::timestamptz, false) AS verified,
        coalesce(invalid_at <= %(at)s::timestamptz, false) AS invalid
    FROM customers_contactpoint
),
contacts AS (SELECT *, representative_id IS NOT NULL AS represented FROM customers_contact),
records AS (SELECT * FROM consent_consentrecord),
objections AS (SELECT * FROM consent_objection),
relations AS (SELECT * FROM customers_customerrelation WHERE reason_ended <> 'ERASED'),
blocks AS (SELECT * FROM consent_suppression WHERE lifted_at IS NULL),
restrictions AS (
    SELECT * FROM consent_restriction WHERE lifted_at IS NULL
),
