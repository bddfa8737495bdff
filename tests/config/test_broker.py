import time

import pytest
from kombu.exceptions import OperationalError

from config.broker import celery_address, transport_options
from config.celery import app
from config.mail import LOOPBACK, free_port


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("redis://localhost:6379/2", "redis://localhost:6379/2"),
        ("amqp://user@localhost//", "amqp://user@localhost//"),
    ],
)
def test_celery_gets_the_address_in_its_own_notation(url: str, address: str) -> None:
    assert celery_address(url=url) == address


def test_work_of_a_killed_worker_returns_within_thirty_seconds() -> None:
    options = transport_options(url="redis://localhost")
    wait = options["unacked_restore_interval"] * options["unacked_restore_throttle"]

    assert options["visibility_timeout"] + wait <= 30
    assert app.conf.task_time_limit < options["visibility_timeout"]
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert app.conf.worker_prefetch_multiplier == 1


@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_dead_broker_does_not_hold_up_a_page(scheme: str) -> None:
    address = f"{scheme}://{LOOPBACK}:{free_port()}/0"
    began = time.monotonic()

    with pytest.raises(OperationalError), app.connection_for_write(address) as link:
        app.send_task(
            "consent.tasks.deliver_outbox", connection=link, retry_policy=app.conf.task_publish_retry_policy
        )

    assert time.monotonic() - began < 0.25
