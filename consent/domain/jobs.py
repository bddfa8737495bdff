"""Long work in chunks: each chunk and how far it came are one transaction, so that nothing is done twice."""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from consent.models import Job
from customers.models import Organisation, StaffMember

State = Job.State
UNFINISHED = (State.WAITING, State.RUNNING)
# A chunk takes seconds; who said nothing for so long was killed.
SILENT_FOR = datetime.timedelta(seconds=30)


class JobNotRestartableError(ValueError):
    """Only what failed or was cancelled can be taken up again."""


class WorkFailedError(Exception):
    """The work cannot go on; the sentence says why, to whoever started it."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What one chunk did: how far the work is now, how much it added, and whether that was all."""

    cursor: dict[str, Any]
    done: int
    counts: dict[str, int] = field(default_factory=dict)
    finished: bool = False


Chunk = Callable[[Job, datetime.datetime], Progress]
# How jobs of apps above this one are worked off: they name it when they are ready.
ABOVE: Final[dict[str, Chunk]] = {}


def start_job(
    *,
    organisation: Organisation,
    kind: Job.Kind,
    total: int,
    key_range: dict[str, Any],
    started_by: StaffMember | None,
    now: datetime.datetime,
    legal_entity_id: uuid.UUID | None = None,
) -> Job:
    """Write down work to be done; the edge that asked for it wakes a worker after the transaction."""
    return Job.objects.create(
        organisation=organisation,
        legal_entity_id=legal_entity_id,
        kind=kind,
        total=total,
        key_range=key_range,
        started_by=started_by,
        created_at=now,
        heartbeat_at=now,
    )


def advance(*, job_id: uuid.UUID, chunk: Callable[[Job], Chunk], now: datetime.datetime) -> bool:
    """Do the next chunk of a job; say whether there is more to do.

    Nothing is done where another worker has the job, or it was ended. Work that cannot go on is marked as
    failed with its sentence; any other error leaves the job as it was before the chunk.
    """
    try:
        with transaction.atomic():
            job = claim(job_id=job_id)
            if job is None:
                return False
            _note(job, chunk(job)(job, now), now)
    except WorkFailedError as error:
        _fail(job_id=job_id, sentence=str(error), now=now)
        return False
    return job.is_unfinished


def claim(*, job_id: uuid.UUID) -> Job | None:
    """Take a job for this transaction, unless it is ended or another worker has it."""
    free = Job.objects.select_for_update(skip_locked=True, of=("self",))
    return free.filter(pk=job_id, state__in=UNFINISHED).first()


def find_forgotten(*, now: datetime.datetime) -> list[uuid.UUID]:
    """Find the unfinished jobs of which no worker was heard for a while."""
    silent = Job.objects.filter(state__in=UNFINISHED, heartbeat_at__lt=now - SILENT_FOR)
    return list(silent.order_by("heartbeat_at", "pk").values_list("pk", flat=True))


def cancel_job(*, job: Job, now: datetime.datetime) -> None:
    """End a job after the chunk at hand; one that is ended already stays as it is."""
    _unfinished(job).update(state=State.CANCELLED, ended_at=now, heartbeat_at=now)


def restart_job(*, job: Job, now: datetime.datetime) -> None:
    """Take a failed or cancelled job up again where it was; raises JobNotRestartableError."""
    stopped = Job.objects.filter(pk=job.pk, state__in=[State.FAILED, State.CANCELLED])
    if not stopped.update(state=State.WAITING, ended_at=None, heartbeat_at=now, fault=""):
        raise JobNotRestartableError(str(job.pk))


def _note(job: Job, progress: Progress, now: datetime.datetime) -> None:
    job.state = State.DONE if progress.finished else State.RUNNING
    job.ended_at = now if progress.finished else None
    job.cursor, job.done, job.heartbeat_at = progress.cursor, job.done + progress.done, now
    job.counts = added(job.counts, progress.counts)
    job.save(update_fields=["state", "ended_at", "cursor", "done", "heartbeat_at", "counts"])


def added(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    """Add counts by name."""
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}


def _fail(*, job_id: uuid.UUID, sentence: str, now: datetime.datetime) -> None:
    failed = Job.objects.filter(pk=job_id, state__in=UNFINISHED)
    failed.update(state=State.FAILED, ended_at=now, heartbeat_at=now, fault=sentence[:300])


def _unfinished(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state__in=UNFINISHED)
