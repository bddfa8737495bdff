"""Taking up what people did: many rows at once, each kept or refused by itself."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection, transaction

from customers.domain.inserting import insert_rows
from customers.models import LegalEntity
from scoring.domain.people import find_fault, find_people, hold_people
from scoring.domain.profiling import (
    CONSENT,
    LEGITIMATE_INTEREST,
    MEASURING,
    gate_parameters,
    keep_profiled,
    without_scoring,
)
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
    entity = delivery.legal_entity
    people = find_people(rows=told, legal_entity=entity)
    named = {who for who in people.values() if isinstance(who, uuid.UUID)}
    living = hold_people(people=named, legal_entity=entity)
    looked_at = _looked_at(living, delivery)
    kept = []
    for place, one in told.items():
        who = people[place]
        fault = find_fault(who=who, living=living, looked_at=looked_at)
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
    # Said although none is empty: of more than a hundred the database does not see it, and reads everything.
    keyed = BehaviourEvent.objects.exclude(external_id="")
    before = keyed.filter(legal_entity=delivery.legal_entity, sender=delivery.sender, external_id__in=keys)
    known = set(before.values_list("external_id", flat=True))
    new: dict[int, Told] = {}
    for place, one in told.items():
        if one.external_id not in known:
            new[place] = one
            known |= {one.external_id} - {""}
    outcome.known = len(told) - len(new)
    return new


def _looked_at(living: Collection[uuid.UUID], delivery: Delivery) -> set[uuid.UUID]:
    """Whoever may be looked at; what one's own mails and pages tell counts of who permitted just that."""
    entity, now = delivery.legal_entity, delivery.now
    gate = gate_parameters(legal_entity=entity, rests_on=LEGITIMATE_INTEREST, now=now)
    looked_at = keep_profiled(contact_ids=living, gate=without_scoring(gate=gate))
    if delivery.via != BehaviourEvent.Via.PAGE:
        return looked_at
    measuring = gate_parameters(legal_entity=entity, rests_on=CONSENT, purpose=MEASURING, now=now)
    return keep_profiled(contact_ids=looked_at, gate=measuring)


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
