"""When somebody may be called: hours and days per jurisdiction. They never change whether contact is allowed.

NL: Monday to Friday 09:00-22:00, Saturday 10:00-16:00; until 18:30 on 4 May, 5 and 24 December, until 19:00
on Good Friday; none on Sundays, public holidays and national days of mourning. Source: Code Telemarketing
2012 art. 9, the last text read (unconfirmed for 2024); days: Winkeltijdenwet, Code Telemarketing 2024.
BE: Monday to Saturday 09:00-20:00, none on Sundays, public holidays and days of mourning. Source: house
rule, as no statute or code was found.
EU: the narrower of both in everything, in the legal entity's zone. Source: house rule; the country is not
known here, so no hour is taken that either of the two forbids.

A call that the person asked for (logged) is outside this rule, and other channels have no hours: whoever asks
decides that first. King's Day and 5 May are open unless a house policy closes them.
"""

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from consent.domain.rulebook.facts import Jurisdiction
from consent.domain.rulebook.public_holidays import (
    OptionalDay,
    find_closed_holidays,
    find_good_friday,
    find_optional_days,
)

SUNDAY: Final = 7
HORIZON: Final = datetime.timedelta(days=60)
ZONES: Final = {Jurisdiction.NL: ZoneInfo("Europe/Amsterdam"), Jurisdiction.BE: ZoneInfo("Europe/Brussels")}


class HoursCode(enum.StrEnum):
    """Why no call may be made at a moment."""

    D_OUTSIDE_HOURS = "D_OUTSIDE_HOURS"
    D_PROHIBITED_DAY = "D_PROHIBITED_DAY"


class Closure(enum.StrEnum):
    """Why nobody is called on a whole day."""

    SUNDAY = "SUNDAY"
    HOLIDAY = "HOLIDAY"
    MOURNING = "MOURNING"
    POLICY = "POLICY"
    UNKNOWN = "UNKNOWN"  # A year whose public holidays cannot be computed, such as 2101.


class Window(NamedTuple):
    """The hours of one day: from the first moment until just before the last."""

    opens: datetime.time
    closes: datetime.time


EVENING: Final = Window(datetime.time(9), datetime.time(22))
EARLY_EVENING: Final = Window(datetime.time(9), datetime.time(20))
SATURDAY: Final = Window(datetime.time(10), datetime.time(16))
WEEKS: Final[Mapping[str, Mapping[int, Window]]] = {
    "NL": {**dict.fromkeys(range(1, 6), EVENING), 6: SATURDAY},
    "BE": dict.fromkeys(range(1, 7), EARLY_EVENING),
}
COUNTRIES: Final = {Jurisdiction.NL: ("NL",), Jurisdiction.BE: ("BE",), Jurisdiction.EU: ("NL", "BE")}
# The widest hours that any jurisdiction has: a house policy that goes beyond them would loosen.
CEILING: Final = EVENING
BEFORE_COMMEMORATION: Final = datetime.time(18, 30)
EVENINGS_OFF: Final = {(5, 4), (12, 5), (12, 24)}
GOOD_FRIDAY_UNTIL: Final = datetime.time(19)


@dataclass(frozen=True, kw_only=True)
class Tightening:
    """One narrowing by the legal entity, from its first day to its last."""

    first_day: datetime.date
    last_day: datetime.date | None = None
    weekdays: frozenset[int] = frozenset(range(1, 7))
    window: Window = CEILING
    closed_holidays: frozenset[OptionalDay] = frozenset()
    closed_dates: frozenset[datetime.date] = frozenset()

    def holds(self, on: datetime.date) -> bool:
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)

    def closes(self, on: datetime.date) -> bool:
        optional = find_optional_days(on.year).get(on) if self.closed_holidays else None
        return (
            on.isoweekday() not in self.weekdays
            or on in self.closed_dates
            or optional in self.closed_holidays
        )


@dataclass(frozen=True, kw_only=True)
class CallingRules:
    """The hours of one jurisdiction as one legal entity narrowed them; its zone counts outside NL and BE."""

    jurisdiction: Jurisdiction
    zone: str
    mourning: frozenset[datetime.date] = frozenset()
    tightened: tuple[Tightening, ...] = ()

    @cached_property
    def days(self) -> dict[datetime.date, "Window | Closure"]:
        """The days that were looked at: each is found once, however often is asked about it."""
        return {}

    @property
    def clock(self) -> ZoneInfo:
        return ZONES.get(self.jurisdiction) or ZoneInfo(self.zone)


def within_hours(*, rules: CallingRules, at: datetime.datetime) -> bool:
    """Say whether a call may be made at this moment, as far as hours and days go."""
    return why_not(rules=rules, at=at) is None


def why_not(*, rules: CallingRules, at: datetime.datetime) -> HoursCode | None:
    """Say why no call may be made at this moment; None when it may."""
    local = at.astimezone(rules.clock)
    day = find_day(rules=rules, on=local.date())
    if isinstance(day, Closure):
        return HoursCode.D_PROHIBITED_DAY
    return None if day.opens <= local.time() < day.closes else HoursCode.D_OUTSIDE_HOURS


def next_allowed_at(*, rules: CallingRules, at: datetime.datetime) -> datetime.datetime | None:
    """Find the first moment from this one at which a call may be made; None when not within 60 days."""
    if within_hours(rules=rules, at=at):
        return at
    today = at.astimezone(rules.clock).date()
    if find_day(rules=rules, on=today) == Closure.UNKNOWN:
        return None
    limit = at + HORIZON
    for days in range(HORIZON.days + 1):
        on = today + datetime.timedelta(days=days)
        day = find_day(rules=rules, on=on)
        if isinstance(day, Closure):
            continue
        opens_at = datetime.datetime.combine(on, day.opens, rules.clock).astimezone(datetime.UTC)
        if opens_at > at:
            return opens_at if opens_at <= limit else None
    return None


def find_day(*, rules: CallingRules, on: datetime.date) -> Window | Closure:
    """Find the hours of one day, or why it is closed: the law first, then what the legal entity narrowed."""
    if on not in rules.days:
        rules.days[on] = _find_day(rules, on)
    return rules.days[on]


def _find_day(rules: CallingRules, on: datetime.date) -> Window | Closure:
    narrowed = [tightening for tightening in rules.tightened if tightening.holds(on)]
    if closure := _closed_by_law(rules, on):
        return closure
    if any(tightening.closes(on) for tightening in narrowed):
        return Closure.POLICY
    windows = [_lawful_hours(country, on) for country in COUNTRIES[rules.jurisdiction]]
    hours = _overlap([*windows, *(tightening.window for tightening in narrowed)])
    return hours if hours.opens < hours.closes else Closure.POLICY


def _closed_by_law(rules: CallingRules, on: datetime.date) -> Closure | None:
    if on.isoweekday() == SUNDAY:
        return Closure.SUNDAY
    holidays = [find_closed_holidays(country, on.year) for country in COUNTRIES[rules.jurisdiction]]
    if not all(holidays):
        return Closure.UNKNOWN
    if any(on in days for days in holidays):
        return Closure.HOLIDAY
    return Closure.MOURNING if on in rules.mourning else None


def _lawful_hours(country: str, on: datetime.date) -> Window:
    hours = WEEKS[country][on.isoweekday()]
    if country != "NL":
        return hours
    if (on.month, on.day) in EVENINGS_OFF:
        return hours._replace(closes=min(hours.closes, BEFORE_COMMEMORATION))
    if on == find_good_friday(on.year):
        return hours._replace(closes=min(hours.closes, GOOD_FRIDAY_UNTIL))
    return hours


def _overlap(windows: list[Window]) -> Window:
    return Window(max(window.opens for window in windows), min(window.closes for window in windows))
