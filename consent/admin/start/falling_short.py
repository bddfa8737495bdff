"""What falls short, as a whole and department by department, each with its list and what to do."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from consent.admin.badge import ENDED, PENDING, STOPPED, Look, look
from consent.domain.figures.reading import Figures, is_of, whose_is
from consent.domain.shortcomings import BY_CODE
from consent.domain.shortcomings.counting import Found
from consent.domain.shortcomings.shortcoming import Of, Shortcoming, Urgency
from customers.models import Department

LOOKS = {
    Urgency.LATE: look(STOPPED, _("Too late")),
    Urgency.NOW: look(PENDING, _("Now")),
    Urgency.AHEAD: look(ENDED, _("Ahead")),
}


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One way of falling short: how many, the list of them, and how soon something must be done."""

    shortcoming: Shortcoming
    number: int
    url: str

    @property
    def look(self) -> Look:
        return LOOKS[self.shortcoming.urgency]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What falls short for one department; without a department it is what nobody answers for."""

    department: Department | None
    lacks: list[Lack]


def lacks_of(
    *, found: Iterable[Found], figures: Figures, at: datetime.datetime, of: Of | None = None
) -> list[Lack]:
    """Add up what was found, the most urgent and then the most numerous first."""
    counted: Counter[str] = Counter()
    for one in found:
        counted[one.shortcoming.code] += one.number
    lacks = [_lack(BY_CODE[code], number, figures, at, of) for code, number in counted.items() if number]
    return sorted(lacks, key=lambda one: (-one.shortcoming.urgency, -one.number, one.shortcoming.code))


def parts_of(
    *,
    found: Sequence[Found],
    figures: Figures,
    departments: Iterable[Department],
    at: datetime.datetime,
) -> list[Part]:
    """Split what was found by department; last comes what belongs to a purpose or place of nobody."""
    parts = []
    for department in departments:
        whose = whose_is(department=department)
        own = [one for one in found if is_of(found=one, whose=whose)]
        parts.append(Part(department=department, lacks=lacks_of(found=own, figures=figures, at=at, of=whose)))
    nobodys = [one for one in found if one.shortcoming.department and one.part_id is None]
    parts.append(Part(department=None, lacks=lacks_of(found=nobodys, figures=figures, at=at, of=Of())))
    return [part for part in parts if part.department or part.lacks]


def _lack(
    shortcoming: Shortcoming, number: int, figures: Figures, at: datetime.datetime, of: Of | None
) -> Lack:
    counted_at = figures.moment_of(shortcoming, at)
    return Lack(shortcoming=shortcoming, number=number, url=shortcoming.page(at=counted_at, of=of))
