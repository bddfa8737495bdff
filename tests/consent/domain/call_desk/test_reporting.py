from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from consent.domain.attempts import Objected
from consent.domain.call_desk import reporting, taking
from consent.domain.call_desk.reporting import (
    AlreadyReportedError,
    CallBackMomentError,
    NotTheirsToCorrectError,
    NumberNotOursError,
    ReasonMissingError,
)
from consent.domain.call_desk.taking import HOLD
from consent.domain.withdrawals import NothingToUndoError
from consent.models import (
    Act,
    Actor,
    CallListEntry,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Evidence,
    Objection,
    ShownContact,
)
from customers.models import StaffMember
from tests import make
from tests.consent.domain.call_desk.desk import (
    DAY,
    MINUTE,
    MONDAY,
    Desk,
    Outcome,
    call,
    desk,
    entry_of,
    listed,
    said,
    take,
    take_one,
)

pytestmark = pytest.mark.django_db
State, WaitsFor = CallListEntry.State, CallListEntry.WaitsFor
THEN = MONDAY + MINUTE


def object_in_call(scene: Desk, objected: Objected = Objected.CHANNEL) -> ShownContact:
    shown = take_one(scene).row
    reporting.report(shown=shown, said=replace(said(scene), objected=objected), at=THEN)
    shown.refresh_from_db()
    return shown


def test_call_is_logged_with_the_number_shown_and_the_right_that_was_offered() -> None:
    scene = desk()

    attempt = call(scene)

    entry = entry_of(scene.people[0])
    assert (attempt.number_shown, attempt.objection_offered) == (scene.number, True)
    assert (attempt.agent, attempt.attempted_at, attempt.outcome) == (scene.agent, THEN, "CONVERSATION")
    assert (entry.state, entry.attempts, entry.last_outcome) == (State.DONE, 1, "CONVERSATION")
    assert ShownContact.objects.get().attempt == attempt


@pytest.mark.parametrize(
    ("outcome", "spent"),
    [(Outcome.CONVERSATION, 1), (Outcome.NO_ANSWER, 0), (Outcome.VOICEMAIL, 0), (Outcome.WRONG_NUMBER, 0)],
)
def test_only_a_conversation_uses_up_a_one_time_permission(
    outcome: ContactAttempt.Outcome, spent: int
) -> None:
    scene = desk(people=1, uses=1)

    call(scene, outcome)

    assert ConsentRecord.objects.get().uses_spent == spent


def test_used_up_permission_is_not_called_from_another_list() -> None:
    scene = desk(people=1, uses=1)
    call(scene)
    later = listed(scene.entity, scene.purpose, scene.people)
    later.opened_at = MONDAY + DAY
    later.save(update_fields=["opened_at"])

    assert taking.take_next(call_list=later, agent=scene.agent, at=MONDAY + 2 * DAY) is None
    assert CallListEntry.objects.get(call_list=later).skip_code == "D_USED_UP"


def test_wrong_number_is_invalid_and_done() -> None:
    scene = desk(people=1)

    call(scene, Outcome.WRONG_NUMBER)

    point = scene.people[0]
    point.refresh_from_db()
    assert (point.invalid_at, point.invalid_reason) == (THEN, "WRONG_NUMBER")
    assert entry_of(point).state == State.DONE


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.VOICEMAIL])
def test_unanswered_call_waits_for_another_day(outcome: ContactAttempt.Outcome) -> None:
    scene = desk(people=1)

    call(scene, outcome)

    entry = entry_of(scene.people[0])
    assert (entry.state, entry.waits_for) == (State.WAITING, WaitsFor.ANOTHER_DAY)
    assert entry.next_try_at == MONDAY.replace(hour=23)


def test_objection_counts_before_the_next_contact_is_shown() -> None:
    scene = desk()
    again = listed(scene.entity, scene.purpose, scene.people[:1])

    object_in_call(scene)

    objection = Objection.objects.get()
    assert (objection.channel, objection.legal_entity, objection.objected_at) == ("CALL", scene.entity, THEN)
    assert take_one(scene, at=THEN).entry.contact_point == scene.people[1]
    assert taking.take_next(call_list=again, agent=scene.colleague, at=THEN + 30 * DAY) is None
    assert CallListEntry.objects.get(call_list=again).state == State.DONE


def test_objection_to_everything_reaches_every_channel() -> None:
    scene = desk()

    object_in_call(scene, Objected.EVERYTHING)

    assert Objection.objects.get().channel == ""


def test_call_back_that_the_person_asked_for_comes_first_at_that_moment() -> None:
    scene = desk(people=3)
    shown = take_one(scene)
    evening = MONDAY + timedelta(hours=11, minutes=30)
    wanted = replace(said(scene, Outcome.CALL_BACK), call_back_at=evening, asked_by_person=True)

    attempt = reporting.report(shown=shown.row, said=wanted, at=THEN)

    assert (attempt.call_back_at, attempt.requested_by_person) == (evening, True)
    assert take_one(scene, at=THEN).entry.contact_point == scene.people[1]
    assert take_one(scene, agent=scene.colleague, at=evening).entry.contact_point == scene.people[0]


def test_call_back_that_nobody_asked_for_waits_for_another_day() -> None:
    scene = desk(people=1)
    shown = take_one(scene)
    wanted = replace(said(scene, Outcome.CALL_BACK), call_back_at=MONDAY + timedelta(hours=3))

    reporting.report(shown=shown.row, said=wanted, at=THEN)

    entry = entry_of(scene.people[0])
    assert (entry.call_back_asked, entry.next_try_at) == (False, MONDAY.replace(hour=23))


def test_call_that_was_asked_for_is_logged_as_such() -> None:
    scene = desk(people=1)
    CallListEntry.objects.update(call_back_asked=True)

    assert call(scene).requested_by_person is True


def test_call_is_logged_once_however_often_the_button_is_pressed() -> None:
    scene = desk()
    shown = take_one(scene).row
    reporting.report(shown=shown, said=said(scene), at=THEN)

    with pytest.raises(AlreadyReportedError):
        reporting.report(shown=shown, said=said(scene), at=THEN + MINUTE)

    assert ContactAttempt.objects.count() == 1


def test_call_is_logged_after_the_hold_ended_and_a_colleague_has_the_contact() -> None:
    scene = desk(people=1)
    mine = take_one(scene).row
    theirs = take_one(scene, agent=scene.colleague, at=MONDAY + HOLD).row

    reporting.report(
        shown=mine, said=replace(said(scene), objected=Objected.CHANNEL), at=MONDAY + HOLD + MINUTE
    )

    assert entry_of(scene.people[0]).state == State.DONE
    assert taking.look_again(shown=theirs, at=MONDAY + HOLD + MINUTE).answer.decision.code == "D_OBJECTION"


def test_call_without_conversation_after_the_hold_leaves_the_contact_with_the_colleague() -> None:
    scene = desk(people=1)
    mine = take_one(scene).row
    take_one(scene, agent=scene.colleague, at=MONDAY + HOLD)

    reporting.report(shown=mine, said=said(scene, Outcome.NO_ANSWER), at=MONDAY + HOLD + MINUTE)

    entry = entry_of(scene.people[0])
    assert (entry.state, entry.held_by, entry.attempts) == (State.HELD, scene.colleague, 1)


def test_number_of_another_legal_entity_is_refused() -> None:
    scene = desk()
    sister = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster")
    foreign = make.caller_number(legal_entity=sister, number="+31200000003")
    shown = take_one(scene).row

    with pytest.raises(NumberNotOursError):
        reporting.report(shown=shown, said=replace(said(scene), number_shown=foreign), at=THEN)

    assert ContactAttempt.objects.count() == 0


@pytest.mark.parametrize(
    ("outcome", "call_back_at"),
    [(Outcome.CALL_BACK, None), (Outcome.CALL_BACK, MONDAY), (Outcome.NO_ANSWER, MONDAY + DAY)],
)
def test_call_back_has_a_moment_to_come_and_nothing_else_has(
    outcome: ContactAttempt.Outcome, call_back_at: datetime | None
) -> None:
    scene = desk()
    shown = take_one(scene).row

    with pytest.raises(CallBackMomentError):
        reporting.report(shown=shown, said=replace(said(scene, outcome), call_back_at=call_back_at), at=THEN)


def test_objection_by_mistake_is_taken_back_with_a_reason() -> None:
    scene = desk(people=1)
    shown = object_in_call(scene)

    [*events] = reporting.correct_objection(
        shown=shown, reason="Verkeerde toets", corrected_by=scene.agent, at=THEN + MINUTE
    )

    retraction = ConsentEvent.objects.get(act=Act.OBJECTION_RETRACTED)
    assert {event.actor for event in events} == {Actor.STAFF}
    assert (retraction.staff_id, retraction.occurred_at) == (scene.agent.pk, THEN + MINUTE)
    assert Evidence.objects.filter(pk=retraction.pk).exists()
    assert Objection.objects.get().standing is False
    again = listed(scene.entity, scene.purpose, scene.people)
    again.opened_at = MONDAY + DAY
    again.save(update_fields=["opened_at"])
    assert taking.take_next(call_list=again, agent=scene.agent, at=MONDAY + 2 * DAY) is not None
    assert take(scene, at=MONDAY + 2 * DAY) is None


def test_objection_is_taken_back_only_once() -> None:
    scene = desk(people=1)
    shown = object_in_call(scene)
    reporting.correct_objection(shown=shown, reason="Toets", corrected_by=scene.agent, at=THEN + MINUTE)

    with pytest.raises(NothingToUndoError):
        reporting.correct_objection(
            shown=shown, reason="Toets", corrected_by=scene.agent, at=THEN + 2 * MINUTE
        )


def test_only_the_agent_within_the_hour_or_the_officer_takes_an_objection_back() -> None:
    scene = desk(people=1)
    shown = object_in_call(scene)
    officer = make.staff_member(
        organisation=scene.entity.organisation, username="fg", role=StaffMember.Role.DPO
    )
    late = THEN + timedelta(hours=1, minutes=1)

    allowed = [
        reporting.may_correct(shown=shown, staff=scene.agent, at=THEN + MINUTE),
        reporting.may_correct(shown=shown, staff=scene.colleague, at=THEN + MINUTE),
        reporting.may_correct(shown=shown, staff=scene.agent, at=late),
        reporting.may_correct(shown=shown, staff=officer, at=late),
    ]

    assert allowed == [True, False, False, True]
    with pytest.raises(NotTheirsToCorrectError):
        reporting.correct_objection(shown=shown, reason="Toets", corrected_by=scene.agent, at=late)
    with pytest.raises(ReasonMissingError):
        reporting.correct_objection(shown=shown, reason=" ", corrected_by=officer, at=late)
