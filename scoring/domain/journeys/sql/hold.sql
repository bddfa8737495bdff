-- Held, so that nobody who objects or is erased meanwhile makes a step.
SELECT contact.id FROM customers_contact contact
WHERE contact.id IN (SELECT chosen.contact_id FROM chosen)
    {of_contact}
ORDER BY contact.id
FOR NO KEY UPDATE OF contact
