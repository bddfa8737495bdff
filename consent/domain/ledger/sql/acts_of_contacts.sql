FROM consent_consentevent event
    JOIN customers_contact contact ON contact.id = event.subject_id
        AND contact.organisation_id = event.organisation_id
        AND contact.erased_at IS NULL
    WHERE event.organisation_id = %(organisation)s
        AND event.subject_id BETWEEN %(first)s AND %(last)s
