"""Two workers at once, and one that objects while a turn is made."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from consent.domain.withdrawals import Scope, object_to
from consent.models import Channel
from customers.domain.contacts import hold_contact
from customers.models import Contact
from scoring.domain.journeys import turning
from scoring.domain.scores import hearing
from scoring.domain.scores.computing import score_some
from scoring.models import JourneyAction, JourneyMember, JourneyMove, Score, ScoreModelVersion
from tests.scoring import make as scoring
from tests.scoring import make_journeys as journeys
from tests.scoring import make_scores as scores
from tests.scoring.domain.house import WAY
from tests.scoring.domain.journeys.scene import DAY, MINUTE, NOW, Way, begin, stands, way

pytestmark = pytest.mark.django_db(transaction=True)


def everybody_enters() -> Way:
    found = way()
    journeys.rule(journey=found.journey, to_stage=found.looks)
    journeys.action(stage=found.looks, what=JourneyAction.What.TASK, words="Bel op")
    return found


def work(found: Way, start: threading.Barrier) -> int:
    try:
        start.wait(timeout=20)
        return sum(turning.bring_on(journey=found.journey, now=NOW) for _once in range(3))
    finally:
        connection.close()


def test_two_workers_let_everybody_in_once() -> None:
    found = everybody_enters()
    for number in range(20):
        found.person(f"Person {number}")
    begin(found)
    start = threading.Barrier(2)

    with ThreadPoolExecutor(max_workers=2) as pool:
        worked = [pool.submit(work, found, start) for _worker in range(2)]
        for one in worked:
            one.result(timeout=60)
    turning.bring_on(journey=found.journey, now=NOW)

    assert JourneyMember.objects.count() == 20
    assert JourneyMove.objects.count() == 20
    assert sum(member.tasks.count() for member in JourneyMember.objects.all()) == 20


def test_who_objects_while_a_turn_waits_for_them_does_not_enter() -> None:
    found = everybody_enters()
    alice, bob = found.person(), found.person("Bob")
    begin(found)
    start = threading.Barrier(2)

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            hold_contact(contact_id=alice.pk)
            worked = pool.submit(work, found, start)
            start.wait(timeout=20)
            wait_until_somebody_waits()
            scope = Scope(purpose_id=found.house.profiling.pk, channel=Channel.NONE)
            object_to(contact=alice, scope=scope, how=WAY, occurred_at=NOW)
        worked.result(timeout=60)

    assert (stands(alice), stands(bob)) == ("", "looks")


def wait_until_somebody_waits() -> None:
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.05)
    raise AssertionError("Nobody waited for the person who is held.")


def test_score_counted_while_somebody_becomes_an_employee_goes_with_the_next_look() -> None:
    """However long ago the turn began that made them one."""
    found, alice = employing()
    version = scores.score_version(model=scores.score_model(legal_entity=found.house.entity))
    scores.score_rule(version=version)
    ScoreModelVersion.objects.update(heard_until_at=NOW - MINUTE, heard_sequence=hearing.last_heard())
    counted, moved = threading.Event(), threading.Event()

    with ThreadPoolExecutor(max_workers=1) as pool:
        scoring_too = pool.submit(score_beside, version, alice.pk, counted, moved)
        assert counted.wait(timeout=20)
        turning.bring_on(journey=found.journey, now=NOW)
        moved.set()
        scoring_too.result(timeout=60)
    outlived = Score.objects.filter(contact=alice).count()
    version.refresh_from_db()
    hearing.hear(version=version, now=NOW + MINUTE)

    assert (stands(alice), outlived) == ("buys", 1)
    assert not Score.objects.exists()


def employing() -> tuple[Way, Contact]:
    """Whoever looks round becomes an employee in a turn that began ten minutes ago."""
    found = way()
    found.buys.figures_only = True
    found.buys.save(update_fields=["figures_only"])
    journeys.rule(journey=found.journey, from_stage=found.looks, to_stage=found.buys)
    alice = found.person()
    journeys.member(stage=found.looks, contact=alice, entered_at=NOW - DAY)
    scoring.behaviour(contact=alice, legal_entity=found.house.entity, occurred_at=NOW - DAY)
    begin(found, NOW - 10 * MINUTE)
    found.journey.turn_at, found.journey.turn_after = NOW - 10 * MINUTE, uuid.UUID(int=0)
    found.journey.save(update_fields=["turn_at", "turn_after"])
    return found, alice


def score_beside(
    version: ScoreModelVersion, contact_id: uuid.UUID, counted: threading.Event, moved: threading.Event
) -> None:
    """Count in a transaction that goes on until the other has moved."""
    try:
        with transaction.atomic():
            score_some(version=version, contact_ids=[contact_id], now=NOW)
            counted.set()
            assert moved.wait(timeout=20)
    finally:
        connection.close()
