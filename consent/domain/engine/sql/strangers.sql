-- Of whom anything is known: somebody holds the address, or it is blocked or registered. All others are strangers,
-- and most of what a list asks about is not asked about them. One at a time, whatever the planner expects.
known AS (
    SELECT asked.place
    FROM asked
    WHERE EXISTS (
            SELECT FROM customers_contactpoint point
            WHERE point.organisation_id = %(organisation)s::uuid AND point.value = asked.value
            OFFSET 0
        )
        OR %(list_fresh)s::boolean AND EXISTS (
            SELECT FROM consent_donotcallregistration registration
            WHERE registration.organisation_id = %(organisation)s::uuid AND registration.number = asked.value
            OFFSET 0
        )
    UNION ALL
    SELECT hashed.place
    FROM hashed
    WHERE EXISTS (
        SELECT FROM consent_suppression block
        WHERE block.organisation_id = %(organisation)s::uuid AND block.address_hash = hashed.address_hash
            AND block.lifted_at IS NULL
        OFFSET 0
    )
)
SELECT place FROM known
