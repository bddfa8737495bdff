"""What a department reads each month: how it stands, what falls short, and one subject to discuss."""

import datetime
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, override

from consent.domain.digest.subjects import (
    LAW_AHEAD,
    MORE_STOP,
    Candidate,
    Subject,
    candidate_of,
    choose_subject,
)
from consent.domain.figures.reading import Figures, find_shortcomings, is_of, read_figures, whose_is
from consent.domain.law_ahead import Cost, find_costs
from consent.domain.shortcomings import BY_CODE
from consent.domain.shortcomings.permissions import GIVEN
from consent.domain.shortcomings.shortcoming import Of, Scope, Urgency
from consent.models import Figure
from customers.models import Department

Name = Figure.Name


@dataclass(frozen=True, kw_only=True)
class Month:
    """One calendar month; `first` is its first day."""

    first: datetime.date

    @property
    def part(self) -> str:
        """As the figures name it."""
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> "Month":
        return Month(first=(self.first - datetime.timedelta(days=1)).replace(day=1))

    @property
    def turn(self) -> int:
        return self.first.year * 12 + self.first.month


@dataclass(frozen=True, kw_only=True)
class Written:
    """One digest in the language of its department: what the mail says, and what it brings up."""

    content: dict[str, object]
    subject: Subject


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Everything a digest is made of."""

    whose: Of
    month: Month
    figures: Figures
    shortcomings: Sequence[tuple[str, int]]
    costs: Sequence[Cost]
    at: datetime.datetime

    def number(self, name: Figure.Name, month: Month) -> int:
        return self.figures.totals(name)[month.part]


def month_before(*, at: datetime.datetime) -> Month:
    """The last whole month before a moment, in the moment's own zone."""
    return Month(first=at.date().replace(day=1)).before


def write_digest(*, department: Department, month: Month, last: str, at: datetime.datetime) -> Written:
    """Write the digest of a department about a month; `last` is the subject of the month before."""
    standing = _look(department, month, at)
    subject = choose_subject(candidates=_candidates(standing), last=last, turn=month.turn)
    with override(department.language):
        return Written(content=_content(department, standing, subject), subject=subject)


def _look(department: Department, month: Month, at: datetime.datetime) -> Standing:
    scope, whose = Scope(organisation_id=department.organisation_id), whose_is(department=department)
    figures = read_figures(scope=scope, at=at)
    counted: Counter[str] = Counter()
    for found in find_shortcomings(figures=figures, scope=scope, at=at):
        if is_of(found=found, whose=whose):
            counted[found.shortcoming.code] += found.number
    costs = [cost for cost in find_costs(scope=scope, at=at) if cost.lost and _is_own(cost, department.pk)]
    urgent_first = sorted(counted.items(), key=lambda pair: (-BY_CODE[pair[0]].urgency, -pair[1], pair[0]))
    return Standing(
        whose=whose,
        month=month,
        figures=figures.of(whose),
        shortcomings=urgent_first,
        costs=costs,
        at=at,
    )


def _is_own(cost: Cost, department_id: uuid.UUID) -> bool:
    return cost.purpose.department_id == department_id


def _candidates(standing: Standing) -> list[Candidate]:
    found = [candidate_of(shortcoming=BY_CODE[code], number=number) for code, number in standing.shortcomings]
    lost = sum(cost.lost or 0 for cost in standing.costs)
    if lost:
        found.append(Candidate(subject=LAW_AHEAD, urgency=Urgency.NOW, number=lost))
    stopped = _stopped(standing)
    if stopped > standing.number(Name.GIVEN, standing.month):
        found.append(Candidate(subject=MORE_STOP, urgency=Urgency.NOW, number=stopped))
    return found


def _stopped(standing: Standing) -> int:
    return sum(standing.number(name, standing.month) for name in (Name.WITHDRAWN, Name.OBJECTED))


def _content(department: Department, standing: Standing, subject: Subject) -> dict[str, object]:
    month = date_format(standing.month.first, "F Y")
    return {
        "subject": gettext("Privacy in %(month)s: %(department)s")
        % {"month": month, "department": department.name},
        "month": month,
        "month_before": date_format(standing.month.before.first, "F Y"),
        "figures": _months(standing),
        "now": _now(standing),
        "lines": [_line(code, number, standing) for code, number in standing.shortcomings],
        "changes": [_change(cost) for cost in standing.costs],
        "discuss": {
            "title": str(subject.title),
            "text": str(subject.text),
            "article": str(subject.article),
        },
        "page": "/admin/",
    }


def _months(standing: Standing) -> list[tuple[str, str, str]]:
    names = (
        (Name.GIVEN, gettext("Permissions given")),
        (Name.WITHDRAWN, gettext("Permissions withdrawn")),
        (Name.OBJECTED, gettext("Objections")),
    )
    return [
        (
            label,
            _written(standing.number(name, standing.month)),
            _written(standing.number(name, standing.month.before)),
        )
        for name, label in names
    ]


def _now(standing: Standing) -> list[tuple[str, str]]:
    status, evidence = standing.figures.totals(Name.STATUS), standing.figures.totals(Name.EVIDENCE)
    return [
        (gettext("Permissions that stand"), _written(sum(status[given] for given in GIVEN))),
        (gettext("Of these with complete evidence"), _written(evidence["complete"])),
    ]


def _line(code: str, number: int, standing: Standing) -> dict[str, str]:
    shortcoming = BY_CODE[code]
    return {
        "number": _written(number),
        "title": str(shortcoming.title),
        "act": str(shortcoming.act),
        "article": str(shortcoming.article),
        "path": shortcoming.page(at=standing.figures.moment_of(shortcoming, standing.at), of=standing.whose),
    }


def _change(cost: Cost) -> str:
    said = {
        "day": date_format(cost.pack.starts_at, "j F Y"),
        "number": _written(cost.lost or 0),
        "purpose": ", ".join(str(part) for part in (cost.purpose, cost.product_group) if part),
        "entity": cost.legal_entity.name,
    }
    return gettext("From %(day)s: %(number)s people fewer for “%(purpose)s” of %(entity)s.") % said


def _written(number: int) -> str:
    return number_format(number, force_grouping=True)
