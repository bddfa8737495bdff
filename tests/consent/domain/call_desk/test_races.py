"""Agents at once, in real transactions."""

from collections import Counter
from datetime import timedelta

import pytest

from consent.domain.attempts import Objected
from consent.domain.call_desk import reporting, taking
from consent.domain.call_desk.reporting import AlreadyReportedError, Report
from consent.models import CallListEntry, ContactAttempt, Objection, ShownContact
from tests import make
from tests.consent.domain.call_desk.desk import MONDAY, Desk, Outcome, desk, listed
from tests.consent.domain.ledger.racing import run_writers

pytestmark = pytest.mark.django_db(transaction=True)
AGENTS, PEOPLE = 4, 24


def agents_of(scene: Desk) -> list[str]:
    return [
        str(make.staff_member(organisation=scene.entity.organisation, username=f"agent-{number}").pk)
        for number in range(AGENTS)
    ]


def test_agents_at_once_never_get_the_same_contact_and_nobody_is_called_twice() -> None:
    scene = desk(people=PEOPLE)
    staff = agents_of(scene)

    def work(number: int) -> int:
        agent = type(scene.agent).objects.get(pk=staff[number])
        calls = 0
        while shown := taking.take_next(call_list=scene.call_list, agent=agent, at=MONDAY):
            outcome = (Outcome.CONVERSATION, Outcome.NO_ANSWER)[calls % 2]
            said = Report(outcome=outcome, number_shown=scene.number, objection_offered=True)
            reporting.report(shown=shown.row, said=said, at=MONDAY + timedelta(seconds=1))
            calls += 1
        return calls

    calls = run_writers(work=work, writers=AGENTS)

    attempts = Counter(ContactAttempt.objects.values_list("contact", flat=True))
    assert sum(calls) == PEOPLE
    assert set(attempts.values()) == {1}
    assert len(attempts) == PEOPLE
    assert ShownContact.objects.count() == PEOPLE


def test_agents_of_two_lists_at_once_never_have_the_same_number_on_the_phone() -> None:
    scene = desk(people=4)
    other = listed(scene.entity, scene.purpose, scene.people)
    staff = agents_of(scene)

    def work(number: int) -> int:
        agent = type(scene.agent).objects.get(pk=staff[number])
        call_list = (scene.call_list, other)[number % 2]
        return int(taking.take_next(call_list=call_list, agent=agent, at=MONDAY) is not None)

    shown = sum(run_writers(work=work, writers=AGENTS))

    held = CallListEntry.objects.filter(state=CallListEntry.State.HELD)
    numbers = Counter(held.values_list("contact_point__value", flat=True))
    assert shown == sum(numbers.values())
    assert set(numbers.values()) == {1}


def test_one_agent_with_two_windows_gets_one_contact() -> None:
    scene = desk(people=4)

    def work(_number: int) -> int:
        shown = taking.take_next(call_list=scene.call_list, agent=scene.agent, at=MONDAY)
        return shown.entry.pk if shown else 0

    assert len(set(run_writers(work=work, writers=AGENTS))) == 1
    assert CallListEntry.objects.filter(state=CallListEntry.State.HELD).count() == 1


def test_button_pressed_twice_at_once_logs_one_call() -> None:
    scene = desk(people=1)
    shown = taking.take_next(call_list=scene.call_list, agent=scene.agent, at=MONDAY)
    assert shown is not None
    said = Report(outcome=Outcome.CONVERSATION, number_shown=scene.number, objected=Objected.CHANNEL)

    def work(_number: int) -> int:
        try:
            reporting.report(shown=shown.row, said=said, at=MONDAY + timedelta(seconds=1))
        except AlreadyReportedError:
            return 0
        return 1

    assert sum(run_writers(work=work, writers=AGENTS)) == 1
    assert ContactAttempt.objects.count() == 1
    assert Objection.objects.count() == 1
