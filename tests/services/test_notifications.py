"""The real worker tells a real receiver, also when it is killed between the answer and its note."""

import pytest
from standardwebhooks import Webhook

from config.celery import app
from consent.domain.notifying import delivering
from consent.models import Notification
from tests import make
from tests.consent.domain.notifying.scene import Outside, outside, signing
from tests.services.house import House, built_house
from tests.services.processes import wait_for
from tests.services.worker import running_beat, running_worker
from tests.webhook_receiver import running_receiver

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
NO_MAIL = 9


def wake(*, house: House) -> None:
    app.send_task("consent.tasks.deliver_notifications", queue=house.queue)


def is_told() -> bool:
    return Notification.objects.get().state == "TOLD"


@pytest.fixture
def scene() -> Outside:
    return outside()


def test_worker_and_beat_tell_within_seconds(scene: Outside) -> None:
    with (
        running_receiver() as receiver,
        built_house(mail_port=NO_MAIL, WEBHOOK_LOOPBACK="true") as house,
        running_worker(house=house),
        running_beat(house=house),
    ):
        secret = signing(make.endpoint(legal_entities=[scene.entity], url=receiver.url))
        scene.object()
        wait_for(what="the webhook", seconds=60, holds=is_told)
        [got] = receiver.got
        payload = Webhook(secret).verify(got.body, dict(got.headers))

    assert payload["data"]["contact"] == str(scene.alice.pk)


def test_worker_killed_before_its_note_tells_again_under_the_same_name(scene: Outside) -> None:
    with (
        running_receiver() as receiver,
        built_house(mail_port=NO_MAIL, WEBHOOK_LOOPBACK="true") as house,
    ):
        make.endpoint(legal_entities=[scene.entity], url=receiver.url)
        scene.object()
        receiver.may_answer.clear()
        with running_worker(house=house) as worker:
            wake(house=house)
            wait_for(what="the first request", seconds=20, holds=receiver.arrived.is_set)
            worker.kill()
        left = Notification.objects.get().state
        receiver.may_answer.set()
        let_time_pass()
        with running_worker(house=house):
            wake(house=house)
            wait_for(what="the second request", seconds=20, holds=is_told)

    notification = Notification.objects.get()
    assert left == "SENDING"
    assert {got.webhook_id for got in receiver.got} == {str(notification.pk)}
    assert (len(receiver.got), notification.possibly_told_twice) == (2, True)


def let_time_pass() -> None:
    taken = Notification.objects.get()
    assert taken.claimed_at is not None
    Notification.objects.update(claimed_at=taken.claimed_at - delivering.CLAIM_LASTS)
