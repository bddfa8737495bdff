"""What stands on the page that tries a version: steps of points with their bars, and moves between bands."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from consent.admin.badge import job_look
from consent.admin.bars import Bar, bars_of
from consent.models import Job
from scoring.domain.rules.wording import tell_rule
from scoring.domain.scores import trials
from scoring.domain.scores.trying import Met, Step, Tried, read_met, read_tried
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


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What was counted of a version, or the job that counts it; neither where nobody asked for it yet."""

    job: Job | None = None
    met: Sequence[Met] = ()
    tried: Tried | None = None

    @property
    def odd(self) -> list[Met]:
        return [one for one in self.met if one.is_met_by_nobody or one.is_met_by_everybody]


def trial_of(version: ScoreModelVersion, now: datetime.datetime) -> Trial:
    """Counts a few people at once; very many are counted by workers."""
    counts, job = trials.try_at_once(version=version, now=now), None
    if counts is None:
        job = trials.find_trial(version=version, now=now)
        if job is None or job.state != Job.State.DONE:
            return Trial(job=job)
        counts = trials.counted_by(job=job)
    return Trial(job=job, met=read_met(version=version, counts=counts), tried=read_tried(counts=counts))


def trial_shown(trial: Trial, version: ScoreModelVersion) -> dict[str, Any]:
    job, tried = trial.job, trial.tried
    about_job = {"count": job, "state": job_look(job.state)} if job else {"too_many": tried is None}
    shown = {**about_job, "said": "count", "table": tried}
    if tried is None:
        return shown
    return shown | {
        "met": [(one, tell_rule(rule=one.rule)) for one in trial.met],
        "odd": trial.odd,
        "tried": tried,
        "steps": steps_of(tried),
        "moves": moves_of(tried, version),
    }


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
