"""Reading the kept figures: what stands, how it went month by month, and what falls short."""

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from consent.domain.figures.counting import OF_MONTHS
from consent.domain.shortcomings import BY_CODE, SHORTCOMINGS
from consent.domain.shortcomings.counting import Found, count_by_department
from consent.domain.shortcomings.shortcoming import Of, Scope, Shortcoming
from consent.models import Figure
from customers.models import Department

Name = Figure.Name
MONTHS_SHOWN: Final = 12


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One kept figure, with the department that answers for its purpose."""

    legal_entity_id: uuid.UUID | None
    purpose_id: uuid.UUID | None
    department_id: uuid.UUID | None
    name: str
    part: str
    number: int
    counted_at: datetime.datetime


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All kept figures of a scope; `counted_at` is the oldest count among them, None before the first."""

    rows: Sequence[Kept]

    @property
    def counted_at(self) -> datetime.datetime | None:
        return min((row.counted_at for row in self.rows if row.name == Name.COUNTED), default=None)

    def of(self, whose: Of) -> "Figures":
        """Those of the purposes of a department, and of the legal entities that it looks after as a whole."""
        return Figures(
            rows=[row for row in self.rows if row.name == Name.COUNTED or _is_figure_of(row, whose)]
        )

    def moment_of(self, shortcoming: Shortcoming, at: datetime.datetime) -> datetime.datetime:
        """As at which moment a shortcoming was counted; `at` for what is counted on each visit."""
        return (self.counted_at or at) if shortcoming.kept else at

    def totals(self, name: Figure.Name) -> Counter[str]:
        """The numbers of a figure by part."""
        return _sum((row.part, row.number) for row in self.rows if row.name == name)

    def by_purpose(self, name: Figure.Name) -> Mapping[uuid.UUID, Counter[str]]:
        """The numbers of a figure by part, for each purpose."""
        found: dict[uuid.UUID, Counter[str]] = {}
        for row in self.rows:
            if row.name == name and row.purpose_id:
                found.setdefault(row.purpose_id, Counter())[row.part] += row.number
        return found


def read_figures(*, scope: Scope, at: datetime.datetime) -> Figures:
    """Read the kept figures of a scope in one query; of the months only those of the last year."""
    since = months_before(at=at, number=MONTHS_SHOWN)[0]
    rows = scope.narrow(Figure.objects.all(), organisation="organisation", legal_entity="legal_entity")
    rows = rows.filter(~Q(name__in=OF_MONTHS) | Q(part__gte=since)).order_by("pk")
    columns = (
        "legal_entity_id",
        "purpose_id",
        "purpose__department_id",
        "name",
        "part",
        "number",
        "counted_at",
    )
    names = tuple(column.replace("purpose__", "") for column in columns)
    return Figures(rows=[Kept(**dict(zip(names, row, strict=True))) for row in rows.values_list(*columns)])


def months_before(*, at: datetime.datetime, number: int) -> list[str]:
    """The last months up to that of a moment, the oldest first, as 2026-11."""
    last = at.year * 12 + at.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(last - number + 1, last + 1)]


def find_shortcomings(*, figures: Figures, scope: Scope, at: datetime.datetime) -> list[Found]:
    """What falls short, by department: what is kept as it was counted, and the rest as it is now."""
    live = [one for one in SHORTCOMINGS if not one.kept]
    kept = [
        Found(
            shortcoming=BY_CODE[row.part],
            legal_entity_id=row.legal_entity_id,
            part_id=row.department_id,
            number=row.number,
        )
        for row in figures.rows
        if row.name == Name.SHORTCOMING and row.part in BY_CODE
    ]
    return [*kept, *count_by_department(shortcomings=live, scope=scope, at=at)]


def is_of(*, found: Found, whose: Of) -> bool:
    """Say whether a department answers for this: its own, or of a legal entity that it looks after."""
    if found.shortcoming.department:
        return found.part_id == whose.department_id
    return found.legal_entity_id in whose.looked_after


def whose_is(*, department: Department) -> Of:
    """What a department answers for, from its row with its legal entities at hand."""
    entities = tuple(sorted(entity.pk for entity in department.legal_entities.all()))
    return Of(department_id=department.pk, looked_after=entities)


def _is_figure_of(row: Kept, whose: Of) -> bool:
    if row.purpose_id is None:
        return row.legal_entity_id in whose.looked_after
    return row.department_id == whose.department_id


def _sum(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part, number in pairs:
        total[part] += number
    return total
