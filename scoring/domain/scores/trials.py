"""Trying a version on very many people: as a job, range by range, so that nobody waits for a page."""

import datetime
import hashlib
import uuid
from typing import Final

import orjson
from django.db import DataError, transaction
from django.utils.translation import gettext_lazy as _

from consent.domain import jobs
from consent.domain.jobs import Progress, WorkFailedError
from consent.models import Job
from customers.models import Contact, StaffMember
from scoring.domain.rules.conditions import UnknownWordError
from scoring.domain.scores.computing import Range
from scoring.domain.scores.rescoring import BROKEN, FIRST, next_range
from scoring.domain.scores.trying import count_changes_in, count_met_in
from scoring.models import RuleCondition, ScoreModelVersion

# So few people are counted while somebody waits for the page.
AT_ONCE: Final = 20_000
# What was counted yesterday is counted again: people do something, and change their minds.
VALID_FOR: Final = datetime.timedelta(hours=24)
GONE = _("This version is no longer there.")
CHANGED = _("This version was changed meanwhile. Count it again.")


def try_at_once(*, version: ScoreModelVersion, now: datetime.datetime) -> dict[str, int] | None:
    """Count everybody by a version where they are few; None for more, who are counted by a job.

    Raises UnknownWordError.
    """
    people, _number, is_last = next_range(
        organisation_id=version.model.organisation_id, after=FIRST, most=AT_ONCE
    )
    return _count(version, people, now) if is_last else None


@transaction.atomic
def start_trial(*, version: ScoreModelVersion, started_by: StaffMember | None, now: datetime.datetime) -> Job:
    """Write down that everybody is to be counted by a version beside the scores they have.

    Whoever asks twice gets the job that goes on already.
    """
    ScoreModelVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    running = find_trial(version=version, now=now)
    if running is not None and running.is_unfinished:
        return running
    model = version.model
    return jobs.start_job(
        organisation=model.organisation,
        legal_entity_id=model.legal_entity_id,
        kind=Job.Kind.TRIAL,
        total=Contact.objects.filter(organisation=model.organisation_id).count(),
        key_range=tried_for(version=version),
        started_by=started_by,
        now=now,
    )


def find_trial(*, version: ScoreModelVersion, now: datetime.datetime) -> Job | None:
    """Find the newest trial of a version as it is now, unless it is a day old."""
    same = Job.objects.filter(
        legal_entity=version.model.legal_entity_id,
        kind=Job.Kind.TRIAL,
        key_range=tried_for(version=version),
        created_at__gt=now - VALID_FOR,
    )
    return same.order_by("-created_at", "-pk").first()


def tried_for(*, version: ScoreModelVersion) -> dict[str, str]:
    """Name a version with what it asks: a changed draft asks something else."""
    conditions = RuleCondition.objects.filter(rule__version=version).order_by("pk")
    asked = [list(rows.values()) for rows in (version.rules.order_by("pk"), version.bands.order_by("pk"))]
    written = orjson.dumps([*asked, list(conditions.values())], default=str)
    return {"version": str(version.pk), "asked": hashlib.sha256(written).hexdigest()}


def count_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Count the next range of people; raises WorkFailedError when the version is gone or was changed."""
    version = _version_of(job)
    people, number, is_last = next_range(
        organisation_id=job.organisation_id, after=uuid.UUID(job.cursor.get("after", str(FIRST)))
    )
    try:
        counts = _count(version, people, now)
    except (UnknownWordError, DataError) as error:
        raise WorkFailedError(str(BROKEN)) from error
    cursor = {"after": str(people.last), "counted": jobs.added(counted_by(job=job), counts)}
    return Progress(cursor=cursor, done=number, finished=is_last)


def counted_by(*, job: Job) -> dict[str, int]:
    """Give what a trial counted so far; its keys are for this app, not for the page of the job."""
    counted: dict[str, int] = job.cursor.get("counted", {})
    return counted


def _count(version: ScoreModelVersion, people: Range, now: datetime.datetime) -> dict[str, int]:
    met = count_met_in(version=version, people=people, now=now)
    return met | count_changes_in(version=version, people=people, now=now)


def _version_of(job: Job) -> ScoreModelVersion:
    versions = ScoreModelVersion.objects.select_related("model__legal_entity")
    version = versions.filter(pk=job.key_range["version"]).first()
    if version is None:
        raise WorkFailedError(str(GONE))
    if tried_for(version=version) != job.key_range:
        raise WorkFailedError(str(CHANGED))
    return version
