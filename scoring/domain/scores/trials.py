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
from scoring.domain.counting import Count, find_count, start_count
from scoring.domain.rules.conditions import UnknownWordError
from scoring.domain.scores.computing import Range
from scoring.domain.scores.rescoring import BROKEN, FIRST, next_range
from scoring.domain.scores.trying import EVERYBODY, Met, count_changes_in, count_met_in, read_met
from scoring.models import RuleCondition, ScoreModelVersion, ScoreRule

# So few people are counted while somebody waits for the page.
AT_ONCE: Final = 20_000
GONE = _("This version is no longer there.")
CHANGED = _("This version was changed meanwhile. Count it again.")


def try_at_once(*, version: ScoreModelVersion, now: datetime.datetime) -> dict[str, int] | None:
    """Count everybody by a version where they are few; None for more, who are counted by a job.

    Raises UnknownWordError.
    """
    few = are_few(organisation_id=version.model.organisation_id)
    return _count(version, EVERYBODY, now) if few else None


def try_rule(*, rule: ScoreRule, now: datetime.datetime) -> Met | None:
    """Say whom one rule meets: counted at once where people are few, else by the newest trial that is done.

    None where nobody tried its version yet. Raises UnknownWordError.
    """
    version = rule.version
    if are_few(organisation_id=version.model.organisation_id):
        counts = count_met_in(version=version, people=EVERYBODY, now=now)
    else:
        job = find_trial(version=version, now=now)
        if job is None or job.state != Job.State.DONE:
            return None
        counts = counted_by(job=job)
    return next(one for one in read_met(version=version, counts=counts) if one.rule.pk == rule.pk)


def are_few(*, organisation_id: uuid.UUID) -> bool:
    """Say whether an organisation has so few people that they are counted while somebody waits."""
    _people, _number, is_last = next_range(organisation_id=organisation_id, after=FIRST, most=AT_ONCE)
    return is_last


@transaction.atomic
def start_trial(*, version: ScoreModelVersion, started_by: StaffMember | None, now: datetime.datetime) -> Job:
    """Write down that everybody is to be counted by a version beside the scores they have.

    Whoever asks twice gets the job that goes on already.
    """
    ScoreModelVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    people = Contact.objects.filter(organisation=version.model.organisation_id)
    return start_count(count=_count_of(version), total=people.count, started_by=started_by, now=now)


def find_trial(*, version: ScoreModelVersion, now: datetime.datetime) -> Job | None:
    """Find the newest trial of a version as it is now, unless it is a day old."""
    return find_count(count=_count_of(version), now=now)


def tried_for(*, version: ScoreModelVersion) -> dict[str, str]:
    """Name a version with what it asks: a changed draft asks something else."""
    conditions = RuleCondition.objects.filter(rule__version=version).order_by("pk")
    asked = [list(rows.values()) for rows in (version.rules.order_by("pk"), version.bands.order_by("pk"))]
    written = orjson.dumps([*asked, list(conditions.values())], default=str)
    return {"version": str(version.pk), "asked": hashlib.sha256(written).hexdigest()}


def _count_of(version: ScoreModelVersion) -> Count:
    return Count(
        kind=Job.Kind.TRIAL,
        organisation=version.model.organisation,
        legal_entity_id=version.model.legal_entity_id,
        about=tried_for(version=version),
    )


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
