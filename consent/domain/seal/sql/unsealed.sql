SELECT event.id, event.sequence FROM consent_consentevent event
WHERE event.sequence <= %(settled)s
    AND NOT EXISTS (SELECT FROM consent_ledgerleaf leaf WHERE leaf.event_id = event.id)
ORDER BY event.sequence LIMIT 1
