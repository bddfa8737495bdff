"""The broker dies while every sender of a worker is at work, and comes back empty-handed."""

from collections.abc import Iterator

import pytest
from celery import current_app

from config.broker import broker_url
from config.embedded.valkey import PrivateValkey
from consent.models import OutboxMessage
from tests import scenes
from tests.services.house import built_house, own_folder
from tests.services.mail import HeldMailServer, Step
from tests.services.people import crowd_at
from tests.services.processes import Running, wait_for
from tests.services.worker import running_worker

pytestmark = pytest.mark.services


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateValkey]:
    for name in ("BROKER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    with own_folder() as folder:
        server = PrivateValkey(state=folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def test_a_worker_with_its_hands_full_goes_on_after_the_broker_was_killed(
    mail_server: HeldMailServer, broker: PrivateValkey
) -> None:
    crowd = crowd_at(scene=scenes.recipe_book())
    crowd.opt_in(name="alice")
    mail_server.hold(Step.HANDED_OVER)
    address = broker_url(state=broker.place.parent)
    with (
        built_house(mail_port=mail_server.port, broker=address) as house,
        running_worker(house=house, senders=1) as worker,
    ):
        wake(address=address, queue=house.queue)
        wait_for(what="the mail to be on its way", seconds=60, holds=mail_server.reached.is_set)
        kill(broker)
        mail_server.let_go()
        wait_for(what="the end of that task", seconds=60, holds=lambda: could_not_tell(worker))
        broker.start()
        crowd.opt_in(name="bob")
        wake(address=address, queue=house.queue)
        wait_for(what="the next mail", seconds=60, holds=nothing_left)

    assert len(mail_server.mails) == 2


def wake(*, address: str, queue: str) -> None:
    with current_app.connection_for_write(address) as link:
        current_app.send_task("consent.tasks.deliver_outbox", queue=queue, connection=link)


def kill(broker: PrivateValkey) -> None:
    assert broker.child is not None
    broker.child.kill()
    broker.child.wait(10)


def could_not_tell(worker: Running) -> bool:
    return "Couldn't ack" in worker.said()


def nothing_left() -> bool:
    return not OutboxMessage.objects.exclude(state=OutboxMessage.State.SENT).exists()
