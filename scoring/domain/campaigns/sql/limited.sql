-- Messages that were taken, and rest on a permission for so many times.
SELECT recipient.id, recipient.contact_id, permission.grant_event_id
FROM scoring_campaignrecipient AS recipient
JOIN consent_outboxmessage AS message ON message.id = recipient.message_id AND message.state = 'SENT'
JOIN scoring_campaign AS campaign ON campaign.id = recipient.campaign_id
JOIN consent_consentrecord AS permission ON permission.contact_point_id = recipient.contact_point_id
    AND permission.legal_entity_id = campaign.legal_entity_id
    AND permission.purpose_id = campaign.purpose_id
    AND permission.channel = campaign.channel
    AND permission.uses IS NOT NULL AND permission.grant_event_id IS NOT NULL
WHERE recipient.state = 'HANDED_OVER'
ORDER BY recipient.id
