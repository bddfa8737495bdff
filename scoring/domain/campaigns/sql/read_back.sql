UPDATE scoring_campaignrecipient AS recipient SET state = CASE message.state WHEN 'DROPPED' THEN 'REFUSED' ELSE message.state END
FROM consent_outboxmessage AS message
WHERE recipient.state = 'HANDED_OVER' AND recipient.message_id = message.id
    AND (
        message.state IN ('REFUSED', 'GIVEN_UP', 'DROPPED')
        OR message.state = 'SENT' AND NOT EXISTS (
            SELECT FROM scoring_campaign AS campaign
            JOIN consent_consentrecord AS permission
                ON permission.contact_point_id = recipient.contact_point_id
                AND permission.legal_entity_id = campaign.legal_entity_id
                AND permission.purpose_id = campaign.purpose_id
                AND permission.channel = campaign.channel
                AND permission.uses IS NOT NULL AND permission.grant_event_id IS NOT NULL
            WHERE campaign.id = recipient.campaign_id
        )
    )
