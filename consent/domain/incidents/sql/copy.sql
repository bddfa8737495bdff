-- Whose copy of everything was taken, by the person or by staff.
SELECT request.contact_id, step.taken_at AS at, request.id AS list_id
FROM consent_rightsstep step
JOIN consent_rightsrequest request ON request.id = step.request_id
WHERE request.organisation_id = %(organisation)s AND request.legal_entity_id = %(legal_entity)s
    AND step.what = 'COPY_GIVEN' AND request.contact_id IS NOT NULL
    AND step.taken_at >= %(since)s AND step.taken_at < %(until)s
    AND (%(staff)s::uuid IS NULL OR step.staff_id = %(staff)s::uuid)
