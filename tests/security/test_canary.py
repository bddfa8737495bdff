"""Personal data stays out of logs, queues, counters and error pages: a canary is looked for in each."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from celery import current_app
from django.conf import settings as jawoord
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config import urls
from config.log import UtcFormatter
from consent import tasks
from consent.models import CollectionField
from customers.models import Contact
from tests import make, scenes
from tests.browser.fixtures import PostOffice
from tests.security.visits import FORM, newsletter, path_of, send_form

pytestmark = pytest.mark.django_db
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
CANARIES = ("kanarie", "Kanariepiet", "20000199", "000 01 99", "203.0.113.77")
LOGGERS = (
    "",
    "django",
    "django.request",
    "django.server",
    "django.security",
    "celery",
    "celery.app.trace",
    "kombu",
    "consent",
    "customers",
    "config",
)
TOKEN = "AAEBof36ldt6jKrPL_iQ1"
EMAIL, NAME, NUMBER, NETWORK = "kanarie@example.org", "Kanariepiet", "020 000 01 99", "203.0.113.77"


def broken(request: HttpRequest, token: str) -> HttpResponse:
    """Fails as a database does: with the value that it refuses in the message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [request.POST["EMAIL"]])
    return HttpResponse("never")


def broken_task(email: str) -> None:
    raise ValueError(f"{email} is not to be seen")


urlpatterns = [*urls.urlpatterns, path("broken/<str:token>/", broken)]


class Lines(logging.Handler):
    """Every line as the product writes it, from every logger, from DEBUG up."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.setFormatter(UtcFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The mail server of the tests stands outside the product, and so does what it writes.
        if not record.name.startswith("mail.log"):
            self.lines.append(self.format(record))


@pytest.fixture
def log() -> Iterator[Lines]:
    """Turns every logger of the product and of what it is built on to DEBUG."""
    handler = Lines()
    named = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in named]
    logging.getLogger().addHandler(handler)
    for logger in named:
        logger.setLevel(logging.DEBUG)
    yield handler
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(named, levels, strict=True):
        logger.setLevel(level)


def canaries_in(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary.lower() in text.lower()]


def live_through_everything(clock: time_machine.Traveller, post_office: PostOffice) -> Client:
    """The canary opts in, confirms, verifies, asks for a link, changes their mind and stops; then blocks."""
    scene = scenes.recipe_book()
    make.collection_field(
        collection_point=scene.point, name=CollectionField.Name.FAMILY_NAME, position=2, required=False
    )
    visitor = Client(REMOTE_ADDR=NETWORK)
    answers = newsletter(scene, EMAIL) | {
        "PHONE": NUMBER,
        "FAMILY_NAME": NAME,
        f"choice_{scene.calls.pk}": "on",
    }
    send_form(visitor, clock, answers)
    visitor.get(path_of(post_office.collect_one(), "confirm"))
    visitor.post("/confirm/", {"action": "confirm"})
    agreed = post_office.collect_one()
    visitor.post("/verify/", {"action": "sms"})
    visitor.post("/verify/code/", {"code": "123456"})
    visitor.post("/preferences/", {"address": EMAIL})
    visitor.get(path_of(post_office.collect_one(), "preferences"))
    visitor.post("/preferences/choices/", {"action": "stop"})
    visitor.post("/preferences/history/")
    visitor.get("/preferences/history/download/")
    visitor.get(path_of(agreed, "unsubscribe"))
    visitor.post("/unsubscribe/", {"action": "stop-all"})
    visitor.post("/preferences/block/harthulp/", {"number": NUMBER})
    visitor.get(f"/nowhere/{EMAIL}/")
    visitor.get(f"/preferences/{EMAIL}/")
    visitor.post(FORM, {"EMAIL": EMAIL, "PHONE": NUMBER})
    post_office.collect()
    return visitor


@pytest.fixture
def _texts_to_files(settings: Any, tmp_path: Path) -> None:
    settings.SMS_GATEWAY = f"file:{tmp_path}"


@pytest.mark.usefixtures("_texts_to_files")
def test_no_log_line_knows_the_canary(
    log: Lines, clock: time_machine.Traveller, post_office: PostOffice, capfd: pytest.CaptureFixture[str]
) -> None:
    live_through_everything(clock, post_office)

    written = capfd.readouterr()
    assert Contact.objects.get().family_name == NAME
    assert canaries_in("\n".join(log.lines)) == []
    assert canaries_in(written.out) == []


@pytest.mark.usefixtures("_texts_to_files")
def test_no_message_to_a_worker_knows_the_canary(
    clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    live_through_everything(clock, post_office)

    tasks.deliver_outbox.delay()
    with current_app.connection_for_read() as broker:
        queue = broker.SimpleQueue(jawoord.CELERY_TASK_DEFAULT_QUEUE)
        message = queue.get(timeout=5)
        told = str(message.payload) + str(message.headers)
        message.ack()

    assert canaries_in(told) == []
    assert "deliver_outbox" in told


@pytest.mark.usefixtures("_texts_to_files")
def test_no_counter_in_redis_knows_the_canary(clock: time_machine.Traveller, post_office: PostOffice) -> None:
    live_through_everything(clock, post_office)

    with redis.Redis.from_url(jawoord.REDIS_URL) as store:
        keys = [key.decode() for key in store.scan_iter("*")]
    assert canaries_in("\n".join(keys)) == []


@pytest.mark.urls("tests.security.test_canary")
def test_page_of_a_failure_and_its_log_know_nothing(log: Lines) -> None:
    visitor = Client(raise_request_exception=False, REMOTE_ADDR=NETWORK)

    answer = visitor.post(f"/broken/{TOKEN}/", {"EMAIL": EMAIL, "FAMILY_NAME": NAME})

    assert answer.status_code == 500
    assert canaries_in(answer.content.decode()) == []
    logged = "\n".join(log.lines)
    assert "Internal Server Error: /broken/<str:token>/" in logged
    assert "test_canary.py" in logged
    assert TOKEN not in logged
    assert canaries_in(logged) == []


def test_log_of_a_failed_task_knows_nothing(log: Lines) -> None:
    current_app.task(broken_task).apply(kwargs={"email": EMAIL})

    logged = "\n".join(log.lines)
    assert "broken_task" in logged
    assert "ValueError" in logged
    assert canaries_in(logged) == []
