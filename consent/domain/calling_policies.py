"""How a legal entity narrows its calling hours, and what that leaves at any moment."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from consent.domain.house_policies import Ending, PolicyEndedError, PolicyStartsInThePastError
from consent.domain.rulebook.calling_hours import CEILING, COUNTRIES, CallingRules, Tightening, Window
from consent.domain.rulebook.facts import Jurisdiction
from consent.domain.rulebook.public_holidays import OptionalDay
from consent.models import CallingPolicy, DayOfMourning
from customers.models import LegalEntity, StaffMember


class PolicyLoosensError(ValueError):
    """The hours go beyond the law's: a policy can only narrow them."""


@dataclass(frozen=True, kw_only=True)
class AttemptLimit:
    """How often one person is tried, and how many days lie between."""

    maximum: int = 3
    days_between: int = 1


class StoredRules(NamedTuple):
    """Calling policies and days of mourning as the database gives them, in JSON."""

    policies: list[dict[str, Any]]
    mourning: list[dict[str, str]]


def adopt_calling_policy(
    *, policy: CallingPolicy, decided_by: StaffMember, decided_at: datetime.datetime
) -> CallingPolicy:
    """Keep a new policy, from today or later; it comes beside those in force, and the narrowest hours hold.

    Raises PolicyStartsInThePastError, and PolicyLoosensError when it opens before or after the law does.
    """
    if policy.valid_from_date < _day(decided_at, policy.legal_entity.time_zone):
        raise PolicyStartsInThePastError(str(policy.valid_from_date))
    if policy.opens < CEILING.opens or policy.closes > CEILING.closes:
        raise PolicyLoosensError(str(policy))
    policy.decided_by, policy.decided_at = decided_by, decided_at
    policy.save(force_insert=True)
    return policy


def end_calling_policy(*, policy: CallingPolicy, ending: Ending) -> CallingPolicy:
    """End a policy: the day of this moment is its last. Raises PolicyEndedError."""
    today = _day(ending.ended_at, policy.legal_entity.time_zone)
    not_over = Q(valid_until_date__isnull=True) | Q(valid_until_date__gt=today)
    open_ones = CallingPolicy.objects.filter(not_over, pk=policy.pk, ended_at__isnull=True)
    if not open_ones.update(**vars(ending)):
        raise PolicyEndedError(str(policy.pk))
    policy.refresh_from_db()
    return policy


def local_day(*, legal_entity: LegalEntity, at: datetime.datetime) -> datetime.date:
    """Find the day a moment falls on for a legal entity: its policies count in whole days."""
    return _day(at, legal_entity.time_zone)


def find_calling_rules(
    *, legal_entity_id: uuid.UUID, at: datetime.datetime, known_at: datetime.datetime
) -> Mapping[Jurisdiction, CallingRules]:
    """Find the calling rules of a legal entity, from this moment on, for people of every jurisdiction.

    One query. What was decided or taken back after `known_at` is left out. Raises LegalEntity.DoesNotExist.
    """
    day = at.date() - datetime.timedelta(days=1)
    entity: Any = LegalEntity.objects.annotate(
        policies=ArraySubquery(_policies(day, known_at)), mourning=ArraySubquery(_mourning(day, known_at))
    ).get(pk=legal_entity_id)
    stored = StoredRules(policies=entity.policies, mourning=entity.mourning)
    return read_calling_rules(stored=stored, zone=entity.time_zone, known_at=known_at)


def read_calling_rules(
    *, stored: StoredRules, zone: str, known_at: datetime.datetime
) -> Mapping[Jurisdiction, CallingRules]:
    """Read the calling rules of one legal entity from its rows, for people of every jurisdiction."""
    tightened = tuple(_tightening(policy, zone, known_at) for policy in stored.policies)
    return {
        jurisdiction: CallingRules(
            jurisdiction=jurisdiction,
            zone=zone,
            mourning=_days_of(stored.mourning, countries),
            tightened=tightened,
        )
        for jurisdiction, countries in COUNTRIES.items()
    }


def find_attempt_limit(*, legal_entity: LegalEntity, at: datetime.datetime) -> AttemptLimit:
    """Find how often one person may be tried on the day of this moment: the strictest policy in force."""
    zone = ZoneInfo(legal_entity.time_zone)
    day = at.astimezone(zone).date()
    midnight = datetime.datetime.combine(day, datetime.time(), zone)
    found = CallingPolicy.objects.filter(
        Q(valid_until_date__isnull=True) | Q(valid_until_date__gte=day),
        Q(ended_at__isnull=True) | Q(ended_at__gte=midnight),
        legal_entity=legal_entity,
        valid_from_date__lte=day,
        decided_at__lte=at,
    ).aggregate(maximum=Min("maximum_attempts"), days_between=Max("days_between_attempts"))
    return AttemptLimit(**found) if found["maximum"] else AttemptLimit()


def _policies(day: datetime.date, known_at: datetime.datetime) -> QuerySet[Any]:
    names = ("weekdays", "opens", "closes", "closed_holidays", "closed_dates")
    dates = ("valid_from_date", "valid_until_date", "ended_at")
    return CallingPolicy.objects.filter(
        Q(valid_until_date__isnull=True) | Q(valid_until_date__gte=day),
        legal_entity=OuterRef("pk"),
        decided_at__lte=known_at,
    ).values_list(JSONObject(**{name: F(name) for name in (*names, *dates)}), flat=True)


def _mourning(day: datetime.date, known_at: datetime.datetime) -> QuerySet[Any]:
    return DayOfMourning.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=known_at),
        organisation=OuterRef("organisation"),
        date__gte=day,
        decided_at__lte=known_at,
    ).values_list(JSONObject(country="country", date="date"), flat=True)


def _tightening(stored: dict[str, Any], zone: str, known_at: datetime.datetime) -> Tightening:
    read_date, read_time = datetime.date.fromisoformat, datetime.time.fromisoformat
    ended_at = parse_datetime(stored["ended_at"]) if stored["ended_at"] else None
    last_days = [read_date(stored["valid_until_date"])] if stored["valid_until_date"] else []
    if ended_at and ended_at <= known_at:
        last_days.append(_day(ended_at, zone))
    return Tightening(
        first_day=read_date(stored["valid_from_date"]),
        last_day=min(last_days, default=None),
        weekdays=frozenset(stored["weekdays"]),
        window=Window(read_time(stored["opens"]), read_time(stored["closes"])),
        closed_holidays=frozenset(OptionalDay(day) for day in stored["closed_holidays"]),
        closed_dates=frozenset(read_date(day) for day in stored["closed_dates"]),
    )


def _days_of(mourning: list[dict[str, str]], countries: tuple[str, ...]) -> frozenset[datetime.date]:
    return frozenset(
        datetime.date.fromisoformat(day["date"]) for day in mourning if day["country"] in countries
    )


def _day(moment: datetime.datetime, zone: str) -> datetime.date:
    return moment.astimezone(ZoneInfo(zone)).date()
