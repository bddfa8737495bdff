-- Who may be profiled now: present facts only, for one legal entity and one purpose of processing. A property test
-- holds this to what the engine answers (`consent/domain/engine`); here it is one look at many people.
SELECT contact.id
FROM customers_contact contact
LEFT JOIN consent_consentrecord record ON record.organisation_id = %(gate_organisation)s
    AND record.contact_id = contact.id
    AND record.legal_entity_id = %(gate_legal_entity)s
    AND record.purpose_id = %(gate_purpose)s
    AND record.channel = 'NONE'
    AND record.status <> 'ConsentUnknown'
CROSS JOIN LATERAL (
    SELECT CASE WHEN coalesce(nullif(contact.country, ''), %(gate_country)s) = 'BE' THEN interval '13 years'
        ELSE interval '16 years' END AS age_of_consent
) law
CROSS JOIN LATERAL (SELECT coalesce({valid}, false) AS valid) permission
CROSS JOIN LATERAL (SELECT permission.valid AND coalesce(record.grant_proven, false) AS lifts) proof
WHERE contact.organisation_id = %(gate_organisation)s
    AND contact.erased_at IS NULL /* whose contact.id */
    AND NOT %(gate_closed)s
    AND (permission.valid OR NOT %(gate_needs_permission)s)
    AND coalesce(record.status, '') NOT IN ('ConsentRefused', 'ConsentWithdrawn')
    AND (record.withdrawn_at IS NULL OR proof.lifts)
    AND (permission.valid AND record.given_by = 'REPRESENTATIVE' OR contact.representative_id IS NULL
        AND coalesce(contact.birth_date <= %(gate_day)s::date - law.age_of_consent, true))
    AND NOT EXISTS (
        SELECT FROM consent_restriction restriction
        WHERE restriction.contact_id = contact.id AND restriction.lifted_at IS NULL
    )
    AND NOT EXISTS (
        SELECT FROM consent_objection objection
        WHERE objection.organisation_id = %(gate_organisation)s
            AND objection.contact_id = contact.id
            AND objection.standing
            AND (objection.legal_entity_id = %(gate_legal_entity)s OR objection.legal_entity_id IS NULL)
            AND (objection.purpose_id = %(gate_purpose)s OR objection.purpose_id IS NULL)
            AND objection.channel IN ('', 'NONE')
            AND NOT (proof.lifts AND record.granted_at > objection.objected_at)
    )
    AND NOT EXISTS (
        SELECT FROM customers_contactpoint point
        JOIN consent_suppression block ON block.organisation_id = %(gate_organisation)s
            AND block.address_hash = point.address_hash
            AND block.lifted_at IS NULL
            AND block.channel IN ('', 'NONE')
        WHERE point.contact_id = contact.id AND NOT EXISTS (
            SELECT FROM consent_consentrecord record
            WHERE record.organisation_id = %(gate_organisation)s
                AND record.contact_id = contact.id
                AND record.channel = 'NONE'
                AND {valid}
                AND record.grant_proven
                AND record.granted_at > block.suppressed_at
        )
    )
    -- Employees: in a stage of which only figures are shown, or left it without a colleague's word that they left
    -- employment. The journey that led there goes on to its end. They are few, and looked up once for all people.
    AND (NOT %(gate_scores)s OR contact.id NOT IN (
        SELECT member.contact_id FROM scoring_journeystage stage
        JOIN scoring_journey journey ON journey.id = stage.journey_id
            AND journey.legal_entity_id = %(gate_legal_entity)s AND journey.id IS DISTINCT FROM %(gate_journey)s
        JOIN scoring_journeymember member ON member.stage_id = stage.id
        WHERE stage.figures_only /* whose member.contact_id */
        UNION ALL
        SELECT member.contact_id FROM scoring_journeymember member
        JOIN scoring_journey journey ON journey.id = member.journey_id
            AND journey.legal_entity_id = %(gate_legal_entity)s
        WHERE member.still_employed /* whose member.contact_id */
    ))
