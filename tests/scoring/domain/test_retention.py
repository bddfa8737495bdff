from datetime import timedelta

import pytest

from consent.domain.retention.applying import apply_retention
from scoring.domain.campaigns.results import read_results
from scoring.models import (
    BehaviourEvent,
    Campaign,
    CampaignRecipient,
    ColleagueTask,
    Journey,
    JourneyMember,
    JourneyMove,
)
from tests import make
from tests.scoring import make as scoring
from tests.scoring import make_journeys as journeys
from tests.scoring.domain.campaigns import scene

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


def test_who_got_a_campaign_goes_two_years_after_its_end_and_the_numbers_stay() -> None:
    entity = scene.shop()
    alice, bob = scene.reader(entity, "Alice"), scene.reader(entity, "Bob")
    old, young, running = (scene.started(entity, code=code) for code in ("old", "young", "running"))
    for _turn in range(3):  # one message at a time on one permission
        scene.work_off()
        CampaignRecipient.objects.filter(contact=alice.contact).update(
            state="SENT", due_at=scene.NOW, handed_at=scene.NOW
        )
    CampaignRecipient.objects.filter(contact=bob.contact).update(state="DENIED", code="D_WITHDRAWN")
    scene.withdraw(alice, entity, scene.NOW + timedelta(days=1))
    term = timedelta(days=2 * 366)
    for campaign, ended_at in ((old, make.NOW - term), (young, make.NOW - term + timedelta(seconds=1))):
        Campaign.objects.filter(pk=campaign.pk).update(state="ENDED", ended_at=ended_at)
    Campaign.objects.filter(pk=running.pk).update(state="RUNNING", ended_at=None)
    Campaign.objects.filter(pk=old.pk).update(counts=Campaign.Counts.BUTTON)
    old.refresh_from_db()
    scoring.behaviour(
        contact=alice.contact,
        legal_entity=entity,
        kind=BehaviourEvent.Kind.LINK_FOLLOWED,
        via=BehaviourEvent.Via.PAGE,
        source="old",
        occurred_at=make.NOW,
    )
    before = read_results(campaign=old)

    gone = [tuple(one) for one in apply_retention(now=make.NOW) if one.what == "RECIPIENTS"]

    old.refresh_from_db()
    assert gone == [("RECIPIENTS", 2)]
    assert (before.sent, before.denials, before.withdrawn) == (1, {"D_WITHDRAWN": 1}, 1)
    assert before.followed == 1
    assert read_results(campaign=old) == before
    assert sorted(CampaignRecipient.objects.values_list("campaign__code", flat=True)) == [
        "running",
        "running",
        "young",
        "young",
    ]


def test_passages_go_two_years_after_somebody_left_with_their_steps_and_tasks() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation)
    way = journeys.journey(legal_entity=entity, purpose=purpose, again_after_days=30)
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


def test_passages_of_a_journey_that_goes_on_stay_while_they_keep_people_from_coming_back() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation)
    long_ago = make.NOW - timedelta(days=2 * 366)
    person = make.contact(organisation=entity.organisation, created_at=make.NOW)
    for code, days in (("never", None), ("later", 1000), ("soon", 30), ("over", None)):
        way = journeys.journey(legal_entity=entity, purpose=purpose, code=code, again_after_days=days)
        member = journeys.member(stage=journeys.stage(journey=way), contact=person, entered_at=long_ago)
        member.stage, member.left_at, member.outcome = None, long_ago, "GOAL"
        member.save(update_fields=["stage", "left_at", "outcome"])
    Journey.objects.filter(code="over").update(state="ENDED", started_at=long_ago, ended_at=long_ago)

    list(apply_retention(now=make.NOW))

    kept = JourneyMember.objects.values_list("journey__code", flat=True)
    assert sorted(kept) == ["later", "never"]
