"""Is the product alive, and is it doing its work? Ages are looked at, not only whether things answer."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from config.celery import app
from consent.domain.heartbeats import FOUND_A_FAULT
from consent.models import Heartbeat, OutboxMessage

OLDEST_MESSAGE = timedelta(minutes=10)
INTERVALS_MISSED = 2
# A task of every few seconds may wait for one that takes ten, which is as long as any may take.
LEAST_PATIENCE = timedelta(seconds=20)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    faults = find_faults(now=timezone.now())
    answer = {"status": "late" if faults else "ok", "faults": faults}
    return JsonResponse(answer, status=503 if faults else 200)


def find_faults(*, now: datetime) -> list[str]:
    """What is wrong, one sentence each. Without a database nothing else can be asked of it."""
    try:
        return [*missing_migrations(), *late_messages(now=now), *late_tasks(now=now), *silent_broker()]
    except DatabaseError:
        return ["The database does not answer.", *silent_broker()]


def missing_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{len(plan)} migrations are not applied."] if plan else []


def late_messages(*, now: datetime) -> list[str]:
    oldest = (
        OutboxMessage.objects.filter(state__in=[OutboxMessage.State.WAITING, OutboxMessage.State.SENDING])
        .order_by("due_at", "pk")
        .values_list("due_at", flat=True)
        .first()
    )
    if oldest is None or now - oldest <= OLDEST_MESSAGE:
        return []
    return [f"The oldest unsent message is {int((now - oldest).total_seconds())} seconds late."]


def late_tasks(*, now: datetime) -> list[str]:
    """Alarms on absence: a task that never ran counts from the last migration on."""
    beats = dict(Heartbeat.objects.values_list("name", "last_beat_at"))
    installed_at = MigrationRecorder.Migration.objects.latest("applied").applied
    late = []
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        patience = max(timedelta(seconds=entry["schedule"] * INTERVALS_MISSED), LEAST_PATIENCE)
        if beats.get(entry["task"]) == FOUND_A_FAULT:
            late.append(f"The periodic task {entry['task']} found a fault: its log says which.")
        elif now - beats.get(entry["task"], installed_at) > patience:
            late.append(f"The periodic task {entry['task']} is late.")
    return late


def silent_broker() -> list[str]:
    try:
        with app.connection_for_write(connect_timeout=1) as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=1)
    except (OperationalError, OSError):
        return ["The broker does not answer."]
    return []
