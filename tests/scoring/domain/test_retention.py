from datetime import timedelta

import pytest

from consent.domain.retention.applying import apply_retention
from scoring.models import BehaviourEvent, ColleagueTask, JourneyMember, JourneyMove
from tests import make
from tests.scoring import make as scoring
from tests.scoring import make_journeys as journeys

pytestmark = pytest.mark.django_db


def test_behaviour_goes_two_years_after_it_was_done_whenever_it_was_told() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    alice = make.contact(organisation=entity.organisation, created_at=make.NOW)
    term = timedelta(days=2 * 366)
    for subject, occurred_at in (("old", make.NOW - term), ("young", make.NOW - term + timedelta(seconds=1))):
        scoring.behaviour(
            contact=alice,
            legal_entity=entity,
            subject=subject,
            occurred_at=occurred_at,
            recorded_at=make.NOW,
        )

    gone = [tuple(one) for one in apply_retention(now=make.NOW) if one.what == "BEHAVIOUR"]

    assert gone == [("BEHAVIOUR", 1)]
    assert [one.subject for one in BehaviourEvent.objects.all()] == ["young"]


def test_passages_go_two_years_after_somebody_left_with_their_steps_and_tasks() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation)
    way = journeys.journey(legal_entity=entity, purpose=purpose)
    stage = journeys.stage(journey=way)
    term = timedelta(days=2 * 366)
    kept = []
    for left_at in (make.NOW - term, make.NOW - term + timedelta(seconds=1), None):
        person = make.contact(organisation=entity.organisation, created_at=make.NOW)
        member = journeys.member(stage=stage, contact=person, entered_at=make.NOW - term * 2)
        journeys.move(member=member)
        journeys.task(member=member)
        if left_at:
            member.stage, member.left_at, member.outcome = None, left_at, "GOAL"
            member.save(update_fields=["stage", "left_at", "outcome"])
        kept.append(member)

    list(apply_retention(now=make.NOW))

    assert list(JourneyMember.objects.order_by("pk")) == kept[1:]
    assert set(JourneyMove.objects.values_list("member", flat=True)) == {one.pk for one in kept[1:]}
    assert ColleagueTask.objects.count() == 2
