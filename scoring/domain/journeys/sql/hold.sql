-- Held, so that nobody who objects or is erased meanwhile makes a step.
SELECT contact.id FROM customers_contact contact
WHERE contact.id IN (SELECT chosen.contact_id FROM chosen)
    AND contact.id > %(after)s::uuid AND contact.id <= %(last)s::uuid
ORDER BY contact.id
FOR NO KEY UPDATE OF contact
