import pytest

from consent.domain.withdrawals import Scope, object_to
from consent.models import Channel
from scoring.domain.journeys import moving, running
from scoring.domain.journeys.finishing import finish_task
from scoring.domain.journeys.stopping import NoReasonError
from scoring.models import JourneyAction, JourneyMember, JourneyMove, JourneyStage
from tests.scoring import make_journeys as journeys
from tests.scoring.domain.house import WAY
from tests.scoring.domain.journeys.scene import DAY, NOW, Way, begin, stands, steps, turn, way

pytestmark = pytest.mark.django_db
Source = JourneyMember.Source


def put_in(found: Way, who: object, *, reason: str = "Sprak haar op de beurs") -> JourneyMember:
    return moving.put_in(
        contact=who,  # type: ignore[arg-type]
        stage=found.considers,
        source=Source.SIDE,
        put_by=found.mark,
        reason=reason,
        at=NOW,
    )


def test_colleagues_put_in_move_and_let_out_and_say_why() -> None:
    found = way()
    alice = found.person()
    journeys.action(stage=found.considers, what=JourneyAction.What.TASK, words="Bel op")
    begin(found)

    member = put_in(found, alice)
    turn(NOW)
    moving.move_by_hand(
        member=member, to_stage=found.looks, moved_by=found.mark, reason="Toch niet", at=NOW + DAY
    )
    moving.let_out(
        member=member,
        outcome=JourneyMember.Outcome.DROPPED,
        let_out_by=found.mark,
        reason="Verhuisd",
        at=NOW + 2 * DAY,
    )

    assert steps(alice) == [("", "considers", "HAND"), ("considers", "looks", "HAND"), ("looks", "", "HAND")]
    assert list(JourneyMove.objects.order_by("pk").values_list("reason", "staff", "stage_since")) == [
        ("Sprak haar op de beurs", found.mark.pk, None),
        ("Toch niet", found.mark.pk, NOW),
        ("Verhuisd", found.mark.pk, NOW + DAY),
    ]
    left = JourneyMember.objects.get()
    assert (left.source, left.outcome, left.left_at) == ("SIDE", "DROPPED", NOW + 2 * DAY)
    assert not left.tasks.exists()


def test_open_task_goes_where_nobody_may_be_named_and_what_was_done_stays() -> None:
    found = way()
    JourneyStage.objects.filter(pk=found.buys.pk).update(figures_only=True)
    found.buys.refresh_from_db()
    begin(found)
    member = put_in(found, found.person())
    journeys.task(member=member, words="Bel op")
    done = journeys.task(member=member, words="Stuur een kaart")
    finish_task(task=done, done_by=found.mark, done_at=NOW)

    moving.move_by_hand(
        member=member, to_stage=found.buys, moved_by=found.mark, reason="Getekend", at=NOW + DAY
    )

    assert [task.words for task in member.tasks.all()] == ["Stuur een kaart"]


def test_nobody_is_put_in_twice_nor_without_a_reason_nor_before_it_starts() -> None:
    found = way()
    alice = found.person()
    with pytest.raises(moving.JourneyClosedError):
        put_in(found, alice)
    begin(found)
    member = put_in(found, alice)

    with pytest.raises(moving.AlreadyThereError):
        put_in(found, alice)
    with pytest.raises(NoReasonError):
        put_in(found, found.person("Bob"), reason="  ")
    with pytest.raises(moving.AlreadyThereError):
        moving.move_by_hand(
            member=member, to_stage=found.considers, moved_by=found.mark, reason="Nog eens", at=NOW
        )
    running.end_journey(journey=found.journey, ended_at=NOW)
    turn(NOW)
    with pytest.raises(moving.NotThereError):
        moving.let_out(
            member=member,
            outcome=JourneyMember.Outcome.GOAL,
            let_out_by=found.mark,
            reason="Kocht",
            at=NOW,
        )

    assert stands(alice) == "ENDED"


def test_who_objected_is_put_in_by_nobody() -> None:
    found = way()
    alice = found.person()
    begin(found)
    object_to(
        contact=alice,
        scope=Scope(purpose_id=found.house.profiling.pk, channel=Channel.NONE),
        how=WAY,
        occurred_at=NOW,
    )

    with pytest.raises(moving.NotFollowedError):
        put_in(found, alice)

    assert JourneyMember.objects.count() == 0
