changed AS MATERIALIZED (SELECT contact_id FROM people JOIN customers_formerstanding USING (contact_id)),
-- What decided the rules about a contact then: the oldest standing that was kept after the last change that both
-- was known by then and held by then. A date of birth has no period: only when it became known counts. Few ever
-- changed: of all others nothing is looked up (OFFSET keeps that a question of its own).
contacts AS (
    SELECT contact.id,
        CASE WHEN former.standing_id IS NULL THEN contact.kind ELSE former.kind END AS kind,
        CASE WHEN former.standing_id IS NULL THEN contact.legal_form ELSE former.legal_form END AS legal_form,
        CASE WHEN former.standing_id IS NULL THEN contact.country ELSE former.country END AS country,
        coalesce(former.represented, contact.representative_id IS NOT NULL) AS represented,
        CASE WHEN former.known_id IS NULL THEN contact.birth_date ELSE former.birth_date END AS birth_date
    FROM customers_contact contact
    LEFT JOIN LATERAL (
        SELECT standing.id AS standing_id, standing.kind, standing.legal_form, standing.country,
            standing.represented, known.id AS known_id, known.birth_date
        FROM (SELECT WHERE contact.id IN (SELECT contact_id FROM changed) OFFSET 0) AS one_of_them
        LEFT JOIN LATERAL (
            SELECT one.*
            FROM customers_formerstanding one
            WHERE one.contact_id = contact.id
                AND one.replaced_at > coalesce((
                    SELECT max(later.replaced_at)
                    FROM customers_formerstanding later
                    WHERE later.contact_id = contact.id
                        AND later.replaced_at <= %(known_at)s::timestamptz
                        AND later.held_until_at <= %(at)s::timestamptz
                ), '-infinity')
            ORDER BY one.replaced_at, one.id
            LIMIT 1
        ) standing ON true
        LEFT JOIN LATERAL (
            SELECT one.id, one.birth_date
            FROM customers_formerstanding one
            WHERE one.contact_id = contact.id AND one.replaced_at > %(known_at)s::timestamptz
            ORDER BY one.replaced_at, one.id
            LIMIT 1
        ) known ON true
    ) former ON true
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
