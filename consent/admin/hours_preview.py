"""The coming days as a caller will find them: open from when to when, or why closed."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.calling_policies import find_calling_rules
from consent.domain.rulebook.calling_hours import COUNTRIES, CallingRules, Closure, find_day
from consent.domain.rulebook.facts import Jurisdiction
from consent.domain.rulebook.public_holidays import name_holiday

DAYS_SHOWN = 14
WHERE: Mapping[Jurisdiction, StrPromise] = {
    Jurisdiction.NL: _("Netherlands"),
    Jurisdiction.BE: _("Belgium"),
    Jurisdiction.EU: _("Elsewhere"),
}
WHY_CLOSED: Mapping[Closure, StrPromise] = {
    Closure.SUNDAY: _("Sunday"),
    Closure.MOURNING: _("Day of mourning"),
    Closure.POLICY: _("Your policy"),
    Closure.UNKNOWN: _("Public holidays not known yet"),
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One day in one jurisdiction: its hours, or why it is closed."""

    where: str | StrPromise
    hours: str = ""
    closed: str | StrPromise = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One day everywhere."""

    day: datetime.date
    cells: list[Cell]


def preview(*, legal_entity_id: uuid.UUID, first: datetime.date, now: datetime.datetime) -> list[Row]:
    rules = find_calling_rules(legal_entity_id=legal_entity_id, at=now, known_at=now)
    days = [first + datetime.timedelta(days=number) for number in range(DAYS_SHOWN)]
    return [Row(day=day, cells=[_cell(rules[place], day) for place in WHERE]) for day in days]


def _cell(rules: CallingRules, on: datetime.date) -> Cell:
    day, where = find_day(rules=rules, on=on), WHERE[rules.jurisdiction]
    if isinstance(day, Closure):
        return Cell(where=where, closed=WHY_CLOSED.get(day) or _holiday(rules.jurisdiction, on))
    return Cell(where=where, hours=f"{day.opens:%H:%M}-{day.closes:%H:%M}")


def _holiday(jurisdiction: Jurisdiction, on: datetime.date) -> str:
    language = (get_language() or "nl")[:2]
    names = (name_holiday(country=country, on=on, language=language) for country in COUNTRIES[jurisdiction])
    return next(name for name in names if name)
