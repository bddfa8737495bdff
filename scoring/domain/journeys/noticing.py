"""Whom a turn has to look at: who something changed about since the last, and whose time ran out.

Nobody else can make a step: whether a rule holds, and whether somebody may be followed, depends on rows that
note their changes (`PersonChange`), on what the rules ask, which is compared as a hash, and on moments, which
are looked for here. Days count whole, so at midnight everybody is looked at.
"""

import datetime
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from django.db import connection

from scoring.domain.journeys.gate import gates_of
from scoring.domain.journeys.stepping import DAY, compile_steps, rules_of
from scoring.domain.scores.statement import Whose
from scoring.models import Journey

MOST_AT_ONCE: Final = 5_000
NOTICED: Final = Path(__file__).with_name("sql").joinpath("noticed.sql").read_text()
# The transactions before this number are over, and what they wrote is seen.
SEEN_BEFORE: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
# So many notes are cleared away in one go, however many there are after a worker was away.
NOTES_AT_ONCE: Final = 50_000
# While a journey waits for its first look all stay: what it does not see yet may be noted already. One that
# fails is not waited for: it looks at everybody then.
FORGET: Final = f"""
DELETE FROM scoring_personchange WHERE id IN (
    SELECT id FROM scoring_personchange WHERE written_in < coalesce(
        (SELECT min(coalesce(noted_from, 0)) FROM scoring_journey WHERE state = 'RUNNING' AND fault = ''),
        ({SEEN_BEFORE}))
    ORDER BY written_in LIMIT %(most)s)
"""  # noqa: S608 # nosec B608


@dataclass(frozen=True, kw_only=True)
class Mark:
    """From where a later turn goes on: the number of a transaction, and what was asked."""

    noted_from: int
    asked: str


def set_mark(*, journey: Journey, at: datetime.datetime) -> Mark:
    """Say from where the turn after this one goes on; before anything is looked at.

    Raises UnknownWordError.
    """
    with connection.cursor() as cursor:
        cursor.execute(SEEN_BEFORE)
        return Mark(noted_from=cursor.fetchone()[0], asked=_asked(journey, at))


def notice(*, journey: Journey, mark: Mark, at: datetime.datetime) -> list[uuid.UUID] | None:
    """List everybody who may make a step since the last turn; None: everybody has to be looked at.

    So it is at first, after a pause, on another day, where the rules ask something else, where very many
    changed, and where the database was put back and counts its transactions anew.
    """
    if journey.state != Journey.State.RUNNING or journey.turned_at is None or journey.noted_from is None:
        return None
    if journey.asked != mark.asked or mark.noted_from < journey.noted_from:
        return None
    with connection.cursor() as cursor:
        cursor.execute(NOTICED, _parameters(journey, journey.turned_at, at))
        found = [contact_id for (contact_id,) in cursor.fetchall()]
    return None if None in found or len(found) > MOST_AT_ONCE else found


def forget_notes() -> None:
    """Clear away what every running journey has looked at, the next so many notes."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"most": NOTES_AT_ONCE})


def _parameters(journey: Journey, since: datetime.datetime, at: datetime.datetime) -> dict[str, Any]:
    waits = _waits(journey)
    again = journey.again_after_days
    gates = gates_of(journey=journey, now=at)
    return {
        "journey": journey.pk,
        "organisation": journey.organisation_id,
        "legal_entity": journey.legal_entity_id,
        "noted_from": journey.noted_from,
        "stages": [stage for stage, _wait in waits],
        "waits": [wait for _stage, wait in waits],
        "again": None if again is None else again * DAY,
        "purposes": [gate["gate_purpose"] for gate in gates],
        "since": since,
        "at": at,
        "most": MOST_AT_ONCE + 1,
    }


def _waits(journey: Journey) -> Sequence[tuple[uuid.UUID, datetime.timedelta]]:
    """Each stage with each time a rule waits there, and with none."""
    stages = {(key, 0) for key in journey.stages.values_list("pk", flat=True)}
    rules = {(rule.from_stage_id, rule.after_days) for rule in rules_of(journey=journey)}
    return [(stage, days * DAY) for stage, days in stages | rules if stage is not None]


def _asked(journey: Journey, at: datetime.datetime) -> str:
    """What is asked on a day, without its moments."""
    statement = compile_steps(journey=journey, at=at, now=at, whose=Whose.SOME)
    lasting = {key: value for key, value in statement.params.items() if _lasts(key, value)}
    written = orjson.dumps([statement.sql, lasting], default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(written).hexdigest()


def _lasts(key: str, value: object) -> bool:
    return key != "midnights" and not isinstance(value, datetime.datetime)
