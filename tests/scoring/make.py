"""Rows of the scoring app to test with; the rest stands in `tests/make.py`."""

from datetime import datetime
from decimal import Decimal

from consent.models import Processor, Purpose
from customers.models import Contact, LegalEntity, Organisation
from scoring.models import (
    AttributeName,
    BehaviourEvent,
    Campaign,
    CampaignRecipient,
    ContactAttribute,
    FrequencyCap,
)
from tests.make import LONG_AGO, NOW

Kind = BehaviourEvent.Kind
Origin = ContactAttribute.Origin


def behaviour(
    *,
    contact: Contact,
    legal_entity: LegalEntity,
    kind: BehaviourEvent.Kind = Kind.PAGE_VISIT,
    subject: str = "/lampen/",
    source: str = "",
    value: Decimal | None = None,
    occurred_at: datetime = NOW,
    recorded_at: datetime | None = None,
    sender: str = "",
    external_id: str = "",
    via: BehaviourEvent.Via = BehaviourEvent.Via.API,
) -> BehaviourEvent:
    return BehaviourEvent.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        contact=contact,
        kind=kind,
        subject=subject,
        source=source,
        value=value,
        occurred_at=occurred_at,
        recorded_at=recorded_at or occurred_at,
        sender=sender,
        external_id=external_id,
        via=via,
    )


def attribute(
    *,
    contact: Contact,
    legal_entity: LegalEntity,
    name: str = "region",
    value: str = "Utrecht",
    number: Decimal | None = None,
    origin: ContactAttribute.Origin = Origin.IMPORTED,
    acquired_at: datetime = LONG_AGO,
    replaced_at: datetime | None = None,
    seller: str = "",
    processor: Processor | None = None,
    told_at: datetime | None = None,
) -> ContactAttribute:
    return ContactAttribute.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        contact=contact,
        name=name,
        value=value,
        number=number,
        origin=origin,
        acquired_at=acquired_at,
        replaced_at=replaced_at,
        recorded_at=acquired_at,
        seller=seller,
        processor=processor,
        told_at=told_at,
    )


def attribute_name(
    *,
    legal_entity: LegalEntity,
    name: str = "region",
    kind: AttributeName.Kind = AttributeName.Kind.TEXT,
    needed_for: str = "Aanbiedingen die passen",
) -> AttributeName:
    return AttributeName.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        name=name,
        kind=kind,
        needed_for=needed_for,
    )


def campaign(
    *,
    legal_entity: LegalEntity,
    purpose: Purpose,
    code: str = "lampen",
    name: str = "Nieuwe lampen",
    channel: Campaign.Way = Campaign.Way.EMAIL,
    subject: dict[str, str] | None = None,
    text: dict[str, str] | None = None,
    created_at: datetime = LONG_AGO,
) -> Campaign:
    return Campaign.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        purpose=purpose,
        code=code,
        name=name,
        channel=channel,
        subject=subject or {"nl": "Nieuwe lampen", "en": "New lamps"},
        text=text or {"nl": "Dag {given_name|lezer}.", "en": "Hello {given_name|reader}."},
        created_at=created_at,
    )


def recipient(
    *, campaign: Campaign, contact: Contact, added_at: datetime = NOW, due_at: datetime = NOW
) -> CampaignRecipient:
    return CampaignRecipient.objects.create(
        campaign=campaign, contact=contact, added_at=added_at, due_at=due_at
    )


def frequency_cap(*, organisation: Organisation, messages: int = 2, days: int = 7) -> FrequencyCap:
    return FrequencyCap.objects.create(organisation=organisation, messages=messages, days=days)
