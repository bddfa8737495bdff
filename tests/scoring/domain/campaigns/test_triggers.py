"""A score or a segment says whose turn it is, and the rules say whether they may be reached."""

import datetime
from decimal import Decimal

import pytest

from consent.domain import withdrawals
from consent.models import Channel, OutboxMessage, Purpose
from customers.models import Contact, ContactPoint, LegalEntity
from scoring.domain.campaigns import audience, dry_run, gathering, sending
from scoring.models import Campaign, CampaignRecipient, Score, ScoreModel, SegmentMember
from tests import make
from tests.scoring import make_scores
from tests.scoring.domain.campaigns.scene import (
    BY_LINK,
    NOW,
    campaign,
    reader,
    shop,
    start,
    states,
    withdraw,
    work_off,
)

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)
Begins = Campaign.Begins


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def model(entity: LegalEntity) -> ScoreModel:
    make.purpose(
        organisation=entity.organisation, legal_entities=[entity], code="profiling", channels=[Channel.NONE]
    )
    return make_scores.score_model(legal_entity=entity)


def score(model: ScoreModel, point: ContactPoint, points: int) -> None:
    Score.objects.update_or_create(
        model=model, contact=point.contact, defaults={"points": Decimal(points), "changed_at": NOW}
    )


def waiting_for(entity: LegalEntity, model: ScoreModel, begins: Campaign.Begins, points: int) -> Campaign:
    return start(campaign(entity, waits=(begins, model, points)), entity)


def mailed() -> list[str]:
    return sorted(OutboxMessage.objects.values_list("contact_point__value", flat=True))


def test_reaching_the_score_sends_once_and_not_to_the_twin_who_withdrew_a_second_earlier(
    entity: LegalEntity, model: ScoreModel
) -> None:
    alice, twin = reader(entity, "Alice"), reader(entity, "Twin")
    begun = waiting_for(entity, model, Begins.REACHES, 50)
    for point in (alice, twin):
        score(model, point, 49)
    work_off()
    before = mailed()

    withdraw(twin, entity, NOW)
    for point in (alice, twin):
        score(model, point, 50)
    work_off(NOW + SECOND)
    for point in (alice, twin):
        score(model, point, 40)
    work_off(NOW + 2 * SECOND)
    for point in (alice, twin):
        score(model, point, 90)
    work_off(NOW + 3 * SECOND)

    assert (before, mailed()) == ([], ["alice@example.org"])
    assert states(begun) == {"Alice": "HANDED_OVER", "Twin": "DENIED"}
    assert CampaignRecipient.objects.get(contact=twin.contact).code == "D_WITHDRAWN"


def test_falling_score_sends_once_and_only_to_who_stood_above(entity: LegalEntity, model: ScoreModel) -> None:
    alice, bob = reader(entity, "Alice"), reader(entity, "Bob")
    score(model, alice, 60)
    score(model, bob, 5)
    begun = waiting_for(entity, model, Begins.FALLS, 20)
    work_off()
    watched = states(begun)

    score(model, alice, 20)
    score(model, bob, 4)
    work_off(NOW + SECOND)

    assert (watched, mailed()) == ({"Alice": "WATCHED"}, ["alice@example.org"])


def test_score_that_falls_to_nothing_sends_once(entity: LegalEntity, model: ScoreModel) -> None:
    alice = reader(entity, "Alice")
    score(model, alice, 60)
    begun = waiting_for(entity, model, Begins.FALLS, 20)
    work_off()

    Score.objects.all().delete()
    work_off(NOW + SECOND)
    score(model, alice, 60)
    work_off(NOW + 2 * SECOND)
    Score.objects.all().delete()
    work_off(NOW + 3 * SECOND)

    assert (states(begun), mailed()) == ({"Alice": "HANDED_OVER"}, ["alice@example.org"])


def test_score_that_is_gone_does_not_stand_below_less_than_nothing(
    entity: LegalEntity, model: ScoreModel
) -> None:
    alice = reader(entity, "Alice")
    score(model, alice, 60)
    begun = waiting_for(entity, model, Begins.FALLS, -10)
    work_off()

    Score.objects.all().delete()
    work_off(NOW + SECOND)

    assert (states(begun), mailed()) == ({}, [])


def test_who_lost_their_score_by_objecting_did_not_fall(entity: LegalEntity, model: ScoreModel) -> None:
    alice, bob = reader(entity, "Alice"), reader(entity, "Bob")
    for point in (alice, bob):
        score(model, point, 60)
    begun = waiting_for(entity, model, Begins.FALLS, 20)
    work_off()

    profiling = Purpose.objects.get(code="profiling")
    scope = withdrawals.Scope(legal_entity_id=entity.pk, purpose_id=profiling.pk)
    withdrawals.object_to(contact=alice.contact, scope=scope, how=BY_LINK, occurred_at=NOW)
    scored = set(Score.objects.values_list("contact__given_name", flat=True))
    work_off(NOW + SECOND)

    assert (scored, states(begun), mailed()) == ({"Bob"}, {"Bob": "WATCHED"}, [])


def test_who_objects_between_the_fall_and_the_message_gets_nothing(
    entity: LegalEntity, model: ScoreModel
) -> None:
    alice = reader(entity, "Alice")
    score(model, alice, 60)
    begun = waiting_for(entity, model, Begins.FALLS, 20)
    work_off()
    Score.objects.all().delete()
    gathering.gather(campaign=begun, at=NOW + SECOND)

    profiling = Purpose.objects.get(code="profiling")
    scope = withdrawals.Scope(legal_entity_id=entity.pk, purpose_id=profiling.pk)
    withdrawals.object_to(contact=alice.contact, scope=scope, how=BY_LINK, occurred_at=NOW + SECOND)
    work_off(NOW + 2 * SECOND)

    assert (states(begun), mailed()) == ({"Alice": "DENIED"}, [])


def test_who_objects_to_profiling_between_trigger_and_message_gets_nothing(
    entity: LegalEntity, model: ScoreModel
) -> None:
    alice = reader(entity, "Alice")
    score(model, alice, 60)
    begun = waiting_for(entity, model, Begins.REACHES, 50)
    gathering.gather(campaign=begun, at=NOW)

    Score.objects.all().delete()
    sending.hand_over(campaign=begun, at=NOW + SECOND)

    assert (states(begun), mailed()) == ({"Alice": "DENIED"}, [])
    assert CampaignRecipient.objects.get().code == "LEFT_AUDIENCE"


def test_campaign_that_waits_for_a_score_goes_on_until_it_is_ended(
    entity: LegalEntity, model: ScoreModel
) -> None:
    begun = waiting_for(entity, model, Begins.REACHES, 50)

    work_off()

    begun.refresh_from_db()
    assert begun.state == "RUNNING"


def test_only_people_in_the_segment_get_it(entity: LegalEntity) -> None:
    alice, _bob = reader(entity, "Alice"), reader(entity, "Bob")
    segment = make_scores.segment(legal_entity=entity)
    SegmentMember.objects.create(segment=segment, contact=alice.contact, since_at=NOW)
    start(campaign(entity, segment=segment), entity)

    work_off()

    assert mailed() == ["alice@example.org"]


def test_segment_of_a_band_is_whoever_is_in_the_band_now(entity: LegalEntity, model: ScoreModel) -> None:
    alice, bob = reader(entity, "Alice"), reader(entity, "Bob")
    version = make_scores.score_version(model=model)
    warm = make_scores.band(version=version, from_points=10, code="warm", name="Warm")
    for point in (alice, bob):
        score(model, point, 20)
    Score.objects.filter(contact=alice.contact).update(band=warm)
    segment = make_scores.segment(legal_entity=entity, model=model, band_code="warm")
    start(campaign(entity, segment=segment), entity)

    work_off()

    assert mailed() == ["alice@example.org"]


def test_dry_run_counts_only_whom_it_is_for(entity: LegalEntity, model: ScoreModel) -> None:
    alice, bob = reader(entity, "Alice"), reader(entity, "Bob")
    score(model, alice, 60)
    score(model, bob, 10)
    draft = campaign(entity, waits=(Begins.REACHES, model, 50))

    part = dry_run.count_part(campaign=draft, after=None, at=NOW)

    assert (part.counts, part.is_last) == ({"A_CONSENT": 1}, True)


def test_dry_run_counts_what_looking_at_each_of_them_says(entity: LegalEntity) -> None:
    alice, bob, carol = (reader(entity, name) for name in ("Alice", "Bob", "Carol"))
    withdraw(bob, entity, NOW - SECOND)
    nobody = make.contact(organisation=entity.organisation)
    make.email_point(contact=carol.contact, text="carol@old.example.org")
    make.email_point(contact=bob.contact, text="bob@old.example.org")
    draft, people = campaign(entity), [alice.contact_id, bob.contact_id, carol.contact_id, nobody.pk]

    counted = audience.count(campaign=draft, people=Contact.objects.filter(pk__in=people), at=NOW)

    looked = audience.look(campaign=draft, contact_ids=people, at=NOW)
    assert (counted.counts["A_CONSENT"], counted.counts["NO_ADDRESS"], counted.people) == (2, 1, 4)
    assert counted.counts == audience.count_outcomes(candidates=looked)


def test_dry_run_says_the_same_in_however_many_parts(
    entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Alice", "Bob", "Carol", "Dave"):
        reader(entity, name)
    draft = campaign(entity)
    whole = dry_run.count_part(campaign=draft, after=None, at=NOW)
    monkeypatch.setattr(dry_run, "AT_ONCE", 2)

    first = dry_run.count_part(campaign=draft, after=None, at=NOW)
    second = dry_run.count_part(campaign=draft, after=first.after, at=NOW)

    assert (whole.counts, whole.is_last) == ({"A_CONSENT": 4}, True)
    assert (first.counts, first.is_last, second.counts, second.is_last) == (
        {"A_CONSENT": 2},
        False,
        {"A_CONSENT": 2},
        True,
    )


@pytest.mark.parametrize("points", [-5, 0, 1, 2, 3, 29, 30, 31, 10_000, 20_000])
def test_scores_found_by_their_step_are_those_with_the_points(
    entity: LegalEntity, model: ScoreModel, points: int
) -> None:
    for name, number in (("Alice", points - 1), ("Bob", points), ("Carol", points + 1)):
        score(model, reader(entity, name), number)

    reached = Score.objects.at_least(points).order_by("points")
    beyond = Score.objects.above(points)

    assert [one.points for one in reached] == [points, points + 1]
    assert [one.points for one in beyond] == [points + 1]


def test_score_that_came_back_after_an_objection_sends_nothing(
    entity: LegalEntity, model: ScoreModel
) -> None:
    alice, bob, carol = (reader(entity, name) for name in ("Alice", "Bob", "Carol"))
    for point in (alice, bob, carol):
        score(model, point, 50)
    begun = waiting_for(entity, model, Begins.REACHES, 50)
    gathering.gather(campaign=begun, at=NOW)

    object_to_profiling(bob, entity)
    score(model, bob, 50)
    sending.hand_over(campaign=begun, at=NOW + SECOND)
    object_to_profiling(carol, entity)
    score(model, carol, 50)
    message = OutboxMessage.objects.get(contact_point=carol)
    goes = sending.may_still_go(message, NOW + SECOND)

    assert not goes
    assert states(begun) == {"Alice": "HANDED_OVER", "Bob": "DENIED", "Carol": "DENIED"}


def test_model_of_another_legal_entity_puts_nobody_in_a_segment(entity: LegalEntity) -> None:
    alice = reader(entity, "Alice")
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster N.V.")
    foreign = make_scores.score_model(legal_entity=sister)
    score(foreign, alice, 50)
    version = make_scores.score_version(model=foreign)
    Score.objects.update(band=make_scores.band(version=version))
    segment = make_scores.segment(legal_entity=entity, model=foreign, band_code="koud")

    start(campaign(entity, segment=segment), entity)
    work_off()

    assert mailed() == []


def object_to_profiling(point: ContactPoint, entity: LegalEntity) -> None:
    purpose = Purpose.objects.get(code="profiling")
    scope = withdrawals.Scope(legal_entity_id=entity.pk, purpose_id=purpose.pk, channel=Channel.NONE)
    withdrawals.object_to(contact=point.contact, scope=scope, how=BY_LINK, occurred_at=NOW)
