"""How a job application leads a candidate on: into the stage of hiring, on as an employee, or back."""

import datetime
import uuid
from collections.abc import Iterator
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from customers.models import Contact
from scoring.domain.journeys.acting import next_action_at
from scoring.domain.journeys.gate import keep_followed
from scoring.domain.journeys.stopping import stop_naming
from scoring.domain.talent_pool.hiring import let_hired_in
from scoring.models import (
    JobApplication,
    Journey,
    JourneyMember,
    JourneyMove,
    JourneyStage,
    TalentPool,
)

Outcome = JobApplication.Outcome
ENGAGE, HIRE, RETAIN = "engage", "hire", "retain"
# Where nobody put them, and since they came in no rule either.
CAME_BY_THEMSELVES: Final = Q(stage_since=F("entered_at")) & ~Q(
    source__in=[JourneyMember.Source.HAND, JourneyMember.Source.SIDE]
)


class Way(NamedTuple):
    """To which stage somebody goes, and who does so."""

    to_stage: str
    goes: Q


def lead_by_procedures(
    *, pool: TalentPool, journey: Journey, now: datetime.datetime, chunk: int
) -> Iterator[int]:
    """Move candidates on by what was told of their applications since they came into the stage they are in.

    Who was hired goes on as an employee, who applied to where people are hired, and who was rejected there or
    withdrew, back to where they are kept in touch with. What was told before somebody came into their stage
    counts no more: a colleague who moved them has the last word. But who came in applying is led on at once,
    and who was hired since they came in works here, until a colleague moves them out of there: also while the
    journey is paused, since employees are not scored. Yields how many moved in each chunk, which is one
    transaction.
    """
    stages = {stage.code: stage for stage in journey.stages.prefetch_related("actions")}
    is_running = journey.state == Journey.State.RUNNING
    for way in (one for one in _ways(pool) if is_running or one.to_stage == RETAIN):
        while way.to_stage in stages and (count := _move(journey, way, stages[way.to_stage], now, chunk)):
            yield count
    if RETAIN in stages:
        yield from let_hired_in(pool=pool, journey=journey, stage=stages[RETAIN], now=now, chunk=chunk)


def _ways(pool: TalentPool) -> list[Way]:
    applied = JobApplication.objects.filter(pool=pool, contact=OuterRef("contact"))
    running, ended = applied.filter(ended_at__isnull=True), applied.filter(ended_at__isnull=False)
    lately = Q(told_at__gte=OuterRef("stage_since"))
    in_hire = Q(stage__code=HIRE)
    applies = Q(Exists(running.filter(lately))) | CAME_BY_THEMSELVES & Q(Exists(running))
    return [
        Way(RETAIN, Q(Exists(_hired(applied)))),
        Way(HIRE, ~in_hire & applies),
        Way(ENGAGE, in_hire & Q(Exists(ended.filter(lately))) & ~Q(Exists(running))),
    ]


def _hired(applied: QuerySet[JobApplication]) -> QuerySet[JobApplication]:
    """However late it is told: an employee is scored until they are moved on."""
    moved_out = JourneyMove.objects.filter(
        member=OuterRef(OuterRef("pk")),
        how=JourneyMove.How.HAND,
        from_stage__figures_only=True,
        moved_at__gte=OuterRef("told_at"),
    )
    return applied.filter(~Exists(moved_out), outcome=Outcome.HIRED, ended_at__gte=OuterRef("entered_at"))


@transaction.atomic
def _move(journey: Journey, way: Way, to_stage: JourneyStage, now: datetime.datetime, chunk: int) -> int:
    inside = JourneyMember.objects.filter(way.goes, journey=journey, stage__figures_only=False)
    held = _hold(inside, chunk)
    followed = keep_followed(journey=journey, contact_ids=held, now=now)
    rows = inside.filter(contact__in=followed).select_for_update(of=("self",), no_key=True)
    members = list(rows.order_by("pk"))
    JourneyMove.objects.bulk_create([_step(member, to_stage, now) for member in members])
    moved = JourneyMember.objects.filter(pk__in=[member.pk for member in members])
    acting = next_action_at(actions=list(to_stage.actions.all()), since=now)
    moved.update(stage=to_stage, stage_since=now, act_at=acting)
    if to_stage.figures_only:
        stop_naming(members=members, journey=journey)
    return len(members)


def _hold(inside: QuerySet[JourneyMember], chunk: int) -> list[uuid.UUID]:
    """The people are held first, as everywhere."""
    keys = list(inside.order_by("pk").values_list("contact_id", flat=True)[:chunk])
    people = Contact.objects.filter(pk__in=keys).order_by("pk")
    return [one.pk for one in people.select_for_update(no_key=True, skip_locked=True, of=("self",))]


def _step(member: JourneyMember, to_stage: JourneyStage, now: datetime.datetime) -> JourneyMove:
    return JourneyMove(
        member=member,
        journey_id=member.journey_id,
        from_stage_id=member.stage_id,
        to_stage=to_stage,
        stage_since=member.stage_since,
        moved_at=now,
        recorded_at=now,
        how=JourneyMove.How.RULE,
    )
