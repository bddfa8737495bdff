from collections.abc import Callable

import pytest

from consent.domain.erasing.erasure import erase
from consent.domain.restrictions import restrict
from consent.domain.withdrawals import Scope, object_to
from consent.models import Act, Channel
from customers.models import Contact
from scoring.models import ColleagueTask, Journey, JourneyMember, JourneyMove
from tests.scoring import make_journeys as journeys
from tests.scoring.domain.house import WAY, permit, processing
from tests.scoring.domain.journeys.scene import DAY, NOW, Way, begin, stands, steps, turn, way

pytestmark = pytest.mark.django_db


def objects_to_profiling(found: Way, who: Contact) -> None:
    scope = Scope(purpose_id=found.house.profiling.pk, channel=Channel.NONE)
    object_to(contact=who, scope=scope, how=WAY, occurred_at=NOW)


def objects_to_everything(_found: Way, who: Contact) -> None:
    object_to(contact=who, scope=Scope(), how=WAY, occurred_at=NOW)


def is_restricted(_found: Way, who: Contact) -> None:
    restrict(contact=who, reason="Betwist het", how=WAY, restricted_at=NOW, recorded_at=NOW)


def withdraws(found: Way, who: Contact) -> None:
    permit(contact=who, entity=found.house.entity, purpose=found.journey.purpose, act=Act.WITHDRAWN, at=NOW)


@pytest.mark.parametrize("stop", [objects_to_profiling, objects_to_everything, is_restricted, withdraws])
def test_who_says_stop_leaves_in_the_same_transaction(stop: Callable[[Way, Contact], None]) -> None:
    found = way()
    pool = processing("pool", found.house.entity)
    Journey.objects.update(purpose=pool, rests_on="CONSENT")
    found.journey.refresh_from_db()
    alice, bob = found.person(), found.person("Bob")
    for person in (alice, bob):
        permit(contact=person, entity=found.house.entity, purpose=pool)
        member = journeys.member(stage=found.looks, contact=person, entered_at=NOW)
        journeys.task(member=member)

    stop(found, alice)

    assert (stands(alice), stands(bob)) == ("STOPPED", "looks")
    assert steps(alice) == [("looks", "", "STOPPED")]
    assert [task.contact for task in ColleagueTask.objects.all()] == [bob]
    assert JourneyMember.objects.get(contact=alice).act_at is None


def test_who_objects_to_mail_alone_stays() -> None:
    found = way()
    alice = found.person()
    journeys.member(stage=found.looks, contact=alice, entered_at=NOW)

    object_to(contact=alice, scope=Scope(channel=Channel.EMAIL), how=WAY, occurred_at=NOW)

    assert stands(alice) == "looks"


def test_who_is_erased_leaves_nothing_behind() -> None:
    found = way()
    alice = found.person()
    member = journeys.member(stage=found.looks, contact=alice, entered_at=NOW)
    journeys.move(member=member, reason="Alice belde")
    journeys.task(member=member)

    erase(contact=alice, how=WAY, erased_at=NOW)

    assert not JourneyMember.objects.exists()
    assert not JourneyMove.objects.exists()
    assert not ColleagueTask.objects.exists()


def test_who_objected_does_not_come_back_by_a_rule() -> None:
    found = way(again_after_days=1)
    alice = found.person()
    journeys.rule(journey=found.journey, to_stage=found.looks)
    begin(found)
    turn(NOW)
    before = stands(alice)

    objects_to_profiling(found, alice)
    for days in range(1, 4):
        turn(NOW + 2 * days * DAY)

    assert (before, stands(alice)) == ("looks", "STOPPED")
