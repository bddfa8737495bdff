"""What a campaign says to one person, and how that looks before anybody gets it."""

import re
import uuid
from collections.abc import Collection
from typing import Final

from consent.domain import messages
from consent.domain.messages import MaskedLinks, Rendered
from consent.domain.outbox import NewMessage
from consent.models import Channel, OutboxMessage, in_language
from customers.models import Contact, ContactPoint
from scoring.domain.campaigns.personal import fill_in
from scoring.models import Campaign

BETWEEN_PARAGRAPHS: Final = re.compile(r"\n\s*\n")
# Where a text message shows what somebody would read, in a language of choice.
SOMEBODY: Final = {"given_name": "Alex", "family_name": "de Vries"}


def write_to(
    *, campaign: Campaign, contact: Contact, point: ContactPoint, measured: Collection[uuid.UUID] = ()
) -> NewMessage:
    """Write what one person gets, in their language; only of the `measured` is following the button counted.

    Whoever did not permit that gets the plain address of the page, with nothing in it to know them by. No
    picture is counted at all: mail programs fetch it by themselves, and it asks as much permission as a link.
    """
    return NewMessage(
        kind=OutboxMessage.Kind.CAMPAIGN,
        legal_entity=campaign.legal_entity,
        contact_point=point,
        language=contact.language,
        content=content_for(campaign=campaign, contact=contact) | _counted(campaign, contact, measured),
        channel=Channel(campaign.channel),
    )


def content_for(*, campaign: Campaign, contact: Contact) -> dict[str, object]:
    """What the template needs: the texts filled in, and the purpose, so that it can be stopped."""

    def said(wording: dict[str, str]) -> str:
        text = in_language(wording, contact.language).replace("\r\n", "\n")
        return fill_in(text=text, contact=contact, legal_entity=campaign.legal_entity)

    return {
        "subject": said(campaign.subject),
        "paragraphs": [part.strip() for part in BETWEEN_PARAGRAPHS.split(said(campaign.text).strip())],
        "link_label": said(campaign.link_label),
        "link_url": campaign.link_url,
        "purpose_id": str(campaign.purpose_id),
    }


def _counted(campaign: Campaign, contact: Contact, measured: Collection[uuid.UUID]) -> dict[str, object]:
    counts = bool(campaign.link_url) and contact.pk in measured
    return {"counted_for": str(campaign.pk)} if counts else {}


def preview(*, campaign: Campaign, language: str, public_url: str) -> Rendered:
    """Show a campaign as somebody without a real name would get it, with its links masked."""
    somebody = Contact(organisation_id=campaign.organisation_id, language=language, **SOMEBODY)
    message = OutboxMessage(
        kind=OutboxMessage.Kind.CAMPAIGN,
        legal_entity=campaign.legal_entity,
        contact_point=ContactPoint(contact=somebody),
        language=language,
        channel=campaign.channel,
    )
    content = content_for(campaign=campaign, contact=somebody)
    links = MaskedLinks(public_url=public_url)
    if campaign.channel == Campaign.Way.SMS:
        text = messages.render_text_content(message=message, content=content, links=links)
        return Rendered(subject="", text=text, html="", unsubscribe_url="")
    return messages.render_content(message=message, content=content, links=links)
