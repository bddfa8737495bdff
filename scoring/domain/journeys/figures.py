"""How a journey goes: who is where, how fast people go on, where they come from and where they drop out.

Of a stage that shows figures only, no number of fewer than ten people is told. Of a journey with such a
stage, who arrived, went on and came in is told in whole tens everywhere: what is known by name of the other
stages, taken from an exact sum, or one period from another, would tell it. Source: rules, "Talent pool";
art. 5(1)(c) GDPR.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.db import connection

from scoring.models import Journey, JourneyStage, ScoreModel

SQL: Final = Path(__file__).with_name("sql")
# Fewer people than this are not shown where only figures may be.
FEWEST: Final = 10
# Days after which people are counted as standing longer in a stage.
AGES: Final = (7, 30, 90, 180)
# As long ago as people may have done something to count as engaged.
LATELY: Final = datetime.timedelta(days=90)
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
    people: int | None
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
    """All figures of a journey over one period; `in_tens` where one of its stages shows figures only."""

    in_tens: bool
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
    in_tens = any(stage.figures_only for stage in stages)
    counted = [
        _counted(
            one, ages.get(one.pk, (0,) * (len(AGES) + 1)), arrived.get(one.pk, 0), out.get(one.pk, _Out())
        )
        for one in stages
    ]
    return Figures(
        in_tens=in_tens,
        stages=[_told(one) for one in counted] if in_tens else counted,
        sources=_sources(_ask("sources", asked), in_tens=in_tens),
        drop_outs=_drop_outs(stages, _ask("drop_outs", asked)),
    )


def count_engaged(*, journey: Journey, now: datetime.datetime) -> dict[uuid.UUID, int | None]:
    """Count for each stage that shows figures only how many did something lately, in whole tens.

    None where they who did, or who did not, are fewer than ten: nobody there is looked at alone.
    """
    asked = {"journey": journey.pk, "legal_entity": journey.legal_entity_id, "since": now - LATELY}
    found: dict[uuid.UUID, dict[bool, int]] = defaultdict(dict)
    for stage_id, lately, people in _ask("engaged", asked):
        found[stage_id][lately] = people
    return {key: _tens(one.get(True, 0)) if may_be_told(one.values()) else None for key, one in found.items()}


def count_bands(*, journey: Journey, model: ScoreModel) -> dict[uuid.UUID, dict[str, int]]:
    """Count for each stage how many people now stand in which band of a score; "" is in none.

    Of a stage that shows figures only nothing: nobody there has a score.
    """
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for stage_id, band, people in _ask("bands", {"journey": journey.pk, "model": model.pk}):
        found[stage_id][band] = people
    return dict(found)


def may_be_told(numbers: Iterable[int]) -> bool:
    """Whether none of these numbers is of so few people that somebody could be recognised."""
    return all(number == 0 or number >= FEWEST for number in numbers)


def _counted(stage: JourneyStage, ages: tuple[int, ...], arrived: int, out: _Out) -> StageFigures:
    return StageFigures(stage=stage, people=sum(ages), arrived=arrived, ages=ages, **out._asdict())


def _told(one: StageFigures) -> StageFigures:
    """What may be told of a stage, of a journey where somewhere only figures are shown."""
    counts = one.people or 0, one.arrived or 0, one.left or 0
    back = counts[2] - (one.moved_on or 0) - (one.dropped or 0)
    if not one.stage.figures_only:
        return _left_as(one, moved_on=_tens(one.moved_on), dropped=one.dropped, back=back)
    # Who arrived less who left is who stayed.
    tells = may_be_told((*counts, abs(counts[1] - counts[2])))
    outs = one.moved_on or 0, one.dropped or 0, back
    moved_on, dropped, went_back = map(_tens, outs) if tells and may_be_told(outs) else (None,) * 3
    return replace(
        _left_as(one, moved_on=moved_on, dropped=dropped, back=went_back),
        people=one.people if may_be_told(counts[:1]) else None,
        arrived=_tens(one.arrived) if tells else None,
        ages=one.ages if may_be_told(one.ages or ()) else None,
    )


def _left_as(
    one: StageFigures, *, moved_on: int | None, dropped: int | None, back: int | None
) -> StageFigures:
    """How they left, added up from what is told of it, so that no exact sum tells the rest."""
    is_told = moved_on is not None
    return replace(
        one,
        arrived=_tens(one.arrived),
        left=moved_on + (dropped or 0) + (back or 0) if moved_on is not None else None,
        moved_on=moved_on,
        dropped=dropped,
        median_days=one.median_days if is_told else None,
        slow_days=one.slow_days if is_told else None,
    )


def _tens(number: int | None) -> int | None:
    """Rounded down, so that a number said to be reached is reached; None for a few."""
    return number // FEWEST * FEWEST if number is not None and may_be_told((number,)) else None


def _ages(rows: Iterable[Any]) -> dict[uuid.UUID, tuple[int, ...]]:
    counts: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0] * (len(AGES) + 1))
    for stage_id, step, people in rows:
        # A clock that runs ahead puts somebody before the first step: they are new.
        counts[stage_id][max(step - 1, 0)] += people
    return {stage_id: tuple(numbers) for stage_id, numbers in counts.items()}


def _sources(rows: Iterable[Any], *, in_tens: bool) -> list[SourceFigures]:
    """Held against the drop-outs of other stages, how it ended would tell of those where nothing is told."""
    return [
        SourceFigures(
            source=source,
            people=_tens(people) if in_tens else people,
            reached=None if in_tens else reached,
            dropped=None if in_tens else dropped,
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
            people=_tens(people) if known[stage_id].figures_only else people,
        )
        for stage_id, outcome, how, people in rows
    ]
    return sorted(found, key=lambda one: (one.stage.position, -(one.people or 0), one.outcome, one.how))


def _ask(name: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(SQL.joinpath(f"{name}.sql").read_text(), params)
        return list(cursor.fetchall())
