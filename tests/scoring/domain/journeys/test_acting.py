import datetime

import pytest
from django.core import mail
from django.utils import translation

from consent.models import Channel, ConsentRecord
from consent.tasks import deliver_outbox
from scoring.domain.campaigns import sending
from scoring.domain.campaigns.audience import keep_in_audience, members
from scoring.domain.campaigns.running import find_faults
from scoring.domain.journeys import running as journeys_running
from scoring.domain.journeys.acting import act_for_some
from scoring.models import (
    Campaign,
    CampaignRecipient,
    ColleagueTask,
    Journey,
    JourneyAction,
    JourneyMember,
    ScoreRule,
    SegmentMember,
)
from tests import make
from tests.scoring import make_journeys as journeys
from tests.scoring import make_scores as scores
from tests.scoring.domain.campaigns import scene as campaigns
from tests.scoring.domain.house import House, permit, processing
from tests.scoring.domain.journeys.scene import DAY, MINUTE, NOW, Way, begin, stands, turn, way
from tests.scoring.make import behaviour

pytestmark = pytest.mark.django_db
What = JourneyAction.What
SECOND = datetime.timedelta(seconds=1)


def test_task_and_segments_are_done_once_on_their_day() -> None:
    found = way()
    segment = scores.segment(legal_entity=found.house.entity, code="bellen")
    out = scores.segment(legal_entity=found.house.entity, code="koud")
    alice = found.person()
    SegmentMember.objects.create(segment=out, contact=alice, since_at=NOW)
    journeys.rule(journey=found.journey, to_stage=found.looks, segment=out)
    journeys.action(stage=found.looks, what=What.PUT_IN, segment=segment)
    journeys.action(stage=found.looks, what=What.TASK, after_days=2, words="Bel op", due_days=3)
    journeys.action(stage=found.looks, what=What.TAKE_OUT, after_days=2, segment=out)
    begin(found)

    turn(NOW)
    arrived = (done(segment), tasks(), done(out))
    turn(NOW + 2 * DAY - SECOND)
    early = tasks()
    turn(NOW + 2 * DAY)
    turn(NOW + 2 * DAY + MINUTE)
    turn(NOW + 9 * DAY)

    assert arrived == (1, [], 1)
    assert early == []
    assert (done(segment), done(out)) == (1, 0)
    assert tasks() == [("Bel op", NOW + 2 * DAY, NOW + 5 * DAY)]
    assert JourneyMember.objects.get().act_at is None


def test_nothing_is_done_for_who_may_not_be_followed_any_more() -> None:
    found = way()
    Journey.objects.update(rests_on="CONSENT")
    found.journey.refresh_from_db()
    journeys.action(stage=found.looks, what=What.TASK, after_days=2, words="Bel op")
    alice, bob = found.person(), found.person("Bob")
    begin(found)
    for person in (alice, bob):
        permit(contact=person, entity=found.house.entity, purpose=found.house.profiling)
        member = journeys.member(stage=found.looks, contact=person, entered_at=NOW - 2 * DAY)
        JourneyMember.objects.filter(pk=member.pk).update(act_at=NOW)
    ConsentRecord.objects.filter(contact=alice).update(valid_until=NOW)

    act_for_some(journey=found.journey, at=NOW)

    assert [task.contact for task in ColleagueTask.objects.all()] == [bob]
    assert (stands(alice), stands(bob)) == ("STOPPED", "looks")


def done(segment: object) -> int:
    return SegmentMember.objects.filter(segment=segment).count()  # type: ignore[misc]


def tasks() -> list[tuple[str, datetime.datetime, datetime.datetime | None]]:
    return list(ColleagueTask.objects.order_by("pk").values_list("words", "given_at", "due_at"))


def shop_way() -> Way:
    """A shop that people permitted to mail them, with a journey beside it."""
    entity = campaigns.shop()
    house = House(
        entity=entity,
        sister=entity,
        profiling=processing("profiling", entity),
        measuring=processing("behaviour", entity),
    )
    journey = journeys.journey(legal_entity=entity, purpose=house.profiling)
    stages = [
        journeys.stage(journey=journey, position=place, code=code, name=code)
        for place, code in enumerate(("looks", "considers", "buys"))
    ]
    looks, considers, buys = stages
    return Way(
        house=house,
        journey=journey,
        looks=looks,
        considers=considers,
        buys=buys,
        mark=campaigns.marketer(entity),
    )


def message(found: Way) -> Campaign:
    made = campaigns.campaign(found.house.entity, code="welkom")
    made.begins = Campaign.Begins.JOURNEY
    made.save(update_fields=["begins"])
    return campaigns.start(made, found.house.entity)


@pytest.mark.django_db(transaction=True)
def test_a_stage_sends_its_message_once_to_whom_may_be_reached() -> None:
    found = shop_way()
    sent = message(found)
    reader, twin = (campaigns.reader(found.house.entity, name) for name in ("Reader", "Twin"))
    journeys.rule(journey=found.journey, to_stage=found.looks, looks_at=ScoreRule.LooksAt.PAGE_VISIT)
    journeys.action(stage=found.looks, what=What.MESSAGE, campaign=sent)
    for point in (reader, twin):
        behaviour(contact=point.contact, legal_entity=found.house.entity)
    begin(found)

    turn(NOW)
    waiting = set(CampaignRecipient.objects.values_list("contact", "state"))
    campaigns.withdraw(twin, found.house.entity, NOW)
    for at in (NOW, NOW + MINUTE, NOW + DAY):
        turn(at)
        campaigns.work_off(at)
        deliver_outbox()
        sending.work_once(now=at)

    assert waiting == {(reader.contact_id, "WAITING"), (twin.contact_id, "WAITING")}
    assert [one.to for one in mail.outbox] == [["reader@example.org"]]
    assert campaigns.states(sent) == {"Reader": "SENT", "Twin": "DENIED"}
    sent.refresh_from_db()
    assert sent.state == Campaign.State.RUNNING


@pytest.mark.django_db(transaction=True)
def test_who_left_the_journey_before_the_message_went_gets_none() -> None:
    found = shop_way()
    sent = message(found)
    reader = campaigns.reader(found.house.entity, "Reader")
    journeys.rule(journey=found.journey, to_stage=found.looks, looks_at=ScoreRule.LooksAt.PAGE_VISIT)
    journeys.rule(journey=found.journey, from_stage=found.looks, looks_at=ScoreRule.LooksAt.PURCHASE)
    journeys.action(stage=found.looks, what=What.MESSAGE, campaign=sent)
    behaviour(contact=reader.contact, legal_entity=found.house.entity)
    begin(found)
    turn(NOW)
    behaviour(
        contact=reader.contact,
        legal_entity=found.house.entity,
        kind=ScoreRule.LooksAt.PURCHASE,  # type: ignore[arg-type]
    )

    turn(NOW + MINUTE)
    campaigns.work_off(NOW + MINUTE)

    row = CampaignRecipient.objects.get()
    assert (stands(reader.contact), row.state, row.code) == ("GOAL", "DENIED", "LEFT_AUDIENCE")


def test_who_went_on_to_another_stage_gets_the_message_of_the_one_before_no_more() -> None:
    found = shop_way()
    sent = message(found)
    reader = campaigns.reader(found.house.entity, "Reader")
    journeys.action(stage=found.looks, what=What.MESSAGE, campaign=sent)
    CampaignRecipient.objects.create(campaign=sent, contact=reader.contact, added_at=NOW, due_at=NOW)
    journeys.member(stage=found.considers, contact=reader.contact)

    campaigns.work_off(NOW)

    row = CampaignRecipient.objects.get()
    assert (row.state, row.code) == ("DENIED", "LEFT_AUDIENCE")


def test_a_message_asks_the_gate_of_the_journey_when_it_goes() -> None:
    found = shop_way()
    Journey.objects.update(rests_on="CONSENT")
    sent = message(found)
    journeys.action(stage=found.looks, what=What.MESSAGE, campaign=sent)
    followed, other = (campaigns.reader(found.house.entity, name) for name in ("Followed", "Other"))
    permit(contact=followed.contact, entity=found.house.entity, purpose=found.house.profiling)
    for reader in (followed, other):
        journeys.member(stage=found.looks, contact=reader.contact)

    keys = [followed.contact_id, other.contact_id]
    assert keep_in_audience(campaign=sent, contact_ids=keys, at=NOW) == {followed.contact_id}


@pytest.mark.django_db(transaction=True)
def test_while_a_journey_is_paused_its_messages_wait() -> None:
    found = shop_way()
    sent = message(found)
    handed, waiting = (campaigns.reader(found.house.entity, name) for name in ("Handed", "Waiting"))
    journeys.rule(journey=found.journey, to_stage=found.looks, looks_at=ScoreRule.LooksAt.PAGE_VISIT)
    journeys.action(stage=found.looks, what=What.MESSAGE, campaign=sent)
    begin(found)
    for reader in (handed, waiting):
        journeys.member(stage=found.looks, contact=reader.contact)
        CampaignRecipient.objects.create(campaign=sent, contact=reader.contact, added_at=NOW, due_at=NOW)
    CampaignRecipient.objects.filter(contact=waiting.contact).update(due_at=NOW + MINUTE)
    campaigns.work_off(NOW)
    before = campaigns.states(sent)
    journeys_running.pause_journey(journey=found.journey)

    for at in (NOW, NOW + MINUTE):
        deliver_outbox()
        campaigns.work_off(at)
    paused = (len(mail.outbox), campaigns.states(sent))
    Journey.objects.update(state=Journey.State.RUNNING)
    campaigns.work_off(NOW + MINUTE)
    deliver_outbox()

    assert before == {"Handed": "HANDED_OVER", "Waiting": "WAITING"}
    assert paused == (0, {"Handed": "WAITING", "Waiting": "WAITING"})
    assert len(mail.outbox) == 2


def test_a_campaign_of_a_stage_is_for_whom_is_in_it() -> None:
    found = shop_way()
    inside, beside, gone = (campaigns.reader(found.house.entity, name) for name in ("In", "Beside", "Gone"))
    journeys.member(stage=found.looks, contact=inside.contact)
    journeys.member(stage=found.considers, contact=beside.contact)
    made = campaigns.campaign(found.house.entity, channel=Channel.EMAIL)
    made.journey_stage = found.looks
    made.save(update_fields=["journey_stage"])

    assert gone.contact not in members(campaign=made)
    assert list(members(campaign=made)) == [inside.contact]


def test_a_stage_of_another_legal_entity_keeps_a_campaign_from_starting() -> None:
    found, other = shop_way(), make.organisation(code="ander", name="Ander")
    stranger = make.legal_entity(organisation=other, code="ander-bv", name="Ander B.V.")
    purpose = make.purpose(organisation=other, code="elders")
    stage = journeys.stage(journey=journeys.journey(legal_entity=stranger, purpose=purpose))
    made = campaigns.campaign(found.house.entity)
    made.journey_stage = stage
    made.save(update_fields=["journey_stage"])

    with translation.override("en"):
        faults = [str(fault) for fault in find_faults(campaign=made, at=NOW)]

    assert faults == ["The stage belongs to a journey of another legal entity."]
