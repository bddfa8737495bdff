"""Workers die again and again at moments nobody chose, in the middle of mailing double opt-ins."""

import random
import time
from dataclasses import dataclass

import psutil
import pytest

from consent.models import OutboxMessage
from tests import scenes
from tests.figures import Note
from tests.services.house import built_house, wake_workers
from tests.services.mail import HeldMailServer, links_in
from tests.services.people import Crowd, crowd_at
from tests.services.processes import Running, wait_for
from tests.services.worker import restart, running_beat, running_worker

pytestmark = pytest.mark.services
State = OutboxMessage.State
BACK_WITHIN = 30


@dataclass(frozen=True, kw_only=True)
class Size:
    opt_ins: int
    kills: int
    seed: int = 20261121


SIZES = [
    pytest.param(Size(opt_ins=20, kills=2), id="small"),
    pytest.param(Size(opt_ins=1000, kills=20), id="full", marks=pytest.mark.drill),
]


@pytest.mark.parametrize("size", SIZES)
def test_killed_workers_lose_no_mail(mail_server: HeldMailServer, note: Note, size: Size) -> None:
    chance = random.Random(size.seed)  # noqa: S311 (chance, no secret)
    crowd = crowd_at(scene=scenes.recipe_book())
    mail_server.seconds_per_mail = 0.01
    with (
        built_house(mail_port=mail_server.port) as house,
        running_beat(house=house),
        running_worker(house=house, senders=1) as worker,
    ):
        starts = [
            die_at_random(crowd=crowd, worker=worker, size=size, number=number, chance=chance)
            for number in range(size.kills)
        ]
        seconds = wait_for(what="all mail to be sent", seconds=BACK_WITHIN, holds=nothing_left)

    copies = {message.pk: mail_server.copies(message.pk) for message in OutboxMessage.objects.all()}
    twice = [pk for pk, mails in copies.items() if len(mails) > 1]
    note(
        opt_ins=len(copies),
        kills=size.kills,
        mails=len(mail_server.mails),
        duplicates=len(mail_server.mails) - len(copies),
        slowest_restart_in_seconds=max(starts),
        seconds_until_all_sent=seconds,
    )
    assert len(copies) == size.opt_ins
    assert min(len(mails) for mails in copies.values()) >= 1
    assert len(mail_server.mails) - len(copies) <= size.kills
    assert starts[-1] + seconds <= BACK_WITHIN
    assert all(len({links_in(mail) for mail in mails}) == 1 for mails in copies.values())
    assert set(twice) <= set(flagged())


def die_at_random(*, crowd: Crowd, worker: Running, size: Size, number: int, chance: random.Random) -> float:
    """A share of the people opts in; after some of their mails, at any moment, the worker dies."""
    share, before = size.opt_ins // size.kills, sent()
    for one in range(share):
        crowd.opt_in(name=f"person-{number}-{one}")
    wake_workers(house=worker.house)
    some = chance.randint(1, share // 2)
    wait_for(what="some mail", seconds=BACK_WITHIN, holds=lambda: sent() >= before + some)
    time.sleep(chance.random() * 0.05)
    worker.kill()
    return restart(worker=worker)


def sent() -> int:
    return OutboxMessage.objects.filter(state=State.SENT).count()


def nothing_left() -> bool:
    return not OutboxMessage.objects.exclude(state=State.SENT).exists()


def flagged() -> list[object]:
    return list(OutboxMessage.objects.filter(possibly_sent_twice=True).values_list("pk", flat=True))


def test_a_killed_sender_is_replaced_at_once(mail_server: HeldMailServer) -> None:
    # Only the sending process dies, as when memory runs out: its worker makes a new one and goes on.
    crowd = crowd_at(scene=scenes.recipe_book())
    mail_server.seconds_per_mail = 0.05
    with built_house(mail_port=mail_server.port) as house, running_worker(house=house, senders=1) as worker:
        for number in range(10):
            crowd.opt_in(name=f"person-{number}")
        wake_workers(house=house)
        wait_for(what="some mail", seconds=10, holds=lambda: sent() >= 3)
        (sender,) = [child for child in worker.children() if child.status() != psutil.STATUS_ZOMBIE]
        sender.kill()
        wait_for(what="the others' mail", seconds=10, holds=lambda: sent() >= 9)

    left = OutboxMessage.objects.exclude(state=State.SENT).values_list("state", flat=True)
    assert list(left) in ([], [State.SENDING])
