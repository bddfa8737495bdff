"""One step of everybody on a journey, or of some: the same statement, so that one and many are one thing."""

import datetime
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from scoring.domain.journeys.asking import SINCE_PUT, compile_rule, looks_at_acts
from scoring.domain.journeys.gate import compile_gates, gates_of
from scoring.domain.scores.acts import DAYS, midnights
from scoring.domain.scores.computing import Range
from scoring.domain.scores.statement import Statement, Whose
from scoring.models import Journey, JourneyRule

SQL: Final = Path(__file__).with_name("sql")
CHOSEN: Final = SQL.joinpath("chosen.sql").read_text()
ONWARD: Final = SQL.joinpath("onward.sql").read_text()
INWARD: Final = SQL.joinpath("inward.sql").read_text()
HOLD: Final = SQL.joinpath("hold.sql").read_text()
MAKE_STEPS: Final = SQL.joinpath("make_steps.sql").read_text()
DAY: Final = datetime.timedelta(days=1)


def step_range(*, journey: Journey, people: Range, at: datetime.datetime, now: datetime.datetime) -> int:
    """Let everybody in a range of people make at most one step, and say how many did.

    `at` is the moment of the turn, as of which waiting times and acts count; who may be followed is asked as
    of `now`, however long ago the turn began.

    Whoever is chosen is held before the choice is made again and written: who objected meanwhile is out.
    Within a transaction. Raises UnknownWordError, and DataError where the database cannot compare.
    """
    among = {"after": people.after, "last": people.last}
    held = _hold_chosen(journey, Whose.RANGE, among, at, now)
    return step_some(journey=journey, contact_ids=held, at=at, now=now)


def step_noticed(
    *, journey: Journey, contact_ids: Sequence[uuid.UUID], at: datetime.datetime, now: datetime.datetime
) -> int:
    """Let whoever of these people can make a step make it, as `step_range` does; raises as it does."""
    if not contact_ids:
        return 0
    held = _hold_chosen(journey, Whose.SOME, {"contacts": list(contact_ids)}, at, now)
    return step_some(journey=journey, contact_ids=held, at=at, now=now)


def _hold_chosen(
    journey: Journey, whose: Whose, among: dict[str, Any], at: datetime.datetime, now: datetime.datetime
) -> list[uuid.UUID]:
    statement = compile_steps(journey=journey, at=at, now=now, whose=whose)
    hold = HOLD.format(of_contact=whose.format(column="contact.id"))
    with connection.cursor() as cursor:
        # Room for the keys of a whole range of people: the gates are looked up, not gone through for each.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(statement.sql + hold, statement.params | among)
        return [contact_id for (contact_id,) in cursor.fetchall()]


def step_some(
    *, journey: Journey, contact_ids: Sequence[uuid.UUID], at: datetime.datetime, now: datetime.datetime
) -> int:
    """Let these people make at most one step, and say how many did; raises UnknownWordError."""
    if not contact_ids:
        return 0
    statement = compile_steps(journey=journey, at=at, now=now, whose=Whose.SOME)
    with connection.cursor() as cursor:
        cursor.execute(
            statement.sql + MAKE_STEPS, statement.params | {"contacts": list(contact_ids), "now": now}
        )
        return int(cursor.rowcount)


def compile_steps(
    *, journey: Journey, at: datetime.datetime, now: datetime.datetime, whose: Whose
) -> Statement:
    """Write who makes which step at a moment; raises UnknownWordError.

    Of a journey that is paused nobody goes by its rules, and who may not be followed leaves as ever.
    """
    params = parameters_of(journey=journey, at=at)
    followed = compile_gates(gates=gates_of(journey=journey, now=now), whose=whose, params=params)
    rules = [] if journey.state == Journey.State.PAUSED else rules_of(journey=journey)
    arms = [_arm(rule, place, params) for place, rule in enumerate(rules)]
    params["looking"] = [
        rule.from_stage_id for rule in rules if rule.from_stage_id and looks_at_acts(rule=rule)
    ]
    sql = CHOSEN.format(
        of_member=whose.format(column="member.contact_id"),
        of_contact=whose.format(column="contact.id"),
        followed=followed,
        steps="".join(arms),
    )
    return Statement(sql=sql, params=params)


def rules_of(*, journey: Journey) -> list[JourneyRule]:
    """List the rules in the order in which they count; at the same place, leaving comes before going on."""
    rules = journey.rules.select_related("segment", "score_model", "from_stage", "to_stage")
    return sorted(rules, key=lambda rule: (rule.position, rule.kind != JourneyRule.Kind.EXIT, rule.pk))


def parameters_of(*, journey: Journey, at: datetime.datetime) -> dict[str, Any]:
    """Name what every statement about a journey and a moment is about: the whole day of it counts."""
    zone = ZoneInfo(journey.legal_entity.time_zone)
    day = at.astimezone(zone).date()
    again = journey.again_after_days
    return {
        "journey": journey.pk,
        "organisation": journey.organisation_id,
        "legal_entity": journey.legal_entity_id,
        "at": at,
        "zone": str(zone),
        "day": day,
        "until": datetime.datetime.combine(day + DAY, datetime.time(), zone),
        "midnights": midnights(day=day, zone=str(zone)),
        "days": DAYS,
        "again_before": None if again is None else at - again * DAY,
    }


def _arm(rule: JourneyRule, place: int, params: dict[str, Any]) -> str:
    key = f"r{place}"
    since = "" if rule.from_stage_id is None else SINCE_PUT
    asked = compile_rule(rule=rule, key=key, params=params, since=since)
    params |= {
        f"{key}_rule": rule.pk,
        f"{key}_to": rule.to_stage_id,
        f"{key}_from": rule.from_stage_id,
        f"{key}_outcome": rule.outcome,
        f"{key}_before": params["at"] - rule.after_days * DAY,
    }
    arm = INWARD if rule.from_stage_id is None else ONWARD
    return arm.format(key=key, place=place, asked=asked)
