"""What stands on the page that tries a version: steps of points with their bars, and moves between bands."""

from dataclasses import dataclass

from django.utils.translation import gettext

from consent.admin.bars import Bar, bars_of
from scoring.domain.scores.trying import Step, Tried
from scoring.models import Band, ScoreModelVersion

BEFORE, AFTER = "ended", "allowed"


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One step of points in words, with how many people stand on it now and with this version."""

    label: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The steps as rows, and as bars before and after."""

    rows: list[StepRow]
    before: list[Bar]
    after: list[Bar]


def steps_of(tried: Tried) -> Steps:
    rows = [StepRow(label=_label(step), before=step.before, after=step.after) for step in tried.steps]
    most = max([max(row.before, row.after) for row in rows], default=0)
    return Steps(
        rows=rows, before=_bars(rows, "before", BEFORE, most), after=_bars(rows, "after", AFTER, most)
    )


def moves_of(tried: Tried, version: ScoreModelVersion) -> list[tuple[str, str, int]]:
    """Who goes from which band to which, by the names people know them by; first those who change."""
    known = Band.objects.filter(version__model=version.model_id).order_by("version__number")
    names = {**dict(known.values_list("code", "name")), "": gettext("no band")}
    moves = sorted(tried.moves, key=lambda move: (move.before == move.after, -move.people))
    return [(names[move.before], names[move.after], move.people) for move in moves]


def _bars(rows: list[StepRow], side: str, colour: str, most: int) -> list[Bar]:
    """Both charts on one scale, so that they can be held beside each other."""
    scaled = bars_of([*((row.label, getattr(row, side), colour) for row in rows), ("", most, colour)])
    return scaled[:-1]


def _label(step: Step) -> str:
    if step.lowest is None and step.highest is None:
        return gettext("No score")
    if step.lowest is None:
        return gettext("Less than 0 points")
    if step.highest is None:
        return gettext("%(number)s points or more") % {"number": step.lowest}
    return gettext("%(number)s points, less than %(highest)s") % {
        "number": step.lowest,
        "highest": step.highest,
    }
