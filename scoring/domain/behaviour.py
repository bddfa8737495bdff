"""Taking up what people did: many rows at once, each kept or refused by itself."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection, transaction

from customers.domain.addresses import AddressNotUsableError, read_address
from customers.domain.inserting import insert_rows
from customers.models import Contact, ContactPoint, LegalEntity
from scoring.domain.profiling import LEGITIMATE_INTEREST, gate_parameters, keep_profiled
from scoring.domain.told import Fault, FaultyRowError, Told, read_told
from scoring.models import BehaviourEvent

AT_ONCE: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Whose people did it, who tells of it by which way, and when it came in."""

    legal_entity: LegalEntity
    sender: str
    via: BehaviourEvent.Via
    now: datetime.datetime


@dataclass(kw_only=True)
class Outcome:
    """How many rows were kept, how many were known already, and the place and fault of each that was not."""

    kept: int = 0
    known: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)


@transaction.atomic
def keep_behaviour(*, rows: Sequence[object], delivery: Delivery) -> Outcome:
    """Keep what people did, row by row: one that cannot be kept is named with its fault, the others stay.

    Nothing is kept of who was erased, objected to profiling, withdrew or is restricted. What a sender told
    under the same key before counts once. The statements are as many however many rows.
    """
    outcome = Outcome()
    told = _read(rows, delivery, outcome)
    told = _unknown_yet(told, delivery, outcome)
    people = _people(told, delivery)
    living = _hold({who for who in people.values() if isinstance(who, uuid.UUID)}, delivery)
    gate = gate_parameters(legal_entity=delivery.legal_entity, rests_on=LEGITIMATE_INTEREST, now=delivery.now)
    looked_at = keep_profiled(contact_ids=living, gate=gate)
    kept = []
    for place, one in told.items():
        who = people[place]
        fault = _fault(who, living, looked_at)
        if isinstance(who, Fault) or fault is not None:
            outcome.faults[place] = fault or Fault.UNKNOWN_PERSON
        else:
            kept.append(_event(one, who, delivery))
    insert_rows(rows=kept)
    outcome.kept = len(kept)
    outcome.faults = dict(sorted(outcome.faults.items()))
    return outcome


def _read(rows: Sequence[object], delivery: Delivery, outcome: Outcome) -> dict[int, Told]:
    told = {}
    for place, row in enumerate(rows):
        try:
            told[place] = read_told(row=row, zone=delivery.legal_entity.time_zone, now=delivery.now)
        except FaultyRowError as error:
            outcome.faults[place] = error.fault
    return told


def _unknown_yet(told: dict[int, Told], delivery: Delivery, outcome: Outcome) -> dict[int, Told]:
    """Leave out what this sender told before, or twice at once; of those one at a time looks and writes."""
    keys = {one.external_id for one in told.values()} - {""}
    if not keys:
        return told
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"behaviour|{delivery.legal_entity.pk}|{delivery.sender}"],
        )
    before = BehaviourEvent.objects.filter(
        legal_entity=delivery.legal_entity, sender=delivery.sender, external_id__in=keys
    )
    known = set(before.values_list("external_id", flat=True))
    new: dict[int, Told] = {}
    for place, one in told.items():
        if one.external_id not in known:
            new[place] = one
            known |= {one.external_id} - {""}
    outcome.known = len(told) - len(new)
    return new


def _people(told: Mapping[int, Told], delivery: Delivery) -> dict[int, uuid.UUID | Fault]:
    """Whom each row is about; nobody who only typed an address beside one that somebody else may have."""
    values = {place: _value(one, delivery) for place, one in told.items() if one.contact_id is None}
    points = ContactPoint.objects.filter(
        organisation=delivery.legal_entity.organisation_id, value__in={*values.values()}, claimed=False
    ).exclude(invalid_reason=ContactPoint.Invalidity.WRONG_NUMBER)
    holders: dict[str, set[uuid.UUID]] = {}
    for value, contact_id in points.values_list("value", "contact_id") if values else ():
        holders.setdefault(value, set()).add(contact_id)
    return {
        place: one.contact_id or _only(holders.get(values.get(place, ""), set()))
        for place, one in told.items()
    }


def _only(holders: set[uuid.UUID]) -> uuid.UUID | Fault:
    if len(holders) > 1:
        return Fault.SEVERAL_PEOPLE
    return next(iter(holders), Fault.UNKNOWN_PERSON)


def _value(told: Told, delivery: Delivery) -> str:
    try:
        return read_address(text=told.address, country=delivery.legal_entity.country).value
    except AddressNotUsableError:
        return ""


def _hold(people: Collection[uuid.UUID], delivery: Delivery) -> set[uuid.UUID]:
    """Nobody objects, or is erased, between the gate and the row: their acts wait, or came first."""
    own = Contact.objects.filter(
        pk__in=people, organisation=delivery.legal_entity.organisation_id
    ).select_for_update(no_key=True)
    found = own.order_by("pk").values_list("pk", "erased_at") if people else ()
    return {pk for pk, erased_at in found if erased_at is None}


def _fault(
    who: uuid.UUID | Fault, living: Collection[uuid.UUID], looked_at: Collection[uuid.UUID]
) -> Fault | None:
    if isinstance(who, Fault):
        return who
    if who not in living:
        return Fault.UNKNOWN_PERSON
    return None if who in looked_at else Fault.NOT_LOOKED_AT


def _event(told: Told, contact_id: uuid.UUID, delivery: Delivery) -> BehaviourEvent:
    return BehaviourEvent(
        organisation_id=delivery.legal_entity.organisation_id,
        legal_entity=delivery.legal_entity,
        contact_id=contact_id,
        kind=told.kind,
        subject=told.subject,
        source=told.source,
        value=told.value,
        occurred_at=told.occurred_at,
        recorded_at=delivery.now,
        sender=delivery.sender,
        external_id=told.external_id,
        via=delivery.via,
    )
