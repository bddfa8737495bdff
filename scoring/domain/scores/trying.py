"""A draft tried on everybody before it counts for anybody: who is met by each rule, and what would change."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from scoring.domain.profiling import LET_IN
from scoring.domain.scores.acts import narrowed
from scoring.domain.scores.computing import Range, band_of, day_of
from scoring.domain.scores.rescoring import FIRST, LAST
from scoring.domain.scores.statement import (
    Ruled,
    Whose,
    compile_points,
    compile_rules,
    parameters_of,
    sums_of,
)
from scoring.models import ScoreModelVersion, ScoreRule

# Steps in which scores are shown beside each other, by their lowest points.
STEPS: Final = (0, 10, 25, 50, 100, 200)
EVERYBODY: Final = Range(after=FIRST, last=LAST)
# Of what is counted: whom the model may look at, and between where people stand now and with the draft.
LOOKED_AT, BETWEEN = "LOOKED_AT", "|"
COUNT_PROFILED: Final = "SELECT count(*) FROM ({let_in}) let_in"
# The gate is asked by itself, once about all these people.
COUNT_MET: Final = """
WITH let_in AS MATERIALIZED ({let_in})
SELECT {columns} FROM ({sums}) summed JOIN let_in ON let_in.id = summed.contact_id
"""
COMPARE: Final = """
WITH after AS (
    SELECT contact_id, points, {band} AS band_id
    FROM (SELECT contact_id, micropoints / 1000000.0 AS points FROM ({points}) counted) exact),
before AS (SELECT contact_id, points, band_id FROM scoring_score WHERE model_id = %(model)s {had})
SELECT coalesce(width_bucket(before.points, %(steps)s::numeric[])::text, ''),
    coalesce(width_bucket(after.points, %(steps)s::numeric[])::text, ''),
    coalesce(old.code, ''), coalesce(new.code, ''), count(*)
FROM before FULL JOIN after USING (contact_id)
LEFT JOIN scoring_band old ON old.id = before.band_id LEFT JOIN scoring_band new ON new.id = after.band_id
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, kw_only=True)
class Met:
    """One rule and how many people meet it, of all who may be profiled."""

    rule: ScoreRule
    people: int
    everybody: int

    @property
    def is_met_by_nobody(self) -> bool:
        return self.people == 0

    @property
    def is_met_by_everybody(self) -> bool:
        return 0 < self.people == self.everybody


@dataclass(frozen=True, kw_only=True)
class Step:
    """How many people have so many points now and with the draft; None stands for those without a score."""

    lowest: int | None
    highest: int | None
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Move:
    """How many people go from one band to another, by code; empty is no band."""

    before: str
    after: str
    people: int


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a draft would do: people per step of points before and after, and who would change band."""

    steps: list[Step]
    moves: list[Move]

    @property
    def changing(self) -> int:
        return sum(move.people for move in self.moves if move.before != move.after)

    @property
    def staying(self) -> int:
        return sum(move.people for move in self.moves if move.before == move.after)


def count_met(*, version: ScoreModelVersion, now: datetime.datetime) -> list[Met]:
    """Count for each rule how many people it gives or takes points, in one statement.

    Raises UnknownWordError.
    """
    return read_met(version=version, counts=count_met_in(version=version, people=EVERYBODY, now=now))


def try_version(*, version: ScoreModelVersion, now: datetime.datetime) -> Tried:
    """Count everybody by a draft beside the scores they have; nothing is written. Raises UnknownWordError."""
    return read_tried(counts=count_changes_in(version=version, people=EVERYBODY, now=now))


def count_met_in(*, version: ScoreModelVersion, people: Range, now: datetime.datetime) -> dict[str, int]:
    """Count in a range whom the model may look at and whom each rule meets, by the key of the rule.

    Raises UnknownWordError.
    """
    params = parameters_of(model=version.model, day=day_of(model=version.model, now=now), now=now)
    params |= {"after": people.after, "last": people.last}
    ruled = compile_rules(version=version, params=params)
    let_in = narrowed(sql=LET_IN, whose=Whose.RANGE)
    [(everybody,)] = _ask(COUNT_PROFILED.format(let_in=let_in), params)
    met = _ask(_counting(ruled, params), params)[0] if ruled else ()
    return {LOOKED_AT: everybody} | {str(one.rule.pk): people for one, people in zip(ruled, met, strict=True)}


def count_changes_in(*, version: ScoreModelVersion, people: Range, now: datetime.datetime) -> dict[str, int]:
    """Count a range of people by where they stand now and with a draft; raises UnknownWordError."""
    day = day_of(model=version.model, now=now)
    points = compile_points(version=version, day=day, now=now, whose=Whose.RANGE)
    params = points.params | {"model": version.model_id, "steps": list(STEPS)}
    params |= {"after": people.after, "last": people.last}
    had = Whose.RANGE.format(column="contact_id")
    sql = COMPARE.format(points=points.sql, band=band_of(version=version, params=params), had=had)
    return {BETWEEN.join(map(str, one)): number for *one, number in _ask(sql, params)}


def read_met(*, version: ScoreModelVersion, counts: Mapping[str, int]) -> list[Met]:
    """Give what was counted about each rule of a version, in their order."""
    rules = version.rules.prefetch_related("conditions").order_by("position", "pk")
    everybody = counts.get(LOOKED_AT, 0)
    return [Met(rule=rule, people=counts.get(str(rule.pk), 0), everybody=everybody) for rule in rules]


def read_tried(*, counts: Mapping[str, int]) -> Tried:
    """Give what was counted about where people stand before and after; what else was counted is left out."""
    told = [(key.split(BETWEEN), number) for key, number in counts.items() if BETWEEN in key]
    rows = [(_place(before), _place(after), *bands, number) for (before, after, *bands), number in told]
    return Tried(steps=_steps(rows), moves=_moves(rows))


def _place(said: str) -> int | None:
    return int(said) if said else None


def _counting(ruled: list[Ruled], params: dict[str, Any]) -> str:
    columns = ", ".join(f"count({one.key})" for one in ruled)
    sums = sums_of(ruled=ruled, whose=Whose.RANGE, params=params)
    return COUNT_MET.format(columns=columns, sums=sums, let_in=narrowed(sql=LET_IN, whose=Whose.RANGE))


def _steps(rows: list[Any]) -> list[Step]:
    """Below nothing, each step, and last those without a score at one of the two."""
    lows: list[int | None] = [None, *STEPS]
    highs: list[int | None] = [STEPS[0], *STEPS[1:], None]
    found = [
        Step(lowest=low, highest=high, before=_sum(rows, 0, place), after=_sum(rows, 1, place))
        for place, (low, high) in enumerate(zip(lows, highs, strict=True))
    ]
    return [*found, Step(lowest=None, highest=None, before=_sum(rows, 0, None), after=_sum(rows, 1, None))]


def _sum(rows: list[Any], side: int, place: int | None) -> int:
    return sum(row[-1] for row in rows if row[side] == place)


def _moves(rows: list[Any]) -> list[Move]:
    counts: Mapping[tuple[str, str], int] = {
        pair: sum(row[-1] for row in rows if (row[2], row[3]) == pair)
        for pair in sorted({(row[2], row[3]) for row in rows})
    }
    return [Move(before=before, after=after, people=number) for (before, after), number in counts.items()]


@transaction.atomic
def _ask(sql: str, params: dict[str, Any]) -> list[Any]:
    """How many lie in a range the database cannot guess: it is kept from going through all for each."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
        return rows
