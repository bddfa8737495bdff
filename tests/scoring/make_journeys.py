"""Journeys to test with; scores and segments stand in `tests/scoring/make_scores.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from consent.models import Purpose
from customers.models import Contact, Department, LegalEntity, StaffMember
from scoring.models import (
    Campaign,
    ColleagueTask,
    Journey,
    JourneyAction,
    JourneyMember,
    JourneyMove,
    JourneyRule,
    JourneyStage,
    ScoreModel,
    ScoreRule,
    Segment,
)
from tests.make import LONG_AGO, NOW

Ground = ScoreModel.Ground


def journey(
    *,
    legal_entity: LegalEntity,
    purpose: Purpose,
    code: str = "welkom",
    name: str = "Welkom",
    kind: Journey.Kind = Journey.Kind.GENERAL,
    rests_on: ScoreModel.Ground = Ground.LEGITIMATE_INTEREST,
    again_after_days: int | None = None,
    created_at: datetime = LONG_AGO,
) -> Journey:
    return Journey.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        purpose=purpose,
        code=code,
        name=name,
        kind=kind,
        rests_on=rests_on,
        again_after_days=again_after_days,
        created_at=created_at,
    )


def stage(
    *,
    journey: Journey,
    position: int = 0,
    code: str = "kijkt",
    name: str = "Kijkt rond",
    figures_only: bool = False,
) -> JourneyStage:
    return JourneyStage.objects.create(
        journey=journey, position=position, code=code, name=name, figures_only=figures_only
    )


def rule(
    *,
    journey: Journey,
    from_stage: JourneyStage | None = None,
    to_stage: JourneyStage | None = None,
    position: int = 0,
    after_days: int = 0,
    segment: Segment | None = None,
    reaches: tuple[ScoreModel, int] | None = None,
    falls: tuple[ScoreModel, int] | None = None,
    looks_at: ScoreRule.LooksAt | str = "",
    within_days: int | None = None,
    times: int = 1,
    conditions: Sequence[Mapping[str, Any]] = (),
    outcome: str = "",
) -> JourneyRule:
    kind = "ENTER" if from_stage is None else "ADVANCE" if to_stage else "EXIT"
    score_model, points = reaches or falls or (None, None)
    return JourneyRule.objects.create(
        journey=journey,
        kind=kind,
        from_stage=from_stage,
        to_stage=to_stage,
        position=position,
        after_days=after_days,
        segment=segment,
        score_model=score_model,
        points=points,
        comparison="REACHES" if reaches else "FALLS" if falls else "",
        looks_at=looks_at,
        within_days=within_days,
        times=times,
        conditions=list(conditions),
        outcome=outcome or ("GOAL" if kind == "EXIT" else ""),
    )


def action(
    *,
    stage: JourneyStage,
    what: JourneyAction.What,
    after_days: int = 0,
    campaign: Campaign | None = None,
    segment: Segment | None = None,
    words: str = "",
    due_days: int | None = None,
    department: Department | None = None,
    staff: StaffMember | None = None,
) -> JourneyAction:
    return JourneyAction.objects.create(
        stage=stage,
        what=what,
        after_days=after_days,
        campaign=campaign,
        segment=segment,
        words=words,
        due_days=due_days,
        department=department,
        staff=staff,
    )


def member(
    *,
    stage: JourneyStage,
    contact: Contact,
    source: JourneyMember.Source = JourneyMember.Source.RULE,
    entered_at: datetime = NOW,
    stage_since: datetime | None = None,
) -> JourneyMember:
    return JourneyMember.objects.create(
        journey=stage.journey,
        contact=contact,
        stage=stage,
        source=source,
        entered_at=entered_at,
        stage_since=stage_since or entered_at,
    )


def move(*, member: JourneyMember, reason: str = "") -> JourneyMove:
    return JourneyMove.objects.create(
        member=member,
        journey=member.journey,
        to_stage=member.stage,
        moved_at=member.entered_at,
        recorded_at=member.entered_at,
        how=JourneyMove.How.RULE,
        reason=reason,
    )


def task(*, member: JourneyMember, words: str = "Terugbellen") -> ColleagueTask:
    return ColleagueTask.objects.create(
        organisation=member.journey.organisation,
        legal_entity=member.journey.legal_entity,
        contact=member.contact,
        member=member,
        words=words,
        given_at=member.entered_at,
    )
