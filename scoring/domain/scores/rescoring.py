"""Counting everybody anew, range by range, as a job: after a publication, each night, and when asked."""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.db import DataError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consent.domain import jobs
from consent.domain.jobs import Progress, WorkFailedError
from consent.models import Job
from customers.models import Contact, StaffMember
from scoring.domain.rules.conditions import UnknownWordError
from scoring.domain.scores.computing import Counted, Range, day_of, score_ranges
from scoring.models import ScoreModelVersion

PEOPLE_AT_ONCE: Final = 50_000
# Ranges counted side by side: more keep the database from answering those who ask meanwhile.
BESIDE: Final = 2
FIRST: Final = uuid.UUID(int=0)
LAST: Final = uuid.UUID(int=2**128 - 1)
REPLACED = _("The version was replaced by another, which is counted instead.")
BROKEN = _("A rule asks what cannot be asked any more. Make a new version without it.")


def start_rescoring(
    *, version: ScoreModelVersion, started_by: StaffMember | None, now: datetime.datetime
) -> Job:
    """Write down that everybody is to be counted anew by this version."""
    model = version.model
    return jobs.start_job(
        organisation=model.organisation,
        legal_entity_id=model.legal_entity_id,
        kind=Job.Kind.RESCORING,
        total=Contact.objects.filter(organisation=model.organisation_id).count(),
        key_range={"version": str(version.pk), "model": str(model.pk)},
        started_by=started_by,
        now=now,
    )


def rescore_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Count the next ranges of people; raises WorkFailedError when the version is no longer in force.

    When the last are counted, the version is counted for the day on which the job began: a job that runs past
    midnight is followed by another.
    """
    version = _version_of(job)
    after = uuid.UUID(job.cursor.get("after", str(FIRST)))
    ranges, number, is_last = _next_ranges(job.organisation_id, after)
    try:
        counted = score_ranges(version=version, ranges=ranges, now=now)
    except (UnknownWordError, DataError) as error:
        raise WorkFailedError(str(BROKEN)) from error
    if is_last:
        version.counted_date = day_of(model=version.model, now=job.created_at)
        version.save(update_fields=["counted_date"])
    return Progress(
        cursor={"after": str(ranges[-1].last)}, done=number, counts=_counts(counted), finished=is_last
    )


def rescore(*, version: ScoreModelVersion, now: datetime.datetime) -> Iterator[Counted]:
    """Count everybody anew at once, range by range; yields what each range gave.

    Stopping between two ranges loses nothing, but only the end of the last one says that all are counted.
    """
    after, is_last = FIRST, False
    while not is_last:
        ranges, _number, is_last = _next_ranges(version.model.organisation_id, after)
        yield from score_ranges(version=version, ranges=ranges, now=now)
        after = ranges[-1].last
    version.counted_date = day_of(model=version.model, now=now)
    version.save(update_fields=["counted_date"])


def under_way(*, version: ScoreModelVersion) -> QuerySet[Job]:
    """List the counts of everybody by this version that are not done."""
    return Job.objects.filter(
        legal_entity=version.model.legal_entity_id,
        kind=Job.Kind.RESCORING,
        state__in=jobs.UNFINISHED,
        key_range__version=str(version.pk),
    )


def begin_daily(*, now: datetime.datetime) -> list[Job]:
    """Start counting the models that were not counted for today, where it is another day: points halve.

    Each is started once a day at most, so that work that cannot go on is not begun again and again.
    """
    in_force = ScoreModelVersion.objects.filter(published_at__isnull=False, retired_at__isnull=True)
    due = [one for one in in_force.select_related("model__legal_entity") if _is_due(one, now)]
    return [start_rescoring(version=version, started_by=None, now=now) for version in due]


def next_range(
    *, organisation_id: uuid.UUID, after: uuid.UUID, most: int | None = None
) -> tuple[Range, int, bool]:
    """Give the next range of people by key, how many they are, and whether nobody comes after them."""
    most = most or PEOPLE_AT_ONCE
    beyond = Contact.objects.filter(organisation=organisation_id, pk__gt=after).order_by("pk")
    last = beyond.values_list("pk", flat=True)[most - 1 : most].first()
    if last is None:
        return Range(after=after, last=LAST), beyond.count(), True
    return Range(after=after, last=last), most, False


def _next_ranges(organisation_id: uuid.UUID, after: uuid.UUID) -> tuple[list[Range], int, bool]:
    """Give the ranges to count side by side, how many people they are, and whether nobody is left."""
    ranges, number, is_last = list[Range](), 0, False
    while len(ranges) < BESIDE and not is_last:
        people, many, is_last = next_range(organisation_id=organisation_id, after=after)
        ranges.append(people)
        number, after = number + many, people.last
    return ranges, number, is_last


def _is_due(version: ScoreModelVersion, now: datetime.datetime) -> bool:
    today = day_of(model=version.model, now=now)
    if version.counted_date is not None and version.counted_date >= today:
        return False
    midnight = datetime.datetime.combine(
        today, datetime.time(), ZoneInfo(version.model.legal_entity.time_zone)
    )
    begun = Job.objects.filter(
        legal_entity=version.model.legal_entity_id, kind=Job.Kind.RESCORING, created_at__gte=midnight
    )
    return not begun.filter(key_range__version=str(version.pk)).exists()


def _version_of(job: Job) -> ScoreModelVersion:
    version = (
        ScoreModelVersion.objects.select_related("model__legal_entity")
        .filter(pk=job.key_range["version"])
        .first()
    )
    if version is None or not version.is_in_force:
        raise WorkFailedError(str(REPLACED))
    return version


def _counts(counted: Sequence[Counted]) -> dict[str, int]:
    return {
        "PEOPLE": sum(one.people for one in counted),
        "WRITTEN": sum(one.written for one in counted),
        "GONE": sum(one.gone for one in counted),
    }
