"""Who is on the line: what we may and hold, only as far as needed to help them."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from consent.admin.badge import ALLOWED, STOPPED, UNCLEAR, Look, look
from consent.admin.call_desk import language
from consent.admin.desk_forms import WantedCallForm
from consent.domain.call_desk.inbound import Desk
from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import UnknownCodeError, put_question
from consent.domain.rulebook.explanations import Explanation, explain
from consent.domain.withdrawals import STANDING
from consent.models import Channel, ConsentRecord, Purpose
from customers.domain.addresses import mask
from customers.models import Contact, ContactPoint, LegalEntity

MAY, MAY_NOT, UNSURE = (
    look(ALLOWED, gettext_lazy("Yes")),
    look(STOPPED, gettext_lazy("No")),
    look(UNCLEAR, gettext_lazy("Cannot be checked now: no")),
)


@dataclass(frozen=True, kw_only=True)
class May:
    """Whether one legal entity may use this address for one purpose now, and why."""

    legal_entity: LegalEntity
    purpose: Purpose
    look: Look
    why: Explanation | None


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One permission that stands, and its address as far as needed to recognise it."""

    record: ConsentRecord
    address: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who holds the address: only what is needed to help them."""

    point: ContactPoint
    contact: Contact
    may: list[May]
    holdings: list[Holding]
    links: list[tuple[ContactPoint, str]]
    call_form: WantedCallForm | None


def entities_at(desk: Desk) -> Any:
    entities = LegalEntity.objects.filter(organisation=desk.organisation).order_by("name", "pk")
    limited = [entity.pk for entity in desk.legal_entities]
    return entities.filter(pk__in=limited) if limited else entities


def person_of(desk: Desk, point: ContactPoint, call_form: WantedCallForm, now: datetime.datetime) -> Person:
    return Person(
        point=point,
        contact=point.contact,
        may=what_we_may(desk, point, now),
        holdings=[
            Holding(record=record, address=mask(value=record.contact_point.value))
            for record in standing_of(desk, point.contact)
            if record.contact_point is not None
        ],
        links=link_addresses(point.contact),
        call_form=call_form if point.kind == ContactPoint.Kind.PHONE else None,
    )


def what_we_may(desk: Desk, point: ContactPoint, now: datetime.datetime) -> list[May]:
    channel = Channel.CALL if point.kind == ContactPoint.Kind.PHONE else Channel.EMAIL
    rows = []
    for entity in entities_at(desk).prefetch_related("purposes"):
        purposes = sorted(entity.purposes.all(), key=lambda purpose: purpose.code)
        rows += [
            may_of(entity, purpose, channel, point, now)
            for purpose in purposes
            if channel in purpose.channels
        ]
    return rows


def may_of(
    entity: LegalEntity, purpose: Purpose, channel: Channel, point: ContactPoint, now: datetime.datetime
) -> May:
    try:
        question = put_question(legal_entity=entity.code, purpose=purpose.code, channel=channel, now=now)
    except UnknownCodeError:
        return May(legal_entity=entity, purpose=purpose, look=UNSURE, why=None)
    answer = ask_one(question=question, asked=Asked(text=point.value, contact_id=point.contact_id))
    allowed = answer.decision.allowed
    why = explain(answer.decision.code, language())
    return May(legal_entity=entity, purpose=purpose, look=MAY if allowed else MAY_NOT, why=why)


def standing_of(desk: Desk, contact: Contact) -> list[ConsentRecord]:
    limited: list[uuid.UUID] = [entity.pk for entity in desk.legal_entities]
    records = ConsentRecord.objects.filter(
        contact=contact, status__in=STANDING, contact_point__isnull=False
    ).select_related("legal_entity", "purpose", "contact_point")
    if limited:
        records = records.filter(legal_entity__in=limited)
    return list(records.order_by("legal_entity__name", "purpose__code", "channel", "pk"))


def link_addresses(contact: Contact) -> list[tuple[ContactPoint, str]]:
    """Addresses on record that a link may go to; one that anybody may have typed opens nothing."""
    points = contact.points.filter(
        kind__in=[ContactPoint.Kind.EMAIL, ContactPoint.Kind.PHONE],
        invalid_at__isnull=True,
        placeholder=False,
        claimed=False,
    )
    return [(point, mask(value=point.value)) for point in points.order_by("created_at", "pk")]
