"""How a journey goes: who is where, how fast people go on, where they come from and where they drop out.

Of a stage that shows figures only, no number of fewer than ten people is told, nor one that it could be
reckoned from. Source: rules, "Talent pool"; art. 5(1)(c) GDPR.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.db import connection

from scoring.models import Journey, JourneyStage, ScoreModel

SQL: Final = Path(__file__).with_name("sql")
# Fewer people than this are not shown where only figures may be.
FEWEST: Final = 10
# Days after which people are counted as standing longer in a stage.
AGES: Final = (7, 30, 90, 180)
EVER: Final = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


class _Out(NamedTuple):
    """How people left one stage."""

    left: int = 0
    moved_on: int = 0
    dropped: int = 0
    median_days: float | None = None
    slow_days: float | None = None


@dataclass(frozen=True, kw_only=True)
class StageFigures:
    """The numbers of one stage; None is a number that is not told, or that there is none of."""

    stage: JourneyStage
    people: int | None
    arrived: int | None
    left: int | None
    moved_on: int | None
    dropped: int | None
    median_days: float | None
    slow_days: float | None
    ages: tuple[int, ...] | None

    @property
    def conversion(self) -> int | None:
        """Of a hundred who left the stage, how many went on; who went back did not."""
        return round(100 * self.moved_on / self.left) if self.left and self.moved_on is not None else None


@dataclass(frozen=True, kw_only=True)
class SourceFigures:
    """How many came in one way, and of them reached the goal or left without; None where that is not told."""

    source: str
    people: int
    reached: int | None
    dropped: int | None


@dataclass(frozen=True, kw_only=True)
class DropOut:
    """How many left from one stage for one reason; None where that is not told."""

    stage: JourneyStage
    outcome: str
    how: str
    people: int | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures of a journey over one period."""

    stages: list[StageFigures]
    sources: list[SourceFigures]
    drop_outs: list[DropOut]


def read_figures(*, journey: Journey, since: datetime.datetime | None, now: datetime.datetime) -> Figures:
    """Count a journey from `since`, or from its beginning, until now: as many questions for any number."""
    asked = {"journey": journey.pk, "since": since or EVER, "now": now, "steps": [0, *AGES]}
    stages = list(journey.stages.order_by("position", "pk"))
    ages = _ages(_ask("stages_now", asked))
    arrived = dict(_ask("stages_in", asked))
    out = {key: _Out(*numbers) for key, *numbers in _ask("stages_out", asked)}
    found = [
        _told(one, ages.get(one.pk, (0,) * (len(AGES) + 1)), arrived.get(one.pk, 0), out.get(one.pk, _Out()))
        for one in stages
    ]
    return Figures(
        stages=found,
        sources=_sources(stages, _ask("sources", asked)),
        drop_outs=_drop_outs(stages, _ask("drop_outs", asked)),
    )


def count_bands(*, journey: Journey, model: ScoreModel) -> dict[uuid.UUID, dict[str, int]]:
    """Count for each stage how many people now stand in which band of a score; "" is in none.

    Nobody is scored in a stage that shows figures only.
    """
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for stage_id, band, people in _ask("bands", {"journey": journey.pk, "model": model.pk}):
        found[stage_id][band] = people
    return dict(found)


def may_be_told(numbers: Iterable[int]) -> bool:
    """Whether none of these numbers is of so few people that somebody could be recognised."""
    return all(number == 0 or number >= FEWEST for number in numbers)


def _told(stage: JourneyStage, ages: tuple[int, ...], arrived: int, out: _Out) -> StageFigures:
    people, hides = sum(ages), stage.figures_only
    back = out.left - out.moved_on - out.dropped
    tells_out = not hides or may_be_told((out.moved_on, out.dropped, back))
    shown = out if tells_out else None
    return StageFigures(
        stage=stage,
        people=people if not hides or people >= FEWEST else None,
        # With who left it would tell how many stayed, and with who stayed how many left.
        arrived=arrived if not hides or (arrived >= FEWEST and may_be_told((out.left,))) else None,
        left=shown and shown.left,
        moved_on=shown and shown.moved_on,
        dropped=shown and shown.dropped,
        median_days=shown and shown.median_days,
        slow_days=shown and shown.slow_days,
        ages=ages if not hides or may_be_told(ages) else None,
    )


def _ages(rows: Iterable[Any]) -> dict[uuid.UUID, tuple[int, ...]]:
    counts: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0] * (len(AGES) + 1))
    for stage_id, step, people in rows:
        # A clock that runs ahead puts somebody before the first step: they are new.
        counts[stage_id][max(step - 1, 0)] += people
    return {stage_id: tuple(numbers) for stage_id, numbers in counts.items()}


def _sources(stages: Iterable[JourneyStage], rows: Iterable[Any]) -> list[SourceFigures]:
    """Held against the drop-outs of other stages, how it ended would tell of those where nothing is told."""
    hides = any(stage.figures_only for stage in stages)
    return [
        SourceFigures(
            source=source,
            people=people,
            reached=None if hides else reached,
            dropped=None if hides else dropped,
        )
        for source, people, reached, dropped in sorted(rows, key=lambda row: (-row[1], row[0]))
    ]


def _drop_outs(stages: Iterable[JourneyStage], rows: Iterable[Any]) -> list[DropOut]:
    known = {stage.pk: stage for stage in stages}
    found = [
        DropOut(
            stage=known[stage_id],
            outcome=outcome,
            how=how,
            people=people if not known[stage_id].figures_only or people >= FEWEST else None,
        )
        for stage_id, outcome, how, people in rows
    ]
    return sorted(found, key=lambda one: (one.stage.position, -(one.people or 0), one.outcome, one.how))


def _ask(name: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(SQL.joinpath(f"{name}.sql").read_text(), params)
        return list(cursor.fetchall())
