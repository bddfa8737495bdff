"""`make run`, then worker, web server and broker die one after the other in the middle of opt-ins."""

import os
import signal
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil
import pytest

from consent.domain.ledger.evidence import open_evidence
from consent.models import Act, ConsentEvent, OutboxMessage
from tests import scenes
from tests.figures import Note
from tests.services.house import built_house
from tests.services.mail import HeldMailServer, links_in
from tests.services.processes import Running, running, wait_for
from tests.services.web import Visitor, answers

pytestmark = pytest.mark.services
HUMAN_SECONDS = 3.1
VICTIMS = {"worker": "celery --app config worker", "web": "-m granian", "broker": "valkey.sock"}


@dataclass(frozen=True, kw_only=True)
class Size:
    visitors: int
    at_once: int


SIZES = [
    pytest.param(Size(visitors=12, at_once=2), id="small"),
    pytest.param(Size(visitors=200, at_once=4), id="full", marks=pytest.mark.drill),
]


@pytest.mark.parametrize("size", SIZES)
def test_every_acknowledged_opt_in_has_its_event_and_its_mail(
    mail_server: HeldMailServer, note: Note, size: Size
) -> None:
    choice = scenes.recipe_book().newsletter.pk
    with built_house(mail_port=mail_server.port, BROKER_URL="", REDIS_URL="") as house:
        command = (sys.executable, "manage.py", "run")
        everything = Running(name="run", command=command, house=house)
        with running(program=everything, ready=answers):
            visitors = [
                Visitor(port=house.port, number=number, choice=choice) for number in range(size.visitors)
            ]
            tries = opt_in_while_dying(everything, visitors=visitors, size=size)
            seconds = wait_for(what="all mail to be sent", seconds=60, holds=nothing_left)

    mails = Counter(str(mail["To"]) for mail in mail_server.mails)
    note(
        opt_ins=size.visitors,
        tries=sum(tries),
        kills=len(VICTIMS),
        mails=mails.total(),
        seconds_until_all_sent=seconds,
    )
    wanted = Counter(visitor.email for visitor in visitors)
    assert Counter(typed_addresses()) == wanted
    assert set(mails) == set(wanted)
    assert_twice_only_where_marked(mail_server)


def opt_in_while_dying(everything: Running, *, visitors: list[Visitor], size: Size) -> list[int]:
    done = threading.Semaphore(0)

    def insist(visitor: Visitor) -> int:
        tries = send_until_taken(visitor)
        done.release()
        return tries

    with ThreadPoolExecutor(size.at_once) as pool:
        list(pool.map(Visitor.open, visitors))
        time.sleep(HUMAN_SECONDS)
        tries = pool.map(insist, visitors)
        for victim in VICTIMS:
            for _visitor in range(size.visitors // (len(VICTIMS) + 1)):
                done.acquire(timeout=60)
            kill(everything, victim=victim)
        return list(tries)


def send_until_taken(visitor: Visitor) -> int:
    """A page that does not come makes a person press the button again: the same form, sent once more."""
    deadline = time.monotonic() + 60
    for tries in range(1, 600):
        if visitor.send().status == 302:
            return tries
        assert time.monotonic() < deadline
        time.sleep(0.2)
    raise AssertionError(visitor.email)


def kill(everything: Running, *, victim: str) -> None:
    """Each program that was started leads a group of its own: it dies with all its helpers."""
    (leader,) = [child for child in everything.children() if VICTIMS[victim] in command_of(child)]
    os.killpg(leader.pid, signal.SIGKILL)


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def nothing_left() -> bool:
    return not OutboxMessage.objects.exclude(state=OutboxMessage.State.SENT).exists()


def typed_addresses() -> list[object]:
    return [
        open_evidence(event=event)["typed"]["EMAIL"]
        for event in ConsentEvent.objects.filter(act=Act.REQUESTED)
    ]


def assert_twice_only_where_marked(server: HeldMailServer) -> None:
    for message in OutboxMessage.objects.all():
        copies = server.copies(message.pk)
        assert len({links_in(mail) for mail in copies}) == 1
        assert len(copies) == 1 or message.possibly_sent_twice
