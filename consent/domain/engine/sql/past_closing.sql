-- What decided the rules about a contact then: the oldest standing that was kept after the last change that both
-- was known by then and held by then. A date of birth has no period: only when it became known counts.
contacts AS (
    SELECT contact.id,
        CASE WHEN standing.id IS NULL THEN contact.kind ELSE standing.kind END AS kind,
        CASE WHEN standing.id IS NULL THEN contact.legal_form ELSE standing.legal_form END AS legal_form,
        CASE WHEN standing.id IS NULL THEN contact.country ELSE standing.country END AS country,
        coalesce(standing.represented, contact.representative_id IS NOT NULL) AS represented,
        CASE WHEN known.id IS NULL THEN contact.birth_date ELSE known.birth_date END AS birth_date
    FROM customers_contact contact
    LEFT JOIN LATERAL (
        SELECT former.*
        FROM customers_formerstanding former
        WHERE former.contact_id = contact.id
            AND former.replaced_at > coalesce((
                SELECT max(changed.replaced_at)
                FROM customers_formerstanding changed
                WHERE changed.contact_id = contact.id
                    AND changed.replaced_at <= %(known_at)s::timestamptz
                    AND changed.held_until_at <= %(at)s::timestamptz
            ), '-infinity')
        ORDER BY former.replaced_at, former.id
        LIMIT 1
    ) standing ON true
    LEFT JOIN LATERAL (
        SELECT former.id, former.birth_date
        FROM customers_formerstanding former
        WHERE former.contact_id = contact.id AND former.replaced_at > %(known_at)s::timestamptz
        ORDER BY former.replaced_at, former.id
        LIMIT 1
    ) known ON true
),
-- A block may be lifted and made again, which overwrites its row: what held then is read from the acts.
blocks AS MATERIALIZED (
    SELECT event.organisation_id, decode(event.address_hash, 'hex') AS address_hash, event.channel, event.reason,
        event.occurred_at AS suppressed_at, event.id AS event_id
    FROM (SELECT DISTINCT encode(address_hash, 'hex') AS text FROM hashed) wanted
    JOIN consent_consentevent event ON event.organisation_id = %(organisation)s::uuid
        AND event.address_hash = wanted.text AND event.act = 'SUPPRESSED'
    WHERE event.occurred_at <= %(at)s::timestamptz AND event.recorded_at <= %(known_at)s::timestamptz
        AND NOT EXISTS (
            SELECT FROM consent_consentevent lifting
            WHERE lifting.organisation_id = event.organisation_id
                AND lifting.address_hash = event.address_hash AND lifting.act = 'SUPPRESSION_LIFTED'
                AND lifting.channel = event.channel
                AND lifting.occurred_at > event.occurred_at
                AND lifting.occurred_at <= %(at)s::timestamptz AND lifting.recorded_at <= %(known_at)s::timestamptz
        )
),
restrictions AS (
    SELECT DISTINCT ON (restriction.contact_id) restriction.*
    FROM people
    JOIN consent_restriction restriction USING (contact_id)
    JOIN consent_consentevent event ON event.id = restriction.event_id
    WHERE event.recorded_at <= %(known_at)s::timestamptz
        AND restriction.restricted_at <= %(at)s::timestamptz
        AND (
            restriction.lifted_at IS NULL OR restriction.lifted_at > %(at)s::timestamptz
            OR NOT EXISTS (
                SELECT FROM consent_consentevent lifting
                WHERE lifting.organisation_id = event.organisation_id
                    AND lifting.subject_id = restriction.contact_id
                    AND lifting.act = 'RESTRICTION_LIFTED' AND lifting.refers_to_id = restriction.event_id
                    AND lifting.recorded_at <= %(known_at)s::timestamptz
            )
        )
    ORDER BY restriction.contact_id, restriction.restricted_at DESC
),
