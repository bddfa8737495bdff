FROM consent_consentevent event
    WHERE event.organisation_id = %(organisation)s
        AND event.subject_id BETWEEN %(first)s AND %(last)s
        -- IS TRUE keeps this from becoming a join: who lives is read once for the range, and only looked up.
        AND (event.subject_id IN (
            SELECT id FROM customers_contact contact
            WHERE contact.organisation_id = %(organisation)s AND contact.id BETWEEN %(first)s AND %(last)s
                AND contact.erased_at IS NULL
        )) IS TRUE
