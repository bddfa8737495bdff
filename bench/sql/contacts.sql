INSERT INTO customers_contact (
    id, organisation_id, kind, legal_form, country, language, given_name, family_name, organisation_name, created_at
)
SELECT ('00000001-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, %(organisation)s, 'PERSON', '', 'NL', 'nl',
    'Alice', 'Voorbeeld' || n, '', '2020-01-01T00:00Z'
FROM generate_series(0, %(contacts)s - 1) AS n
