"""Counting what the start page shows, so that no visit counts people.

What stands now is counted anew, organisation by organisation, every hour. What happened in a month follows
the sealed ledger: each leaf is counted once, so that the years behind are never read again.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Count

from consent.domain.seal.proofs import sealed_size
from consent.domain.shortcomings import SHORTCOMINGS
from consent.domain.shortcomings.counting import count_by_purpose
from consent.domain.shortcomings.permissions import GIVEN
from consent.domain.shortcomings.shortcoming import Scope
from consent.models import GRANTS, Act, ConsentRecord, Figure, FigureMark
from customers.models import CustomerRelation, Organisation

Name = Figure.Name
COUNT_MONTHS: Final = Path(__file__).with_name("sql").joinpath("count_months.sql").read_text()
LEAVES_AT_ONCE: Final = 50_000
EVERY: Final = datetime.timedelta(hours=1)
CONSENT: Final = "CONSENT"
OF_ACT: Final[Mapping[str, str]] = {
    **{act.value: Name.GIVEN.value for act in GRANTS},
    Act.WITHDRAWN.value: Name.WITHDRAWN.value,
    Act.OBJECTED.value: Name.OBJECTED.value,
}
OF_MONTHS: Final = (Name.GIVEN, Name.WITHDRAWN, Name.OBJECTED)


class Key(NamedTuple):
    """What one figure is about."""

    legal_entity_id: Any
    purpose_id: Any
    name: str
    part: str = ""


def count_figures(
    *, now: datetime.datetime, zone: str, leaves_at_once: int = LEAVES_AT_ONCE
) -> Iterator[int]:
    """Count the months on, then every organisation whose figures are an hour old; yields after each part.

    Stopping between two parts loses nothing. Months are those of `zone`.
    """
    counted = leaves_at_once
    while counted >= leaves_at_once:
        counted = count_months(now=now, zone=zone, leaves_at_once=leaves_at_once)
        yield counted
    for organisation in _due(now):
        yield count_organisation(organisation=organisation, now=now)


@transaction.atomic
def count_months(*, now: datetime.datetime, zone: str, leaves_at_once: int = LEAVES_AT_ONCE) -> int:
    """Add the next sealed events to their months; returns how many leaves were read."""
    FigureMark.objects.get_or_create(pk=FigureMark.ONLY)
    mark = FigureMark.objects.select_for_update().get(pk=FigureMark.ONLY)
    until = min(sealed_size(), mark.leaves + leaves_at_once)
    about: dict[str, Any] = {
        "zone": zone,
        "now": now,
        "acts": list(OF_ACT),
        "names": list(OF_ACT.values()),
        "counted": mark.leaves,
        "until": until,
    }
    if until > mark.leaves:
        with connection.cursor() as cursor:
            cursor.execute(COUNT_MONTHS, about)
    read, mark.leaves = until - mark.leaves, until
    mark.save(update_fields=["leaves"])
    return read


@transaction.atomic
def count_organisation(*, organisation: Organisation, now: datetime.datetime) -> int:
    """Count anew what stands now in an organisation; returns how many permissions it holds."""
    # One at a time: two that count at once would write every figure twice.
    held = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    figures = (
        Counter(_of_permissions(held)) + Counter(_of_relations(held)) + Counter(_of_shortcomings(held, now))
    )
    total = sum(number for key, number in figures.items() if key.name == Name.STATUS)
    Figure.objects.filter(organisation=held).exclude(name__in=OF_MONTHS).delete()
    rows = [_figure(held, key, number, now) for key, number in figures.items()]
    Figure.objects.bulk_create([*rows, _figure(held, Key(None, None, Name.COUNTED), total, now)])
    return total


def _due(now: datetime.datetime) -> list[Organisation]:
    fresh = Figure.objects.filter(name=Name.COUNTED, counted_at__gt=now - EVERY)
    return list(Organisation.objects.exclude(pk__in=fresh.values("organisation")).order_by("code", "pk"))


def _of_permissions(organisation: Organisation) -> Counter[Key]:
    """All in one reading of the table: statuses, completeness, grades, and consent as a ground."""
    records = ConsentRecord.objects.filter(organisation=organisation).order_by()
    by = ("legal_entity_id", "purpose_id", "status", "complete", "grade")
    counted: Counter[Key] = Counter()
    for entity, purpose, status, complete, grade, number in records.values_list(*by).annotate(Count("pk")):
        counted[Key(entity, purpose, Name.STATUS, status)] += number
        if status in GIVEN:
            counted[Key(entity, purpose, Name.EVIDENCE, "complete" if complete else "incomplete")] += number
            counted[Key(entity, purpose, Name.GRADE, grade)] += number
            counted[Key(entity, purpose, Name.GROUND, CONSENT)] += number
    return counted


def _of_relations(organisation: Organisation) -> Counter[Key]:
    standing = CustomerRelation.objects.filter(organisation=organisation, ended_at__isnull=True).order_by()
    kinds = standing.values_list("legal_entity_id", "kind").annotate(Count("pk"))
    return Counter({Key(entity, None, Name.GROUND, kind): number for entity, kind, number in kinds})


def _of_shortcomings(organisation: Organisation, now: datetime.datetime) -> Counter[Key]:
    kept = [one for one in SHORTCOMINGS if one.kept]
    found = count_by_purpose(shortcomings=kept, scope=Scope(organisation_id=organisation.pk), at=now)
    return Counter(
        {
            Key(one.legal_entity_id, one.part_id, Name.SHORTCOMING, one.shortcoming.code): one.number
            for one in found
        }
    )


def _figure(organisation: Organisation, key: Key, number: int, now: datetime.datetime) -> Figure:
    return Figure(organisation=organisation, number=number, counted_at=now, **key._asdict())
