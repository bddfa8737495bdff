"""Why somebody has a score: every act and fact that counts, which together are the number."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from scoring.domain.scores.acts import acts_looked_at, narrowed
from scoring.domain.scores.statement import (
    MILLION,
    PERSONS,
    Ruled,
    Whose,
    compile_rules,
    divide,
    parameters_of,
    profiled,
)
from scoring.models import ScoreModelVersion, ScoreRule

ACTED: Final = """
SELECT line.place, act.id, act.subject, act.source, act.occurred_at, line.worth
FROM ({acts}) act CROSS JOIN LATERAL (VALUES {rules}) line (place, worth)
WHERE line.worth IS NOT NULL AND {profiled}
ORDER BY line.place, act.age, act.occurred_at DESC, act.id
"""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one act, or what somebody is, adds to a score or takes; `cut` is what a limit takes back."""

    rule: ScoreRule
    points: Decimal
    act_id: uuid.UUID | None = None
    subject: str = ""
    source: str = ""
    occurred_at: datetime.datetime | None = None
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A score with all its lines; without a line there is no score."""

    lines: list[Line]

    @property
    def points(self) -> Decimal | None:
        return sum((line.points for line in self.lines), Decimal(0)) if self.lines else None


def explain(
    *, version: ScoreModelVersion, contact_id: uuid.UUID, day: datetime.date, now: datetime.datetime
) -> Explained:
    """Give every line of the score of somebody on a day; none for who may not be profiled.

    It reads the same conditions as the count itself, and adds up to its number. Raises UnknownWordError.
    """
    params = parameters_of(model=version.model, day=day, now=now) | {"contacts": [contact_id]}
    ruled = compile_rules(version=version, params=params)
    acted, known = divide(ruled)
    lines = [*_lines_of_acts(acted, params), *_lines_of_a_person(known, params)]
    return Explained(lines=sorted(lines, key=lambda line: line.rule.position))


def _lines_of_acts(ruled: Sequence[Ruled], params: dict[str, Any]) -> Iterable[Line]:
    if not ruled:
        return
    kinds = params["kinds"] = sorted({one.rule.looks_at for one in ruled})
    rules = ", ".join(
        f"({place}, CASE WHEN {one.holds} THEN {one.worth} END)" for place, one in enumerate(ruled)
    )
    acts = acts_looked_at(kinds=kinds, whose=Whose.SOME)
    sql = ACTED.format(acts=acts, rules=rules, profiled=profiled(column="act.contact_id", whose=Whose.SOME))
    rows = _read(sql, params)
    for place, one in enumerate(ruled):
        yield from _counting(one.rule, [_line(one.rule, row) for row in rows if row[0] == place])


def _lines_of_a_person(ruled: Sequence[Ruled], params: dict[str, Any]) -> Iterable[Line]:
    if not ruled:
        return
    columns = ", ".join(f"{one.column} AS {one.key}" for one in ruled)
    people = narrowed(sql=PERSONS.format(columns=columns), whose=Whose.SOME)
    gate = profiled(column="known.contact_id", whose=Whose.SOME)
    given = _read(f"SELECT * FROM ({people}) known WHERE {gate}", params)  # noqa: S608 # nosec B608
    for row in given:
        for one, worth in zip(ruled, row[1:], strict=True):
            if worth is not None:
                yield Line(rule=one.rule, points=_exact(worth))


def _line(rule: ScoreRule, row: Sequence[Any]) -> Line:
    _place, act_id, subject, source, occurred_at, worth = row
    return Line(
        rule=rule,
        points=_exact(worth),
        act_id=act_id,
        subject=subject,
        source=source,
        occurred_at=occurred_at,
    )


def _counting(rule: ScoreRule, lines: list[Line]) -> list[Line]:
    """Only the newest where a rule counts once, and what its limit takes back as a line of its own."""
    lines = lines[:1] if rule.once else lines
    together = sum((line.points for line in lines), Decimal(0))
    if rule.cap is None or abs(together) <= rule.cap:
        return lines
    most = Decimal(rule.cap if rule.points > 0 else -rule.cap)
    return [*lines, Line(rule=rule, points=most - together, cut=True)]


def _read(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
        return rows


def _exact(micropoints: float) -> Decimal:
    return Decimal(int(micropoints)) / MILLION
