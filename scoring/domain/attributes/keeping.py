"""Taking up what people are: many rows at once, each kept or refused by itself; a new value replaces one."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from consent.models import Processor
from customers.domain.inserting import insert_rows
from customers.models import LegalEntity
from scoring.domain.attributes.reading import Known, read_known
from scoring.domain.behaviour import Outcome
from scoring.domain.people import find_fault, find_people, hold_people
from scoring.domain.profiling import LEGITIMATE_INTEREST, gate_parameters, keep_profiled
from scoring.domain.told import Fault, FaultyRowError
from scoring.models import AttributeName, ContactAttribute

Origin = ContactAttribute.Origin
Held = dict[tuple[uuid.UUID, str], ContactAttribute]
BOUGHT_FROM_NOBODY: Final = _(
    "Bought data needs from whom it was bought, the party it came from in the register, and the day on which "
    "the people were told (art. 14 GDPR)."
)
NOT_BOUGHT: Final = _("Only bought data has a seller, a party it came from and a day of telling.")
TOLD_LATER: Final = _("The people have to be told before it is used: that day lies in the future.")


class SupplyRefusedError(ValueError):
    """Whence the data comes is not said as the law asks; the sentence says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Supply:
    """Whose people they are, whence the data comes, since when it is known, and when it came in."""

    legal_entity: LegalEntity
    origin: ContactAttribute.Origin
    since: datetime.datetime
    now: datetime.datetime
    seller: str = ""
    processor: Processor | None = None
    told_at: datetime.datetime | None = None


def check_supply(*, supply: Supply) -> None:
    """Refuse bought data without its seller, the party it came from and the day of telling; art. 14(3) GDPR.

    Raises SupplyRefusedError.
    """
    said = (bool(supply.seller), supply.processor is not None, supply.told_at is not None)
    if supply.origin == Origin.BOUGHT and not all(said):
        raise SupplyRefusedError(str(BOUGHT_FROM_NOBODY))
    if supply.origin != Origin.BOUGHT and any(said):
        raise SupplyRefusedError(str(NOT_BOUGHT))
    if supply.told_at is not None and supply.told_at > supply.now:
        raise SupplyRefusedError(str(TOLD_LATER))


def find_kinds(*, legal_entity: LegalEntity) -> dict[str, str]:
    """Say which attributes a legal entity keeps, each with what it holds."""
    return dict(AttributeName.objects.filter(legal_entity=legal_entity).values_list("name", "kind"))


@transaction.atomic
def keep_attributes(*, rows: Sequence[object], supply: Supply) -> Outcome:
    """Keep what people are, row by row: one that cannot be kept is named with its fault, the others stay.

    The same again changes nothing; another value replaces the one before, which stays as what was known then.
    Nothing is kept of who was erased, objected to profiling, withdrew or is restricted, nor of an employee.
    Raises SupplyRefusedError.
    """
    check_supply(supply=supply)
    outcome, entity = Outcome(), supply.legal_entity
    known = _read(rows, supply, outcome)
    people = find_people(rows=known, legal_entity=entity)
    named = {who for who in people.values() if isinstance(who, uuid.UUID)}
    living = hold_people(people=named, legal_entity=entity)
    gate = gate_parameters(legal_entity=entity, rests_on=LEGITIMATE_INTEREST, now=supply.now)
    looked_at = keep_profiled(contact_ids=living, gate=gate)
    held = _held(looked_at, entity)
    before, new = set(held.values()), list[ContactAttribute]()
    for place, one in known.items():
        who = people[place]
        fault = find_fault(who=who, living=living, looked_at=looked_at)
        if isinstance(who, uuid.UUID) and fault is None:
            fault = _take(who, one, supply, held, new, outcome)
        if fault is not None:
            outcome.faults[place] = fault
    _write(before, new)
    outcome.faults = dict(sorted(outcome.faults.items()))
    return outcome


def _read(rows: Sequence[object], supply: Supply, outcome: Outcome) -> dict[int, Known]:
    kinds, known = find_kinds(legal_entity=supply.legal_entity), {}
    zone = supply.legal_entity.time_zone
    for place, row in enumerate(rows):
        try:
            known[place] = read_known(row=row, kinds=kinds, zone=zone, since=supply.since, now=supply.now)
        except FaultyRowError as error:
            outcome.faults[place] = error.fault
    return known


def _held(people: set[uuid.UUID], entity: LegalEntity) -> Held:
    """What is known of them now; of one legal entity one at a time looks and writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"attributes|{entity.pk}"])
    rows = ContactAttribute.objects.filter(contact__in=people, legal_entity=entity, replaced_at__isnull=True)
    return {(row.contact_id, row.name): row for row in rows}


def _take(
    who: uuid.UUID,
    one: Known,
    supply: Supply,
    held: Held,
    new: list[ContactAttribute],
    outcome: Outcome,
) -> Fault | None:
    changed = {
        name: value for name, value in one.values.items() if not _is_same(held, (who, name), value.text)
    }
    if not changed:
        outcome.known += 1
        return None
    olds = [old for name in changed if (old := held.get((who, name)))]
    if any(old.acquired_at >= one.since for old in olds):
        return Fault.NEWER_KNOWN
    for old in olds:
        old.replaced_at = one.since
    for name, value in changed.items():
        held[who, name] = _row(who, name, value.text, one, supply)
        held[who, name].number = value.number
        new.append(held[who, name])
    outcome.kept += 1
    return None


def _is_same(
    held: Mapping[tuple[uuid.UUID, str], ContactAttribute], key: tuple[uuid.UUID, str], text: str
) -> bool:
    return key in held and held[key].value == text


def _row(who: uuid.UUID, name: str, text: str, one: Known, supply: Supply) -> ContactAttribute:
    return ContactAttribute(
        organisation_id=supply.legal_entity.organisation_id,
        legal_entity=supply.legal_entity,
        contact_id=who,
        name=name,
        value=text,
        origin=supply.origin,
        acquired_at=one.since,
        recorded_at=supply.now,
        seller=supply.seller,
        processor=supply.processor,
        told_at=supply.told_at,
    )


def _write(before: set[ContactAttribute], new: list[ContactAttribute]) -> None:
    """What is replaced makes room first: of each thing one value holds now."""
    replaced = [row for row in before if row.replaced_at is not None]
    ContactAttribute.objects.bulk_update(replaced, ["replaced_at"])
    insert_rows(rows=new)
