"""What stands on the pages of a journey: its figures in words, beside what was aimed at and their bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin.badge import ALLOWED, ENDED, PENDING, STOPPED, UNCLEAR, Look, look
from consent.admin.bars import Bar, bars_of
from scoring.domain.journeys.figures import AGES, DropOut, Figures, SourceFigures, StageFigures
from scoring.models import Journey, JourneyMember, JourneyMove, JourneyStage

LOOKS: Final = {
    Journey.State.DRAFT: PENDING,
    Journey.State.RUNNING: ALLOWED,
    Journey.State.PAUSED: STOPPED,
    Journey.State.ENDED: ENDED,
}
ON_TARGET, BEHIND = look(ALLOWED, _("On target")), look(UNCLEAR, _("Behind target"))
NOT_TOLD: Final = _("fewer than 10")
# Of a number that is not told because of the few in another, or beside it.
KEPT_BACK: Final = _("not told")


@dataclass(frozen=True, kw_only=True)
class Aimed:
    """A number beside what was aimed at; the look says whether it was reached, None where nothing was."""

    shown: str
    target: str = ""
    look: Look | None = None


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """One stage as the page and the file show it."""

    figures: StageFigures
    people: Aimed
    arrived: str
    moved_on: str
    dropped: str
    conversion: Aimed
    median_days: Aimed
    slow_days: str
    ages: list[str]


@dataclass(frozen=True, kw_only=True)
class JourneyTable:
    """The figures of a journey, as tables and as bars beside them."""

    in_tens: bool
    rows: list[StageRow]
    funnel: list[Bar]
    ages: list[StrPromise | str]
    sources: list[tuple[str, SourceFigures, str]]
    source_bars: list[Bar]
    drop_outs: list[tuple[str, DropOut, str]]


def journey_look(state: str) -> Look:
    return look(LOOKS[Journey.State(state)], Journey.State(state).label)


def journey_table(*, figures: Figures) -> JourneyTable:
    sources = [(str(JourneyMember.Source(one.source).label), one) for one in figures.sources]
    return JourneyTable(
        rows=[_row(one) for one in figures.stages],
        funnel=bars_of(
            [(one.stage.name, one.people, ALLOWED) for one in figures.stages if one.people is not None]
        ),
        ages=age_names(),
        sources=[(name, one, _number(one.people)) for name, one in sources],
        in_tens=figures.in_tens,
        source_bars=bars_of([(name, one.people, ALLOWED) for name, one in sources if one.people is not None]),
        drop_outs=[(_why(one), one, _number(one.people)) for one in figures.drop_outs],
    )


def band_rows(
    *, figures: Figures, counts: Mapping[Any, Mapping[str, int]], bands: Sequence[str]
) -> list[tuple[str, list[str]]]:
    """The stages by band, but those that show figures only: nobody there has a score."""
    names, stages = (*bands, ""), [one.stage for one in figures.stages if not one.stage.figures_only]
    return [
        (stage.name, [_number(counts.get(stage.pk, {}).get(band, 0)) for band in names]) for stage in stages
    ]


def engaged_rows(*, figures: Figures, counts: Mapping[Any, int | None]) -> list[tuple[JourneyStage, str]]:
    """How many did something lately, of the stages that show figures only."""
    stages = [one.stage for one in figures.stages if one.stage.figures_only]
    return [(stage, _number(counts.get(stage.pk, 0), KEPT_BACK)) for stage in stages]


def lines_of(table: JourneyTable) -> list[Sequence[str]]:
    """The stages as lines of a file."""
    head = (
        *(gettext("stage"), gettext("people now"), gettext("people aimed at"), gettext("arrived")),
        *(gettext("moved on"), gettext("dropped out"), gettext("conversion (%)"), gettext("aimed at (%)")),
        *(gettext("days, half of them"), gettext("days, nine in ten"), gettext("days aimed at")),
        *(str(name) for name in table.ages),
    )
    return [head, *(_line(row) for row in table.rows)]


def age_names() -> list[StrPromise | str]:
    """The steps of standing in a stage, in words."""
    first = gettext("less than %(days)s days") % {"days": AGES[0]}
    between = [
        gettext("%(days)s to %(more)s days") % {"days": low, "more": high} for low, high in pairwise(AGES)
    ]
    return [first, *between, gettext("%(days)s days or more") % {"days": AGES[-1]}]


def _row(one: StageFigures) -> StageRow:
    stage, conversion = one.stage, one.conversion
    few = KEPT_BACK if stage.figures_only else NOT_TOLD
    return StageRow(
        figures=one,
        people=_aimed(_number(one.people), one.people, stage.target_people, at_most=False),
        arrived=_number(one.arrived, few),
        moved_on=_number(one.moved_on, few),
        dropped=_number(one.dropped, few),
        conversion=_aimed(_percent(conversion), conversion, stage.target_conversion, at_most=False),
        median_days=_aimed(_days(one.median_days), one.median_days, stage.target_days, at_most=True),
        slow_days=_days(one.slow_days),
        ages=[_number(number, few) for number in one.ages or (None,) * (len(AGES) + 1)],
    )


def _line(row: StageRow) -> Sequence[str]:
    stage, one = row.figures.stage, row.figures
    plain = [one.people, stage.target_people, one.arrived, one.moved_on, one.dropped, one.conversion]
    days = [one.median_days, one.slow_days]
    return (
        stage.name,
        *("" if number is None else str(number) for number in (*plain, stage.target_conversion)),
        *("" if number is None else f"{number:.1f}" for number in days),
        "" if stage.target_days is None else str(stage.target_days),
        *("" if number is None else str(number) for number in one.ages or (None,) * (len(AGES) + 1)),
    )


def _aimed(shown: str, number: float | None, target: int | None, *, at_most: bool) -> Aimed:
    if target is None or number is None:
        return Aimed(shown=shown, target="" if target is None else str(target))
    reached = number <= target if at_most else number >= target
    return Aimed(shown=shown, target=number_format(target), look=ON_TARGET if reached else BEHIND)


def _number(number: int | None, kept_back: StrPromise | str = NOT_TOLD) -> str:
    return str(kept_back) if number is None else number_format(number, force_grouping=True)


def _percent(number: int | None) -> str:
    return "-" if number is None else f"{number}%"


def _days(number: float | None) -> str:
    if number is None:
        return "-"
    shown = number_format(round(number, 1), decimal_pos=1)
    return ngettext("%(days)s day", "%(days)s days", 2 if number != 1 else 1) % {"days": shown}


def _why(one: DropOut) -> str:
    outcome = str(JourneyMember.Outcome(one.outcome).label)
    if one.how in (JourneyMove.How.STOPPED, JourneyMove.How.ENDED):
        return outcome
    return f"{outcome}: {JourneyMove.How(one.how).label}"
