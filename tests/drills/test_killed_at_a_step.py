"""A worker dies between each two steps of sending one mail (claim, render, accept, mark)."""

import contextlib
import datetime
from collections.abc import Callable, Iterator

import pytest
from django.db.models import F

from consent.domain import outbox
from consent.models import OutboxMessage
from tests import scenes
from tests.conftest import owner_connection
from tests.figures import Note
from tests.services.house import House, built_house, wake_workers
from tests.services.mail import HeldMailServer, Step, links_in
from tests.services.people import crowd_at
from tests.services.processes import wait_for
from tests.services.worker import running_beat, running_worker

pytestmark = pytest.mark.services
State = OutboxMessage.State
Hold = Callable[[HeldMailServer], contextlib.AbstractContextManager[Callable[[], bool]]]


@contextlib.contextmanager
def locked(table: str) -> Iterator[None]:
    """Whoever reads this table waits until the end of the block."""
    with owner_connection() as link:
        link.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield
        link.rollback()


@contextlib.contextmanager
def before_claiming(_server: HeldMailServer) -> Iterator[Callable[[], bool]]:
    with locked("consent_outboxmessage"):
        yield lambda: somebody_waits_for("consent_outboxmessage")


@contextlib.contextmanager
def before_rendering(_server: HeldMailServer) -> Iterator[Callable[[], bool]]:
    with locked("consent_subjectkey"):
        yield lambda: somebody_waits_for("consent_subjectkey")


def in_conversation(step: Step) -> Hold:
    @contextlib.contextmanager
    def hold(server: HeldMailServer) -> Iterator[Callable[[], bool]]:
        server.hold(step)
        yield server.reached.is_set
        server.let_go()

    return hold


def somebody_waits_for(table: str) -> bool:
    with owner_connection() as link:
        row = link.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [table]
        ).fetchone()
    return bool(row and row[0])


# Where the worker dies, what its message then looks like, how many mails arrive in the end, who can tell.
CASES = [
    pytest.param(before_claiming, State.WAITING, 1, False, id="before the claim"),
    pytest.param(before_rendering, State.SENDING, 1, True, id="claim and render"),
    pytest.param(in_conversation(Step.GREETING), State.SENDING, 1, True, id="render and accept"),
    pytest.param(in_conversation(Step.HANDED_OVER), State.SENDING, 2, True, id="accept and answer"),
    pytest.param(in_conversation(Step.ANSWERED), State.SENDING, 2, True, id="answer and mark"),
]


def kill_at(*, house: House, hold: Hold, server: HeldMailServer) -> None:
    with hold(server) as reached, running_worker(house=house) as worker:
        wake_workers(house=house)
        wait_for(what="the step", seconds=10, holds=reached)
        worker.kill()


def is_sent() -> bool:
    return OutboxMessage.objects.get().state == State.SENT


@pytest.mark.parametrize(("hold", "left", "arrived", "flagged"), CASES)
def test_worker_killed_between_steps_leaves_nothing_stuck(
    mail_server: HeldMailServer, hold: Hold, left: str, arrived: int, flagged: bool
) -> None:
    crowd_at(scene=scenes.recipe_book()).opt_in(name="alice")
    with built_house(mail_port=mail_server.port) as house:
        kill_at(house=house, hold=hold, server=mail_server)
        state = OutboxMessage.objects.get().state
        let_time_pass(by=outbox.CLAIM_LASTS)
        with running_worker(house=house):
            wake_workers(house=house)
            wait_for(what="the mail to be sent again", seconds=10, holds=is_sent)

    assert state == left
    assert_same_mail(mail_server, copies=arrived, flagged=flagged)


@pytest.mark.drill
@pytest.mark.parametrize(("hold", "left", "arrived", "flagged"), CASES)
def test_worker_killed_between_steps_in_real_time(
    mail_server: HeldMailServer, note: Note, hold: Hold, left: str, arrived: int, flagged: bool
) -> None:
    crowd_at(scene=scenes.recipe_book()).opt_in(name="alice")
    with built_house(mail_port=mail_server.port) as house, running_beat(house=house):
        kill_at(house=house, hold=hold, server=mail_server)
        state = OutboxMessage.objects.get().state
        with running_worker(house=house):
            seconds = wait_for(what="the mail to be sent again", seconds=30, holds=is_sent)

    note(seconds_until_sent=seconds, mails=len(mail_server.mails))
    assert state == left
    assert_same_mail(mail_server, copies=arrived, flagged=flagged)


def let_time_pass(*, by: datetime.timedelta) -> None:
    OutboxMessage.objects.filter(state=State.SENDING).update(claimed_at=F("claimed_at") - by)


def assert_same_mail(server: HeldMailServer, *, copies: int, flagged: bool) -> None:
    message = OutboxMessage.objects.get()
    mails = server.copies(message.pk)
    assert len(mails) == len(server.mails) == copies
    assert len({links_in(mail) for mail in mails}) == 1
    assert message.possibly_sent_twice is flagged
