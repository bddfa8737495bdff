"""What stands on the page of a contact: permissions now, what stops contact, and all that happened."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Prefetch
from django.utils.translation import get_language
from django_stubs_ext import StrPromise

from consent.admin.badge import ALLOWED, ENDED, OF_SEAL, UNCLEAR, Look, look, status_look
from consent.admin.permission import deciding_event
from consent.domain.contact_answers import Spot
from consent.domain.engine import telling
from consent.domain.engine.answering import Answer
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations import consents
from consent.domain.seal.states import states_of
from consent.domain.suppressions import find_suppressions
from consent.models import (
    Act,
    Channel,
    ConsentEvent,
    ConsentRecord,
    Notification,
    Objection,
    OutboxMessage,
    Purpose,
    Restriction,
    Status,
    Suppression,
)
from customers.admin.scope import narrow
from customers.domain.addresses import Address
from customers.domain.countries import name_country
from customers.models import Contact, ContactPoint, CustomerRelation, LegalEntity, StaffMember

EVENTS_A_PAGE = 50
MESSAGES_SHOWN = 20
ENDED_BY = frozenset({Code.D_EXPIRED, Code.D_USED_UP, Code.D_FIRST_CONTACT_TERM})


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One permission as it stands now."""

    record: ConsentRecord
    look: Look
    since: datetime.datetime | None
    event_id: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One legal entity and purpose; a cell for each channel, with what stands on each address."""

    legal_entity: LegalEntity
    purpose: Purpose
    cells: list[tuple[str, list[Permission]]]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The permissions of a contact, by legal entity, purpose and channel."""

    channels: list[str | StrPromise]
    rows: list[Row]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the engine answers about each permission, and the refusals found beside the records."""

    answers: dict[tuple[object, ...], Answer]
    refusals: dict[tuple[object, ...], uuid.UUID]


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One event, the member of staff who recorded it, and whether it is sealed."""

    event: ConsentEvent
    staff: str
    seal: Look


@dataclass(frozen=True, kw_only=True)
class Stops:
    """Everything that stands in the way of contact, whatever was permitted."""

    objections: list[Objection]
    restriction: Restriction | None
    suppressed: list[tuple[str, Suppression]]


@dataclass(frozen=True, kw_only=True)
class Story:
    """One contact, as one member of staff may see it."""

    contact: Contact
    points: list[ContactPoint]
    matrix: Matrix
    relations: list[CustomerRelation]
    stops: Stops
    timeline: list[TimelineEntry]
    page: Page[ConsentEvent]
    messages: list[OutboxMessage]
    told: list[Notification]

    @property
    def country(self) -> str:
        return name_country(code=self.contact.country)


def story_of(
    *, contact: Contact, staff: StaffMember, answers: Mapping[Spot, list[Answer]], page: str
) -> Story:
    points = list(contact.points.select_related("verified_by").order_by("created_at", "pk"))
    events = Paginator(_events(contact, staff), EVENTS_A_PAGE).get_page(page)
    return Story(
        contact=contact,
        points=points,
        matrix=_matrix(contact, staff, answers),
        relations=_relations(contact, staff),
        stops=_stops(contact, staff, points),
        timeline=_timeline(events),
        page=events,
        messages=_messages(contact, staff),
        told=_told(contact, staff),
    )


def records_of(*, contact: Contact, staff: StaffMember) -> models.QuerySet[ConsentRecord]:
    rows = ConsentRecord.objects.filter(contact=contact)
    related = rows.select_related("legal_entity", "purpose", "contact_point")
    return narrow(related, staff=staff, legal_entity="legal_entity").order_by("channel", "pk")


def entities_of(*, contact: Contact, staff: StaffMember) -> models.QuerySet[LegalEntity]:
    entities = LegalEntity.objects.filter(organisation=contact.organisation_id)
    return narrow(entities, staff=staff, legal_entity="pk").order_by("name", "pk")


def _matrix(contact: Contact, staff: StaffMember, answers: Mapping[Spot, list[Answer]]) -> Matrix:
    records: dict[tuple[uuid.UUID, uuid.UUID], list[ConsentRecord]] = defaultdict(list)
    for record in records_of(contact=contact, staff=staff):
        records[record.legal_entity_id, record.purpose_id].append(record)
    purposes = Prefetch("purposes", Purpose.objects.order_by("code", "pk"))
    pairs = {
        (entity.pk, purpose.pk): (entity, purpose)
        for entity in entities_of(contact=contact, staff=staff).prefetch_related(purposes)
        for purpose in entity.purposes.all()
    }
    for key, of_pair in records.items():
        pairs.setdefault(key, (of_pair[0].legal_entity, of_pair[0].purpose))
    channels = _channels([purpose for _entity, purpose in pairs.values()], records)
    seen = Seen(answers=_by_permission(answers), refusals=_refusals(contact))
    rows = [_row(*pairs[key], records.get(key, []), channels, seen) for key in pairs]
    return Matrix(channels=[Channel(channel).label for channel in channels], rows=rows)


def _channels(purposes: Sequence[Purpose], records: dict[Any, list[ConsentRecord]]) -> list[str]:
    used = {channel for purpose in purposes for channel in purpose.channels}
    used |= {record.channel for rows in records.values() for record in rows}
    return [channel for channel in Channel.values if channel in used]


def _row(
    entity: LegalEntity,
    purpose: Purpose,
    records: list[ConsentRecord],
    channels: list[str],
    seen: Seen,
) -> Row:
    cells = [
        (
            str(Channel(channel).label),
            [_permission(record, seen) for record in records if record.channel == channel],
        )
        for channel in channels
    ]
    return Row(legal_entity=entity, purpose=purpose, cells=cells)


def _refusals(contact: Contact) -> dict[tuple[object, ...], uuid.UUID]:
    """The last refusal of each permission."""
    events = ConsentEvent.objects.filter(
        organisation=contact.organisation_id, subject_id=contact.pk, act=Act.REFUSED
    ).order_by("occurred_at", "recorded_at", "sequence")
    return {_permission_key(event): event.pk for event in events}


def _by_permission(answers: Mapping[Spot, list[Answer]]) -> dict[tuple[object, ...], Answer]:
    """Each answer by the permission it is about; one for processing hangs on no address."""
    return {
        (
            spot.legal_entity.pk,
            spot.purpose.pk,
            spot.channel.value,
            answer.contact_point_id if spot.channel.point_kind else None,
        ): answer
        for spot, of_spot in answers.items()
        for answer in of_spot
    }


def _permission_key(row: ConsentEvent | ConsentRecord) -> tuple[object, ...]:
    return row.legal_entity_id, row.purpose_id, row.channel, row.contact_point_id


def _permission(record: ConsentRecord, seen: Seen) -> Permission:
    refused = record.status == Status.REFUSED
    return Permission(
        record=record,
        look=_state_now(record, seen.answers.get(_permission_key(record))),
        since=record.last_act_at,
        event_id=seen.refusals.get(_permission_key(record)) if refused else deciding_event(record),
    )


def _state_now(record: ConsentRecord, answer: Answer | None) -> Look:
    """A permission that by the rules does not count now, or of which nothing is answered, looks not valid."""
    state = status_look(record.status)
    if state.colour != ALLOWED:
        return state
    if answer is None:
        return look(UNCLEAR, state.word)
    failing = next((code for code in answer.decision.reasons if code in consents.TEXTS), None)
    if failing is None:
        return state
    label = telling.tell(code=failing, language=get_language() or "").label
    return look(ENDED if failing in ENDED_BY else UNCLEAR, label)


def _relations(contact: Contact, staff: StaffMember) -> list[CustomerRelation]:
    rows = CustomerRelation.objects.filter(contact=contact).select_related("legal_entity", "product_group")
    return list(narrow(rows, staff=staff, legal_entity="legal_entity").order_by("-last_agreement_at", "-pk"))


def _stops(contact: Contact, staff: StaffMember, points: list[ContactPoint]) -> Stops:
    objections = Objection.objects.filter(contact=contact, standing=True)
    shown = narrow(
        objections.select_related("legal_entity", "purpose"), staff=staff, legal_entity="legal_entity"
    )
    addresses = [Address(kind=point.kind, value=point.value, raw_input="") for point in points]
    blocks = find_suppressions(organisation=contact.organisation, addresses=addresses) if addresses else {}
    return Stops(
        objections=list(shown.order_by("-objected_at", "-pk")),
        restriction=Restriction.objects.filter(contact=contact, lifted_at__isnull=True).first(),
        suppressed=[(value, row) for value, rows in blocks.items() for row in rows],
    )


def _events(contact: Contact, staff: StaffMember) -> models.QuerySet[ConsentEvent]:
    rows = ConsentEvent.objects.filter(organisation=contact.organisation_id, subject_id=contact.pk)
    related = rows.select_related("legal_entity", "purpose")
    return narrow(related, staff=staff, legal_entity="legal_entity").order_by(
        "-occurred_at", "-recorded_at", "-sequence", "-pk"
    )


def _timeline(page: Page[ConsentEvent]) -> list[TimelineEntry]:
    events = list(page.object_list)
    members = {event.staff_id for event in events if event.staff_id}
    names = {member.pk: str(member) for member in StaffMember.objects.filter(pk__in=members)}
    sealed = states_of(events=events)
    return [
        TimelineEntry(
            event=event,
            staff=names.get(event.staff_id, "") if event.staff_id else "",
            seal=OF_SEAL[sealed[event.pk]],
        )
        for event in events
    ]


def _messages(contact: Contact, staff: StaffMember) -> list[OutboxMessage]:
    rows = OutboxMessage.objects.filter(contact=contact).select_related("legal_entity", "contact_point")
    shown = narrow(rows, staff=staff, legal_entity="legal_entity")
    return list(shown.order_by("-created_at", "-pk")[:MESSAGES_SHOWN])


def _told(contact: Contact, staff: StaffMember) -> list[Notification]:
    rows = Notification.objects.filter(contact_id=contact.pk).select_related("endpoint__processor")
    shown = narrow(rows, staff=staff, legal_entity="legal_entity")
    return list(shown.order_by("-created_at", "-pk")[:MESSAGES_SHOWN])
