"""The broker goes away, or falls silent, while people opt in."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.conf import settings

from consent.models import ConsentEvent, OutboxMessage
from tests import scenes
from tests.figures import Note
from tests.services.house import built_house
from tests.services.mail import HeldMailServer
from tests.services.processes import wait_for
from tests.services.web import Answer, Visitor, collect_static_files, percentile, running_web
from tests.services.wire import Wire, wire_to
from tests.services.worker import running_beat, running_worker

pytestmark = pytest.mark.services
HUMAN_SECONDS = 3.1


@dataclass(frozen=True, kw_only=True)
class Size:
    visitors: int
    seconds_away: float
    at_once: int = 4


FAULTS = (Wire.mend, Wire.cut, Wire.hush)
SIZES = [
    pytest.param(Size(visitors=10, seconds_away=2), id="small"),
    pytest.param(Size(visitors=400, seconds_away=60), id="full", marks=pytest.mark.drill),
]


@pytest.mark.parametrize("size", SIZES)
def test_nobody_waits_for_a_broker_that_is_away(mail_server: HeldMailServer, note: Note, size: Size) -> None:
    # First it is there, then it refuses connections, then it accepts them and never answers.
    choice = scenes.recipe_book().newsletter.pk
    with (
        wire_to(url=settings.CELERY_BROKER_URL) as (wire, near),
        built_house(mail_port=mail_server.port, broker=near) as house,
        running_worker(house=house),
        running_beat(house=house),
        running_web(house=house),
    ):
        visitors = [
            Visitor(port=house.port, number=number, choice=choice) for number in range(3 * size.visitors)
        ]
        open_all(visitors, size=size)
        there, cut, silent = (
            opt_in_during(fault, wire=wire, visitors=visitors[turn :: len(FAULTS)], size=size, note=note)
            for turn, fault in enumerate(FAULTS)
        )
    assert [answer.status for answer in (*there, *cut, *silent)] == [302] * len(visitors)
    assert ConsentEvent.objects.count() == len(visitors)
    assert {mail["To"] for mail in mail_server.mails} == {visitor.email for visitor in visitors}


def open_all(visitors: list[Visitor], *, size: Size) -> None:
    with ThreadPoolExecutor(size.at_once) as pool:
        list(pool.map(Visitor.open, visitors))
    time.sleep(HUMAN_SECONDS)


def opt_in_during(
    fault: Callable[[Wire], None], *, wire: Wire, visitors: list[Visitor], size: Size, note: Note
) -> list[Answer]:
    fault(wire)
    gone_at = time.monotonic()
    with ThreadPoolExecutor(size.at_once) as pool:
        sent = pool.map(Visitor.send, paced(visitors, seconds=size.seconds_away))
        answers = list(sent)
    time.sleep(max(0, gone_at + size.seconds_away - time.monotonic()))
    wire.mend()
    seconds = wait_for(what="all mail to be sent", seconds=40, holds=nothing_left)
    note(
        broker={"mend": "there", "cut": "cut off", "hush": "silent"}[fault.__name__],
        **figures(answers),
        seconds_until_all_sent=seconds,
    )
    return answers


def test_a_page_leaves_the_broker_to_another_thread(mail_server: HeldMailServer) -> None:
    # Seen from outside: only the thread that wakes workers opens a connection to the broker.
    choice = scenes.recipe_book().newsletter.pk
    with (
        wire_to(url=settings.CELERY_BROKER_URL) as (wire, near),
        built_house(mail_port=mail_server.port, broker=near) as house,
    ):
        collect_static_files(house=house)
        wire.hush()
        outcome = subprocess.run(
            [sys.executable, "-m", "tests.services.posting", "receptenboekje", str(choice), str(wire.port)],
            check=True,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env=house.environment(),
        )

    told = json.loads(outcome.stdout)
    assert (told["status"], told["callers"]) == (302, ["outbox-waker"])
    assert told["seconds"] < 1


def figures(answers: list[Answer]) -> dict[str, object]:
    seconds = [answer.seconds for answer in answers]
    return {
        "opt_ins": len(answers),
        "median_milliseconds": percentile(seconds=seconds, percent=50) * 1000,
        "p99_milliseconds": percentile(seconds=seconds, percent=99) * 1000,
        "slowest_milliseconds": max(seconds) * 1000,
    }


def paced(visitors: list[Visitor], *, seconds: float) -> Iterator[Visitor]:
    """Spread them evenly over these seconds."""
    began = time.monotonic()
    for number, visitor in enumerate(visitors):
        time.sleep(max(0, began + number * seconds / len(visitors) - time.monotonic()))
        yield visitor


def nothing_left() -> bool:
    return not OutboxMessage.objects.exclude(state=OutboxMessage.State.SENT).exists()
