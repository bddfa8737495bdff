"""The tables of the start page: every number with the list behind it, beside its chart."""

import datetime
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin.badge import ALLOWED, OF_STATUS, PENDING, STOPPED, UNCLEAR
from consent.admin.bars import Bar, bars_of
from consent.domain.figures.counting import CONSENT, OF_ACT
from consent.domain.figures.reading import MONTHS_SHOWN, Figures, months_before
from consent.domain.shortcomings.permissions import GIVEN
from consent.domain.shortcomings.shortcoming import Of
from consent.models import Figure, Grade, Purpose, Status
from customers.models import RelationKind

Name = Figure.Name
COMPLETE: Final = {"complete": _("Complete"), "incomplete": _("Incomplete: authorises nothing")}
UNGRADED: Final = ""
SERIES: Final = (
    (Name.GIVEN, _("Given"), ALLOWED),
    (Name.WITHDRAWN, _("Withdrawn"), STOPPED),
    (Name.OBJECTED, _("Objected"), UNCLEAR),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One number of a table: its words, and the list of what it counts."""

    label: str | StrPromise
    number: int
    url: str
    colour: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """One question, its numbers, and their chart."""

    key: str
    title: StrPromise
    column: StrPromise
    lines: list[Line]

    @property
    def total(self) -> int:
        return sum(line.number for line in self.lines)

    @property
    def bars(self) -> list[Bar]:
        return bars_of([(line.label, line.number, line.colour) for line in self.lines])


@dataclass(frozen=True, kw_only=True)
class MonthLine:
    """One month: the number of each series with its list, and its bar in percent of the largest."""

    first: datetime.date
    cells: list[tuple[int, str]]
    bars: list[tuple[str, int, str]]


@dataclass(frozen=True, kw_only=True)
class PurposeLine:
    """One purpose: how many permissions are asked, stand, were withdrawn, and lack evidence."""

    purpose: Purpose
    cells: list[tuple[int, str]]


def tables_of(*, figures: Figures, of: Of | None) -> list[Table]:
    """The tables of what stands now; an empty one says so on the page."""
    return [_statuses(figures, of), _evidence(figures, of), _grades(figures, of), _grounds(figures, of)]


def months_of(*, figures: Figures, at: datetime.datetime, of: Of | None) -> list[MonthLine]:
    """The last twelve months, the newest first."""
    totals = [(name, figures.totals(name), colour) for name, _label, colour in SERIES]
    months = months_before(at=at, number=MONTHS_SHOWN)[::-1]
    most = max((counts[month] for _name, counts, _colour in totals for month in months), default=0) or 1
    return [_month(month, totals, most, of) for month in months]


def acts_of(name: Figure.Name) -> str:
    """The acts a figure of months counts, as the list of events takes them."""
    return ",".join(act for act, figure in OF_ACT.items() if figure == name)


def purposes_of(*, figures: Figures, of: Of | None) -> list[PurposeLine]:
    """Every purpose that has permissions, by name; those of a department where one is meant."""
    statuses, evidence = figures.by_purpose(Name.STATUS), figures.by_purpose(Name.EVIDENCE)
    found = Purpose.objects.filter(pk__in=statuses).select_related("organisation")
    return [
        PurposeLine(
            purpose=one,
            cells=_cells(one.pk, statuses[one.pk], evidence.get(one.pk, Counter()), of),
        )
        for one in sorted(found, key=lambda purpose: (str(purpose), purpose.pk))
    ]


def _cells(
    purpose: uuid.UUID, status: Counter[str], evidence: Counter[str], of: Of | None
) -> list[tuple[int, str]]:
    about = {"purpose__id__exact": str(purpose)}
    given = {**about, "status__in": ",".join(GIVEN)}
    return [
        (status[Status.REQUESTED], records({**about, "status__exact": Status.REQUESTED.value}, of)),
        (sum(status[one] for one in GIVEN), records(given, of)),
        (status[Status.WITHDRAWN], records({**about, "status__exact": Status.WITHDRAWN.value}, of)),
        (evidence["incomplete"], records({**given, "complete__exact": "0"}, of)),
    ]


def records(said: Mapping[str, str], of: Of | None) -> str:
    """The address of the list of permissions with this filter; of a department where one is meant."""
    return f"{reverse('admin:consent_consentrecord_changelist')}?{urlencode({**said, **_own(of)})}"


def _own(of: Of | None) -> dict[str, str]:
    return {"purpose__department__id__exact": str(of.department_id)} if of else {}


def _statuses(figures: Figures, of: Of | None) -> Table:
    counts = figures.totals(Name.STATUS)
    lines = [
        Line(
            label=status.label,
            number=counts[status],
            url=records({"status__exact": status.value}, of),
            colour=OF_STATUS[status],
        )
        for status in Status
        if counts[status]
    ]
    return Table(key="status", title=_("Permissions by status"), column=_("Status"), lines=lines)


def _evidence(figures: Figures, of: Of | None) -> Table:
    counts = figures.totals(Name.EVIDENCE)
    lines = [
        Line(
            label=label,
            number=counts[part],
            url=records({"status__in": ",".join(GIVEN), "complete__exact": str(int(part == "complete"))}, of),
            colour=ALLOWED if part == "complete" else STOPPED,
        )
        for part, label in COMPLETE.items()
        if counts[part]
    ]
    return Table(key="evidence", title=_("Evidence of what was given"), column=_("Evidence"), lines=lines)


def _grades(figures: Figures, of: Of | None) -> Table:
    counts = figures.totals(Name.GRADE)
    colours = {Grade.A: ALLOWED, Grade.B: ALLOWED, Grade.C: PENDING, Grade.D: STOPPED}
    lines = [
        Line(
            label=grade.label,
            number=counts[grade],
            url=records({"status__in": ",".join(GIVEN), "grade__exact": grade.value}, of),
            colour=colours[grade],
        )
        for grade in Grade
        if counts[grade]
    ]
    if counts[UNGRADED]:
        url = records({"status__in": ",".join(GIVEN), "grade__exact": UNGRADED}, of)
        lines.append(Line(label=_("Not graded"), number=counts[UNGRADED], url=url, colour=STOPPED))
    return Table(key="grade", title=_("How strong the evidence is"), column=_("Grade"), lines=lines)


def _grounds(figures: Figures, of: Of | None) -> Table:
    counts = figures.totals(Name.GROUND)
    lines = [
        Line(
            label=_("Permission"),
            number=counts[CONSENT],
            url=records({"status__in": ",".join(GIVEN)}, of),
            colour=ALLOWED,
        )
    ]
    lines += [
        Line(label=kind.label, number=counts[kind], url=_relations(kind, of), colour=PENDING)
        for kind in RelationKind
    ]
    shown = [line for line in lines if line.number]
    return Table(key="ground", title=_("What contact can rest on"), column=_("Ground"), lines=shown)


def _relations(kind: RelationKind, of: Of | None) -> str:
    said = {"kind__exact": kind.value, "ended_at__isnull": "1"}
    if of:
        said["legal_entity__id__in"] = ",".join(map(str, of.looked_after))
    return f"{reverse('admin:customers_customerrelation_changelist')}?{urlencode(said)}"


def _month(
    month: str, totals: Sequence[tuple[Figure.Name, Counter[str], str]], most: int, of: Of | None
) -> MonthLine:
    first = datetime.date.fromisoformat(f"{month}-01")
    return MonthLine(
        first=first,
        cells=[(counts[month], _events(name, first, of)) for name, counts, _colour in totals],
        bars=[
            (f"{max(100 * counts[month] / most, 0.5 if counts[month] else 0):.1f}%", 8 * place, colour)
            for place, (_name, counts, colour) in enumerate(totals)
        ],
    )


def _events(name: Figure.Name, first: datetime.date, of: Of | None) -> str:
    """The list of events of a month; an objection is often about no purpose, so about no one department."""
    if of and name == Name.OBJECTED:
        return ""
    following = (first + datetime.timedelta(days=31)).replace(day=1)
    said = {
        "act__in": acts_of(name),
        "occurred_at__gte": _midnight(first),
        "occurred_at__lt": _midnight(following),
        **_own(of),
    }
    return f"{reverse('admin:consent_consentevent_changelist')}?{urlencode(said)}"


def _midnight(day: datetime.date) -> str:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time())).isoformat()
