-- Whom a turn looks at between two looks at everybody: who something changed about, and whose time ran out. What is
-- noted of so many at once that nobody is named comes as one row without a key.
SELECT NULL::uuid FROM scoring_personchange
WHERE written_in >= %(noted_from)s AND contact_id IS NULL
UNION
SELECT contact.id FROM customers_contact contact
JOIN scoring_personchange noted ON noted.contact_id = contact.id AND noted.written_in >= %(noted_from)s
WHERE contact.organisation_id = %(organisation)s
-- Whoever has been in their stage so long as a rule waits; and who came there about when the last turn was made.
UNION
SELECT member.contact_id FROM scoring_journeymember member
JOIN unnest(%(stages)s::uuid[], %(waits)s::interval[]) AS waiting (stage_id, wait)
    ON waiting.stage_id = member.stage_id
    AND member.stage_since BETWEEN %(since)s - waiting.wait AND %(at)s - waiting.wait
-- Whoever may come in again.
UNION
SELECT member.contact_id FROM scoring_journeymember member
WHERE member.journey_id = %(journey)s
    AND member.left_at BETWEEN %(since)s - %(again)s::interval AND %(at)s - %(again)s::interval
-- Whose permission is over.
UNION
SELECT record.contact_id FROM consent_consentrecord record
WHERE record.legal_entity_id = %(legal_entity)s AND record.purpose_id = ANY(%(purposes)s::uuid[])
    AND record.channel = 'NONE' AND record.valid_until BETWEEN %(since)s AND %(at)s
LIMIT %(most)s
