"""A contact stays with the agent who works on it, and with nobody else."""

from datetime import timedelta

import pytest

from consent.domain.call_desk import reporting, taking
from consent.models import CallList
from tests.consent.domain.call_desk.desk import MINUTE, MONDAY, desk, entry_of, listed, said, take, take_one

pytestmark = pytest.mark.django_db
HALF, SECOND = timedelta(minutes=10), timedelta(seconds=1)


def test_contact_stays_with_an_agent_who_works_on_it() -> None:
    scene = desk(people=1)
    shown = take_one(scene).row

    kept = [taking.keep_hold(shown=shown, at=MONDAY + turn * HALF) for turn in (1, 2, 3)]

    assert kept == [True, True, True]
    assert entry_of(scene.people[0]).held_until == MONDAY + 50 * MINUTE
    assert take(scene, agent=scene.colleague, at=MONDAY + 49 * MINUTE) is None
    assert take(scene, agent=scene.colleague, at=MONDAY + 50 * MINUTE) is not None


def test_hold_that_has_ended_is_not_taken_up_again() -> None:
    scene = desk(people=1)
    shown = take_one(scene).row

    assert taking.keep_hold(shown=shown, at=MONDAY + 20 * MINUTE) is False
    assert (
        take_one(scene, agent=scene.colleague, at=MONDAY + 21 * MINUTE).entry.contact_point == scene.people[0]
    )
    assert taking.keep_hold(shown=shown, at=MONDAY + 22 * MINUTE) is False
    assert entry_of(scene.people[0]).held_by == scene.colleague


def test_hold_ends_when_the_call_is_done() -> None:
    scene = desk(people=1)
    shown = take_one(scene).row
    taking.keep_hold(shown=shown, at=MONDAY + HALF)

    reporting.report(shown=shown, said=said(scene), at=MONDAY + HALF + MINUTE)
    shown.refresh_from_db()

    entry = entry_of(scene.people[0])
    assert (entry.state, entry.held_by, entry.held_until) == ("DONE", None, None)
    assert taking.keep_hold(shown=shown, at=MONDAY + HALF + 2 * MINUTE) is False


def test_number_that_a_colleague_of_another_list_has_since_is_not_kept() -> None:
    scene = desk(people=1)
    other: CallList = listed(scene.entity, scene.purpose, scene.people)
    mine = take_one(scene).row
    late = MONDAY + taking.HOLD
    theirs = taking.take_next(call_list=other, agent=scene.colleague, at=late)

    # A clock that runs a second behind must not give the number to two.
    kept = taking.keep_hold(shown=mine, at=late - SECOND)

    assert theirs is not None
    assert kept is False
