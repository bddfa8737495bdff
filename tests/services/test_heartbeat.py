import datetime

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client

from config.celery import app
from consent.models import Heartbeat
from tests import scenes
from tests.services.house import built_house
from tests.services.mail import held_mail_server
from tests.services.people import crowd_at
from tests.services.processes import wait_for
from tests.services.worker import running_beat, running_worker

NAME = "consent.tasks.deliver_outbox"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_the_real_task_beats_and_its_silence_turns_the_page_red(client: Client) -> None:
    crowd_at(scene=scenes.recipe_book()).opt_in(name="canary")
    with (
        held_mail_server() as server,
        built_house(mail_port=server.port) as house,
        running_worker(house=house),
        running_beat(house=house),
    ):
        wait_for(what="a heartbeat", seconds=40, holds=Heartbeat.objects.filter(name=NAME).exists)
    sentence = f"The periodic task {NAME} is late."
    on_time = client.get("/readyz").json()["faults"]
    Heartbeat.objects.update(last_beat_at=F("last_beat_at") - 2 * interval_of(NAME))
    late = client.get("/readyz")

    assert sentence not in on_time
    assert late.status_code == 503
    assert sentence in late.json()["faults"]
    assert "canary" not in late.content.decode()
    assert "@" not in late.content.decode()


def interval_of(task: str) -> datetime.timedelta:
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    return next(datetime.timedelta(seconds=one["schedule"]) for one in entries if one["task"] == task)


def test_every_periodic_task_exists() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
