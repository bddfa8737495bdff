from datetime import datetime, timedelta

import pytest

from consent.domain.withdrawals import Scope, object_to
from consent.models import Channel
from customers.models import Contact, ContactPoint
from scoring.domain.journeys import moving
from scoring.domain.journeys.checking import find_faults
from scoring.domain.talent_pool import journey as pool_journey
from scoring.models import ColleagueTask, Journey, JourneyMember, JourneyMove, JourneyStage, ReferredCandidate
from tests import make
from tests.scoring import make_journeys
from tests.scoring.domain.house import WAY
from tests.scoring.pool_scene import A_SECOND, ENDS_AT, GIVEN_AT, PoolHouse, candidate, permit, pool_house

pytestmark = pytest.mark.django_db
AT = ENDS_AT - timedelta(days=100)


def house_with_profiling() -> PoolHouse:
    house = pool_house()
    make.purpose(
        organisation=house.entity.organisation,
        legal_entities=[house.entity],
        code="profiling",
        channels=[Channel.NONE],
    )
    return house


def running(house: PoolHouse) -> Journey:
    journey = pool_journey.make_journey(pool=house.pool, made_at=GIVEN_AT)
    Journey.objects.filter(pk=journey.pk).update(state="RUNNING", started_at=GIVEN_AT)
    return journey


def lead(at: datetime) -> int:
    return sum(pool_journey.lead_people(now=at, chunk=1))


def where() -> list[tuple[str, str, str]]:
    rows = JourneyMember.objects.order_by("contact__given_name")
    return list(rows.values_list("contact__given_name", "stage__code", "source"))


def test_the_ready_journey_has_no_fault_and_its_last_stage_shows_figures_only() -> None:
    house = house_with_profiling()

    journey = pool_journey.make_journey(pool=house.pool, made_at=GIVEN_AT)

    assert journey.kind == Journey.Kind.TALENT_POOL
    assert find_faults(journey=journey) == []
    stages = journey.stages.order_by("position").values_list("code", "figures_only")
    assert list(stages) == [("attract", False), ("engage", False), ("hire", False), ("retain", True)]


def test_a_pool_has_one_journey_and_none_without_a_way_to_object() -> None:
    with pytest.raises(pool_journey.NoProfilingError):
        pool_journey.make_journey(pool=pool_house().pool, made_at=GIVEN_AT)


def test_a_second_journey_of_a_pool_is_refused() -> None:
    house = house_with_profiling()
    pool_journey.make_journey(pool=house.pool, made_at=GIVEN_AT)

    with pytest.raises(pool_journey.JourneyThereError):
        pool_journey.make_journey(pool=house.pool, made_at=GIVEN_AT)


def test_who_signed_up_enters_once_with_how_they_came() -> None:
    house = house_with_profiling()
    running(house)
    candidate(house=house)
    bob = candidate(house=house, name="Bob")
    ReferredCandidate.objects.create(pool=house.pool, contact=bob.contact, came_at=GIVEN_AT)

    assert [lead(AT), lead(AT)] == [2, 0]
    assert where() == [("Alice", "attract", "FORM"), ("Bob", "attract", "REFERRAL")]


def test_who_leaves_the_pool_leaves_the_journey_at_the_end_of_the_term() -> None:
    house = house_with_profiling()
    running(house)
    candidate(house=house)
    lead(AT)

    assert lead(ENDS_AT - A_SECOND) == 0
    assert lead(ENDS_AT) == 1
    assert list(JourneyMember.objects.values_list("outcome", "left_at")) == [("STOPPED", ENDS_AT)]
    assert [move.how for move in JourneyMove.objects.order_by("pk")] == ["RULE", "STOPPED"]


def test_nothing_waits_for_colleagues_about_who_left_the_pool() -> None:
    house = house_with_profiling()
    running(house)
    candidate(house=house)
    lead(AT)
    make_journeys.task(member=JourneyMember.objects.get())

    lead(ENDS_AT)

    assert not ColleagueTask.objects.exists()


def test_who_left_and_signs_up_again_comes_back_and_who_was_let_out_does_not() -> None:
    house = house_with_profiling()
    running(house)
    candidate(house=house)
    lead(AT)
    lead(ENDS_AT)
    again, later = ENDS_AT + timedelta(days=5), ENDS_AT + timedelta(days=365)
    permit(house=house, point=ContactPoint.objects.get(), given_at=again, ends_at=later)

    assert [lead(again + A_SECOND), lead(again + A_SECOND)] == [1, 0]
    JourneyMember.objects.filter(left_at__isnull=True).update(
        stage=None, left_at=again + A_SECOND, outcome="DROPPED"
    )
    assert lead(again + timedelta(days=1)) == 0
    assert JourneyMember.objects.count() == 2


def test_a_paused_journey_lets_nobody_in_and_who_left_the_pool_out() -> None:
    house = house_with_profiling()
    journey = running(house)
    candidate(house=house)
    lead(AT)
    Journey.objects.filter(pk=journey.pk).update(state="PAUSED")
    candidate(house=house, name="Bob", ends_at=None)

    assert lead(AT + timedelta(days=1)) == 0
    assert lead(ENDS_AT) == 1
    assert list(JourneyMember.objects.values_list("contact__given_name", "outcome")) == [("Alice", "STOPPED")]


def test_only_who_is_in_the_pool_is_put_in_by_hand_but_where_employees_are() -> None:
    house = house_with_profiling()
    running(house)
    staff = make.staff_member(organisation=house.entity.organisation)
    customer = make.contact(organisation=house.entity.organisation, given_name="Bob")

    def put_in(contact: Contact, stage: str) -> None:
        moving.put_in(
            contact=contact,
            stage=JourneyStage.objects.get(code=stage),
            source=JourneyMember.Source.SIDE,
            put_by=staff,
            reason="Sprak haar op de beurs",
            at=AT,
        )

    with pytest.raises(moving.NotFollowedError):
        put_in(customer, "hire")
    put_in(customer, "retain")
    put_in(candidate(house=house).contact, "hire")

    assert lead(AT) == 0
    assert where() == [("Alice", "hire", "SIDE"), ("Bob", "retain", "SIDE")]


def test_employees_stay_in_the_figures_after_their_permission_ended() -> None:
    house = house_with_profiling()
    running(house)
    candidate(house=house)
    lead(AT)
    JourneyMember.objects.update(stage=JourneyStage.objects.get(code="retain"))

    assert lead(ENDS_AT) == 0


def test_a_draft_leads_nobody() -> None:
    house = house_with_profiling()
    pool_journey.make_journey(pool=house.pool, made_at=GIVEN_AT)
    candidate(house=house)

    assert lead(AT) == 0


def test_who_objects_to_profiling_is_not_followed_and_holds_up_nobody() -> None:
    house = house_with_profiling()
    running(house)
    alice = candidate(house=house)
    candidate(house=house, name="Bob")
    profiling = house.entity.purposes.get(code="profiling")
    object_to(
        contact=alice.contact,
        scope=Scope(legal_entity_id=house.entity.pk, purpose_id=profiling.pk, channel="NONE"),
        how=WAY,
        occurred_at=AT - A_SECOND,
    )

    assert lead(AT) == 1
    assert where() == [("Bob", "attract", "FORM")]
