from datetime import UTC, date, datetime, time, timedelta

import pytest

from consent.domain.call_desk import lists, taking
from consent.domain.call_desk.taking import HOLD, Reason
from consent.domain.withdrawals import Scope, object_to, stop
from consent.models import CallingPolicy, CallListEntry, ConsentRecord, ShownContact
from customers.models import CallerNumber, Contact, ContactPoint
from tests import make
from tests.consent.domain.call_desk.desk import (
    BY_THE_PERSON,
    DAY,
    MINUTE,
    MONDAY,
    Outcome,
    call,
    desk,
    entry_of,
    listed,
    permitted,
    take,
    take_one,
)

pytestmark = pytest.mark.django_db
State, WaitsFor = CallListEntry.State, CallListEntry.WaitsFor
AT_TEN_IN_THE_EVENING = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


def test_next_contact_is_shown_with_the_ground_that_permits_the_call() -> None:
    scene = desk()

    shown = take_one(scene)

    assert (shown.entry.contact_point, shown.answer.decision.code) == (scene.people[0], "A_CONSENT")
    assert (shown.row.agent, shown.row.shown_at, shown.row.code) == (scene.agent, MONDAY, "A_CONSENT")
    held = entry_of(scene.people[0])
    assert (held.state, held.held_by, held.held_until) == (State.HELD, scene.agent, MONDAY + HOLD)


def test_agent_who_has_a_contact_gets_that_one_again() -> None:
    scene = desk()

    first, again = take_one(scene), take_one(scene, at=MONDAY + 5 * MINUTE)

    assert again.row == first.row
    assert ShownContact.objects.count() == 1
    assert entry_of(scene.people[0]).held_until == MONDAY + 5 * MINUTE + HOLD


def test_colleague_gets_another_contact() -> None:
    scene = desk()

    first, second = take_one(scene), take_one(scene, agent=scene.colleague)

    assert [first.entry.contact_point, second.entry.contact_point] == scene.people


def test_hold_ends_by_itself() -> None:
    scene = desk(people=1)
    take_one(scene)

    too_soon = take(scene, agent=scene.colleague, at=MONDAY + HOLD - MINUTE)
    then = take_one(scene, agent=scene.colleague, at=MONDAY + HOLD)

    assert too_soon is None
    assert then.entry.contact_point == scene.people[0]
    assert then.row.agent == scene.colleague


def test_contact_that_is_put_back_comes_first_again() -> None:
    scene = desk()
    shown = take_one(scene)

    taking.put_back(shown=shown.row, at=MONDAY)

    assert entry_of(scene.people[0]).state == State.WAITING
    assert take_one(scene, agent=scene.colleague).entry.contact_point == scene.people[0]


def test_withdrawal_after_the_list_was_made_is_honoured() -> None:
    scene = desk()
    alice = scene.people[0]
    record = ConsentRecord.objects.get(contact_point=alice)
    scope = Scope(legal_entity_id=record.legal_entity_id, purpose_id=record.purpose_id, channel="CALL")
    stop(point=alice, scope=scope, how=BY_THE_PERSON, occurred_at=MONDAY)

    shown = take_one(scene, at=MONDAY + MINUTE)

    skipped = entry_of(alice)
    assert shown.entry.contact_point == scene.people[1]
    assert (skipped.state, skipped.skip_code) == (State.SKIPPED, "D_WITHDRAWN")
    assert [row.entry.contact_point for row in ShownContact.objects.all()] == [scene.people[1]]


def test_objection_while_a_contact_is_on_the_screen_ends_it() -> None:
    scene = desk()
    shown = take_one(scene)
    object_to(contact=shown.entry.contact, scope=Scope(), how=BY_THE_PERSON, occurred_at=MONDAY + MINUTE)

    look = taking.look_again(shown=shown.row, at=MONDAY + 2 * MINUTE)
    after = take_one(scene, at=MONDAY + 2 * MINUTE)

    assert (look.answer.decision.allowed, look.answer.decision.code) == (False, "D_OBJECTION")
    assert after.entry.contact_point == scene.people[1]
    assert entry_of(scene.people[0]).skip_code == "D_OBJECTION"


def test_objection_a_clock_ahead_of_ours_recorded_is_honoured() -> None:
    scene = desk(people=1)
    person = scene.people[0].contact
    object_to(contact=person, scope=Scope(), how=BY_THE_PERSON, occurred_at=MONDAY + timedelta(seconds=2))

    assert take(scene) is None


def test_nobody_is_shown_where_everybody_objected() -> None:
    scene = desk(people=3)
    for point in scene.people:
        object_to(contact=point.contact, scope=Scope(), how=BY_THE_PERSON, occurred_at=MONDAY)

    assert take(scene) is None
    assert [entry.skip_code for entry in CallListEntry.objects.all()] == ["D_OBJECTION"] * 3
    assert taking.why_nobody(call_list=scene.call_list, at=MONDAY).reason == Reason.NOBODY_LEFT


def test_outside_calling_hours_everybody_waits_until_they_begin() -> None:
    scene = desk()

    nobody = take(scene, at=AT_TEN_IN_THE_EVENING)

    opens_at = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    pause = taking.why_nobody(call_list=scene.call_list, at=AT_TEN_IN_THE_EVENING)
    assert nobody is None
    assert (pause.reason, pause.until) == (Reason.HOURS, opens_at)
    assert take(scene, at=opens_at - MINUTE) is None
    assert take_one(scene, at=opens_at).entry.contact_point == scene.people[0]


def test_call_that_the_person_asked_for_may_fall_outside_the_hours() -> None:
    scene = desk()
    CallListEntry.objects.filter(contact_point=scene.people[1]).update(
        call_back_asked=True, next_try_at=AT_TEN_IN_THE_EVENING
    )

    shown = take_one(scene, at=AT_TEN_IN_THE_EVENING)

    assert shown.entry.contact_point == scene.people[1]


def test_nobody_is_called_twice_on_a_day() -> None:
    scene = desk(people=1)
    call(scene, Outcome.NO_ANSWER)

    again_today = take(scene, at=MONDAY + timedelta(hours=5))
    tomorrow = take_one(scene, at=MONDAY + DAY)

    assert again_today is None
    assert tomorrow.entry.attempts == 1


def test_call_from_another_list_counts_for_today() -> None:
    scene = desk(people=1)
    call(scene, Outcome.NO_ANSWER)
    other = listed(scene.entity, scene.purpose, scene.people)

    assert taking.take_next(call_list=other, agent=scene.agent, at=MONDAY + timedelta(hours=1)) is None
    waiting = CallListEntry.objects.get(call_list=other)
    assert (waiting.waits_for, waiting.next_try_at) == (
        WaitsFor.ANOTHER_DAY,
        datetime(2026, 11, 23, 23, 0, tzinfo=UTC),
    )


def test_conversation_from_another_list_is_enough() -> None:
    scene = desk(people=1)
    other = listed(scene.entity, scene.purpose, scene.people)
    call(scene)

    assert taking.take_next(call_list=other, agent=scene.agent, at=MONDAY + DAY) is None
    assert CallListEntry.objects.get(call_list=other).state == State.DONE


@pytest.mark.parametrize(("policy", "calls"), [(None, 3), (2, 2), (5, 3)])
def test_three_calls_without_a_conversation_are_enough_and_a_policy_only_tightens(
    policy: int | None, calls: int
) -> None:
    scene = desk(people=1)
    if policy:
        CallingPolicy.objects.create(
            legal_entity=scene.entity,
            maximum_attempts=policy,
            valid_from_date=date(2026, 1, 1),
            opens=time(9),
            closes=time(22),
            decided_by=scene.agent,
            decided_at=make.LONG_AGO,
        )

    made = 0
    for day in range(5):
        if take(scene, at=MONDAY + day * DAY):
            call(scene, Outcome.NO_ANSWER, at=MONDAY + day * DAY)
            made += 1

    assert made == calls
    assert entry_of(scene.people[0]).state == State.DONE


def test_number_that_a_colleague_of_another_list_has_on_the_phone_waits() -> None:
    scene = desk(people=1)
    other = listed(scene.entity, scene.purpose, scene.people)
    take_one(scene)

    assert taking.take_next(call_list=other, agent=scene.colleague, at=MONDAY) is None
    assert CallListEntry.objects.get(call_list=other).next_try_at == MONDAY + HOLD


def test_contact_whose_facts_cannot_be_read_is_not_shown_and_the_next_one_is() -> None:
    scene = desk()
    Contact.objects.filter(pk=scene.people[0].contact_id).update(legal_form="B|V")

    shown = take_one(scene)

    unread = entry_of(scene.people[0])
    assert shown.entry.contact_point == scene.people[1]
    assert (unread.state, unread.next_try_at) == (State.WAITING, MONDAY + taking.TRY_LATER)


def test_without_a_number_to_show_nobody_is_shown() -> None:
    scene = desk()
    CallerNumber.objects.update(reachable_until_date=date(2026, 11, 22))

    assert take(scene) is None
    assert taking.why_nobody(call_list=scene.call_list, at=MONDAY).reason == Reason.NO_CALLER_NUMBER


def test_expired_and_closed_lists_show_nobody() -> None:
    scene = desk(expires_at=MONDAY + DAY)

    assert take(scene, at=MONDAY + DAY) is None
    assert taking.why_nobody(call_list=scene.call_list, at=MONDAY + DAY).reason == Reason.EXPIRED
    lists.close_call_list(call_list=scene.call_list, closed_at=MONDAY)
    assert take(scene) is None
    assert taking.why_nobody(call_list=scene.call_list, at=MONDAY).reason == Reason.CLOSED


def test_many_who_may_not_be_called_are_looked_at_in_several_goes() -> None:
    scene = desk(people=1)
    strangers = [
        make.phone_point(contact=make.contact(organisation=scene.entity.organisation), text=f"+3120000{n}")
        for n in range(2000, 2000 + taking.LOOKED_AT_IN_ONE_GO)
    ]
    scene = scene.__class__(
        **{**vars(scene), "call_list": listed(scene.entity, scene.purpose, [*strangers, *scene.people])}
    )

    first = take(scene)
    pause = taking.why_nobody(call_list=scene.call_list, at=MONDAY)
    second = take(scene)

    assert (first, pause.reason) == (None, Reason.MORE_TO_LOOK_AT)
    assert second is not None
    assert second.entry.contact_point == scene.people[0]


def test_list_leaves_out_addresses_of_others_and_numbers_given_twice() -> None:
    scene = desk(people=1)
    other = desk(people=1, code="bosvogels")
    email = make.email_point(contact=scene.people[0].contact)
    mixed = [scene.people[0], other.people[0], email, scene.people[0]]

    made = listed(scene.entity, scene.purpose, mixed)

    assert [entry.contact_point for entry in made.entries.all()] == scene.people


def test_skipped_contacts_wait_again_and_are_asked_about_again() -> None:
    scene = desk(people=1)
    ContactPoint.objects.update(verified_at=None, verified_method="")
    assert take(scene) is None
    verified = permitted(scene.entity, scene.notice, place=9)
    ContactPoint.objects.filter(pk=scene.people[0].pk).update(
        verified_at=verified.verified_at or MONDAY, verified_method="SMS_CODE"
    )

    count = lists.wait_again(call_list=scene.call_list, at=MONDAY)

    assert count == 1
    assert take(scene) is not None


def test_counts_say_how_far_a_list_is() -> None:
    scene = desk(people=5)
    object_to(contact=scene.people[0].contact, scope=Scope(), how=BY_THE_PERSON, occurred_at=MONDAY)
    call(scene)
    call(scene, Outcome.NO_ANSWER)
    take_one(scene)

    counts = lists.count_entries(call_lists=[scene.call_list])[scene.call_list.pk]

    assert (counts.waiting, counts.held, counts.done, counts.skipped) == (2, 1, 1, {"D_OBJECTION": 1})
    assert (counts.waits_for, counts.outcomes, counts.total) == (
        {"ANOTHER_DAY": 1},
        {"CONVERSATION": 1},
        5,
    )
