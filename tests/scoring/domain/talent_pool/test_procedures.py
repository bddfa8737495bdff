from datetime import timedelta

import pytest

from scoring.domain.talent_pool.journey import lead_people
from scoring.models import ColleagueTask, Journey, JourneyMember, JourneyMove, JourneyStage
from tests.scoring import make_journeys
from tests.scoring.domain.talent_pool.test_journey import AT, house_with_profiling, running
from tests.scoring.pool_scene import A_SECOND, PoolHouse, application, candidate

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


def test_while_the_journey_is_paused_nobody_goes_on(house: PoolHouse) -> None:
    apply(house)
    Journey.objects.update(state="PAUSED")

    assert sum(lead_people(now=LATER)) == 0
