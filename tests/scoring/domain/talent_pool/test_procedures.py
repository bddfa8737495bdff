from datetime import timedelta

import pytest

from scoring.domain.journeys import moving
from scoring.domain.journeys.employment import note_left_employment
from scoring.domain.profiling import gate_parameters, keep_profiled
from scoring.domain.talent_pool.applying import Procedure, record_application
from scoring.domain.talent_pool.journey import lead_people
from scoring.models import ColleagueTask, Journey, JourneyMember, JourneyMove, JourneyStage
from tests import make
from tests.scoring import make_journeys
from tests.scoring.domain.talent_pool.test_journey import AT, house_with_profiling, running
from tests.scoring.pool_scene import A_SECOND, GIVEN_AT, PoolHouse, application, candidate

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=20)


@pytest.fixture
def house() -> PoolHouse:
    house = house_with_profiling()
    running(house)
    candidate(house=house)
    sum(lead_people(now=AT))
    return house


def stands() -> str:
    return JourneyMember.objects.values_list("stage__code", flat=True).get() or ""


def put(code: str) -> JourneyMember:
    member = JourneyMember.objects.get()
    member.stage = JourneyStage.objects.get(code=code)
    member.save(update_fields=["stage"])
    return member


def apply(house: PoolHouse, outcome: str = "") -> None:
    contact = JourneyMember.objects.get().contact
    ended_at = AT + 2 * A_SECOND if outcome else None
    application(house=house, contact=contact, applied_at=AT + A_SECOND, ended_at=ended_at, outcome=outcome)


def test_who_applies_goes_on_to_where_people_are_hired_once(house: PoolHouse) -> None:
    apply(house)

    assert [sum(lead_people(now=LATER)), sum(lead_people(now=LATER))] == [1, 0]
    assert stands() == "hire"
    move = JourneyMove.objects.latest("pk")
    assert (move.from_stage, move.stage_since, move.moved_at, move.how) == (
        JourneyStage.objects.get(code="attract"),
        AT,
        LATER,
        "RULE",
    )


def test_who_is_hired_goes_on_as_an_employee_and_their_tasks_go(house: PoolHouse) -> None:
    member = put("hire")
    make_journeys.task(member=member)
    apply(house, "HIRED")

    assert sum(lead_people(now=LATER)) == 1
    assert stands() == "retain"
    assert not ColleagueTask.objects.exists()


@pytest.mark.parametrize("outcome", ["REJECTED", "WITHDREW"])
def test_who_is_not_hired_goes_back_unless_another_procedure_runs(house: PoolHouse, outcome: str) -> None:
    put("hire")
    apply(house, outcome)
    apply(house)

    assert sum(lead_people(now=LATER)) == 0
    house.pool.applications.filter(ended_at__isnull=True).delete()
    assert sum(lead_people(now=LATER)) == 1
    assert stands() == "engage"


def test_a_colleague_who_moves_somebody_back_has_the_last_word(house: PoolHouse) -> None:
    apply(house)
    JourneyMember.objects.update(stage_since=LATER)

    assert sum(lead_people(now=LATER + A_SECOND)) == 0
    assert stands() == "attract"


@pytest.mark.parametrize(("outcome", "stage"), [("HIRED", "retain"), ("REJECTED", "engage")])
def test_what_is_told_late_leads_on_from_when_it_is_told(house: PoolHouse, outcome: str, stage: str) -> None:
    apply(house)
    sum(lead_people(now=LATER))
    told = Procedure(
        contact_id=JourneyMember.objects.get().contact_id,
        address="",
        vacancy="Lasser",
        applied_at=AT + A_SECOND,
        ended_at=AT + 2 * A_SECOND,
        outcome=outcome,
    )

    record_application(pool=house.pool, told=told, now=LATER + A_SECOND)

    assert [sum(lead_people(now=LATER + A_SECOND)), sum(lead_people(now=LATER + 2 * A_SECOND))] == [1, 0]
    assert stands() == stage


def test_who_was_hired_works_here_whatever_moved_them_since(house: PoolHouse) -> None:
    apply(house, "HIRED")
    JourneyMember.objects.update(stage_since=LATER)

    assert sum(lead_people(now=LATER + A_SECOND)) == 1
    assert stands() == "retain"


def test_who_was_hired_before_they_came_in_is_a_candidate(house: PoolHouse) -> None:
    contact = JourneyMember.objects.get().contact
    application(house=house, contact=contact, ended_at=AT - A_SECOND, outcome="HIRED", told_at=LATER)

    assert sum(lead_people(now=LATER)) == 0


def test_a_colleague_who_moves_somebody_out_of_the_employees_is_believed_until_they_are_hired_again(
    house: PoolHouse,
) -> None:
    apply(house, "HIRED")
    sum(lead_people(now=LATER))
    moving.move_by_hand(
        member=JourneyMember.objects.get(),
        to_stage=JourneyStage.objects.get(code="engage"),
        moved_by=make.staff_member(organisation=house.entity.organisation),
        reason="Uit dienst.",
        at=LATER + A_SECOND,
    )

    assert sum(lead_people(now=LATER + 2 * A_SECOND)) == 0
    later = LATER + timedelta(days=9)
    application(
        house=house,
        contact=JourneyMember.objects.get().contact,
        applied_at=LATER,
        ended_at=later,
        outcome="HIRED",
    )
    assert sum(lead_people(now=later)) == 1
    assert stands() == "retain"


def test_who_applied_as_they_signed_up_goes_on_at_once(house: PoolHouse) -> None:
    bob = candidate(house=house, name="Bob").contact
    application(house=house, contact=bob, applied_at=AT - A_SECOND)

    assert [sum(lead_people(now=LATER)), sum(lead_people(now=LATER + A_SECOND))] == [2, 0]
    assert JourneyMember.objects.get(contact=bob).stage == JourneyStage.objects.get(code="hire")


def test_who_was_hired_without_being_in_the_pool_works_here_and_is_not_scored(house: PoolHouse) -> None:
    bob = make.contact(organisation=house.entity.organisation, given_name="Bob")
    application(house=house, contact=bob, applied_at=AT, ended_at=LATER, outcome="HIRED")
    gate = gate_parameters(legal_entity=house.entity, rests_on="LEGITIMATE_INTEREST", now=LATER)
    before = keep_profiled(contact_ids=[bob.pk], gate=gate)

    assert [sum(lead_people(now=LATER)), sum(lead_people(now=LATER + A_SECOND))] == [1, 0]
    member = JourneyMember.objects.get(contact=bob)
    assert (member.stage, member.source) == (JourneyStage.objects.get(code="retain"), "RULE")
    assert (before, keep_profiled(contact_ids=[bob.pk], gate=gate)) == ({bob.pk}, set())
    note_left_employment(
        contact=bob,
        legal_entity=house.entity,
        noted_by=make.staff_member(organisation=house.entity.organisation),
        reason="Uit dienst.",
        at=LATER + A_SECOND,
    )
    assert sum(lead_people(now=LATER + 2 * A_SECOND)) == 0


def test_who_was_hired_before_the_journey_began_is_left_alone(house: PoolHouse) -> None:
    bob = make.contact(organisation=house.entity.organisation, given_name="Bob")
    ended_at = GIVEN_AT - A_SECOND
    application(house=house, contact=bob, applied_at=ended_at, ended_at=ended_at, outcome="HIRED")

    assert sum(lead_people(now=LATER)) == 0


def test_while_the_journey_is_paused_nobody_goes_on(house: PoolHouse) -> None:
    apply(house)
    Journey.objects.update(state="PAUSED")

    assert sum(lead_people(now=LATER)) == 0


def test_while_the_journey_is_paused_who_was_hired_is_taken_as_an_employee(house: PoolHouse) -> None:
    apply(house, "HIRED")
    bob = make.contact(organisation=house.entity.organisation, given_name="Bob")
    application(house=house, contact=bob, applied_at=AT, ended_at=LATER, outcome="HIRED")
    Journey.objects.update(state="PAUSED")

    assert sum(lead_people(now=LATER)) == 2
    assert list(JourneyMember.objects.values_list("stage__code", flat=True)) == ["retain", "retain"]
