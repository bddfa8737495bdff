"""Counts of very many people as jobs: whoever asks twice gets the one that goes on, or is done, for a day."""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from consent.domain import jobs
from consent.models import Job
from customers.models import Organisation, StaffMember

# What was counted yesterday is counted again: people do something, and change their minds.
VALID_FOR: Final = datetime.timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Count:
    """What is counted: a kind of work, for a legal entity, and what it is about, as it is now."""

    kind: Job.Kind
    organisation: Organisation
    legal_entity_id: uuid.UUID
    about: dict[str, str]


def find_count(*, count: Count, now: datetime.datetime) -> Job | None:
    """Find the newest job that counts or counted the same, unless it is a day old."""
    same = Job.objects.filter(
        legal_entity=count.legal_entity_id,
        kind=count.kind,
        key_range=count.about,
        created_at__gt=now - VALID_FOR,
    )
    return same.order_by("-created_at", "-pk").first()


def start_count(
    *, count: Count, total: Callable[[], int], started_by: StaffMember | None, now: datetime.datetime
) -> Job:
    """Write down that something is to be counted, unless a job goes on that does.

    Within a transaction that holds what it is about.
    """
    running = find_count(count=count, now=now)
    if running is not None and running.is_unfinished:
        return running
    return jobs.start_job(
        organisation=count.organisation,
        legal_entity_id=count.legal_entity_id,
        kind=count.kind,
        total=total(),
        key_range=count.about,
        started_by=started_by,
        now=now,
    )
