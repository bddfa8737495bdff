from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config import health
from config.celery import app
from config.mail import LOOPBACK, free_port
from consent.models import Heartbeat, OutboxMessage
from tests import make

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SCHEDULE = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def beat(*, task: str, at: datetime) -> None:
    Heartbeat.objects.update_or_create(
        name=task, defaults={"last_beat_at": at, "interval_seconds": int(SCHEDULE[task])}
    )


@pytest.fixture
def all_beating(db: None) -> None:
    for task in SCHEDULE:
        beat(task=task, at=NOW)


@pytest.mark.services
@pytest.mark.usefixtures("all_beating")
def test_nothing_is_wrong_while_everything_runs() -> None:
    assert health.find_faults(now=NOW) == []


@pytest.mark.usefixtures("all_beating")
@pytest.mark.parametrize("task", sorted(SCHEDULE))
def test_a_task_that_misses_two_intervals_is_named(task: str) -> None:
    patience = timedelta(seconds=max(2 * SCHEDULE[task], 20))
    beat(task=task, at=NOW - patience)
    assert health.late_tasks(now=NOW) == []

    beat(task=task, at=NOW - patience - timedelta(seconds=1))
    assert health.late_tasks(now=NOW) == [f"The periodic task {task} is late."]


@pytest.mark.django_db
def test_a_task_that_never_ran_is_late_two_intervals_after_installation() -> None:
    installed_at = MigrationRecorder.Migration.objects.latest("applied").applied

    assert health.late_tasks(now=installed_at + timedelta(seconds=20)) == []
    assert health.late_tasks(now=installed_at + timedelta(seconds=21)) == [
        "The periodic task consent.tasks.deliver_outbox is late.",
        "The periodic task consent.tasks.deliver_notifications is late.",
        "The periodic task consent.tasks.make_ready is late.",
        "The periodic task scoring.tasks.update_scores is late.",
        "The periodic task scoring.tasks.run_campaigns is late.",
        "The periodic task scoring.tasks.run_journeys is late.",
    ]


@pytest.mark.usefixtures("all_beating")
@pytest.mark.parametrize(
    ("state", "late_by", "faults"),
    [
        ("WAITING", 600, []),
        ("WAITING", 601, ["The oldest unsent message is 601 seconds late."]),
        ("SENDING", 700, ["The oldest unsent message is 700 seconds late."]),
        ("SENT", 700, []),
        ("REFUSED", 700, []),
    ],
)
def test_an_old_unsent_message_is_told(state: str, late_by: int, faults: list[str]) -> None:
    organisation = make.organisation()
    alice = make.contact(organisation=organisation)
    OutboxMessage.objects.create(
        organisation=organisation,
        legal_entity=make.legal_entity(organisation=organisation),
        contact=alice,
        contact_point=make.email_point(contact=alice),
        kind=OutboxMessage.Kind.CONFIRMATION,
        state=state,
        subject_id=uuid4(),
        created_at=NOW,
        due_at=NOW - timedelta(seconds=late_by),
    )

    assert health.late_messages(now=NOW) == faults


@pytest.mark.django_db
def test_a_dead_broker_turns_the_page_red(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis://{LOOPBACK}:{free_port()}/0")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "The broker does not answer." in response.json()["faults"]


@pytest.mark.django_db
def test_a_dead_database_turns_the_page_red(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> list[str]:
        raise DatabaseError

    monkeypatch.setattr(health, "missing_migrations", refuse)

    response = client.get("/readyz")

    assert (response.status_code, response.json()["faults"]) == (503, ["The database does not answer."])


def test_the_process_answers_without_looking_further(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_the_health_pages_only_answer_questions(client: Client) -> None:
    assert [client.post(page).status_code for page in ("/healthz", "/readyz")] == [405, 405]
