"""Keeping who was found with a data breach: what is known today may have had its term tomorrow."""

import datetime
import uuid
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from consent.domain import jobs
from consent.domain.incidents.searching import Search, live
from consent.domain.incidents.sources import Source
from consent.domain.jobs import Progress, WorkFailedError
from consent.models import Incident, IncidentNotice, IncidentPerson, Job
from customers.models import StaffMember

AT_MOST: Final = 20_000
KEEP: Final = """
WITH part AS (
    SELECT * FROM ({met}) met
    WHERE %(after)s::uuid IS NULL OR contact_id > %(after)s::uuid
    ORDER BY contact_id LIMIT {at_most}
), put AS (
    INSERT INTO consent_incidentperson (id, incident_id, contact_id, source, first_at, last_at, times)
    SELECT gen_random_uuid(), %(incident)s, contact_id, source, first_at, last_at, times FROM part
    ON CONFLICT (incident_id, contact_id, source) DO UPDATE
    SET first_at = least(consent_incidentperson.first_at, excluded.first_at),
        last_at = greatest(consent_incidentperson.last_at, excluded.last_at),
        times = greatest(consent_incidentperson.times, excluded.times)
)
SELECT count(*), max(contact_id::text) FROM part
"""


@transaction.atomic
def start_keeping(
    *, incident: Incident, search: Search, started_by: StaffMember, now: datetime.datetime
) -> Job:
    """Write down that everybody a search finds is to be kept with a data breach; what goes on is given back.

    Who was kept before stays: another search adds to it.
    """
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    running = find_keeping(incident=incident)
    if running is not None and running.is_unfinished:
        return running
    return jobs.start_job(
        organisation=incident.organisation,
        legal_entity_id=incident.legal_entity_id,
        kind=Job.Kind.INCIDENT,
        total=len(search.sources),
        key_range={"incident": str(incident.pk), "search": _as_json(search)},
        started_by=started_by,
        now=now,
    )


def find_keeping(*, incident: Incident) -> Job | None:
    """Find the newest job that keeps people with this data breach."""
    same = Job.objects.filter(
        legal_entity=incident.legal_entity_id,
        kind=Job.Kind.INCIDENT,
        key_range__incident=str(incident.pk),
    )
    return same.order_by("-created_at", "-pk").first()


def keep_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Keep the next part of the people of a source; taken up again, it keeps nobody twice."""
    incident = Incident.objects.filter(pk=job.key_range["incident"]).first()
    if incident is None:
        raise WorkFailedError(str(_("This data breach is no longer there.")))
    search, at = _search(job.key_range["search"]), int(job.cursor.get("source", 0))
    source = search.sources[at]
    count, last = _keep_part(incident, _only(search, source), job.cursor.get("after"))
    more = count == AT_MOST
    following = {"source": at, "after": last} if more else {"source": at + 1}
    return Progress(
        cursor=following,
        done=0 if more else 1,
        counts={source.value: count} if count else {},
        finished=not more and at + 1 == len(search.sources),
    )


def forget_people(*, incident: Incident) -> int:
    """Take away who was kept with a data breach, to look again; who was told of it stays."""
    told = IncidentNotice.objects.filter(incident=incident).values("contact_id")
    count, _by_model = IncidentPerson.objects.filter(incident=incident).exclude(contact_id__in=told).delete()
    return count


def search_of(*, job: Job) -> Search:
    """Read what a job looks for."""
    return _search(job.key_range["search"])


def _keep_part(incident: Incident, search: Search, after: str | None) -> tuple[int, str | None]:
    met = live(search=search)
    sql = KEEP.format(met=met.sql, at_most=AT_MOST)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**met.parameters, "after": after, "incident": incident.pk})
        count, last = cursor.fetchone()
    return count, last


def _only(search: Search, source: Source) -> Search:
    return Search(**{**vars(search), "sources": [source]})


def _as_json(search: Search) -> dict[str, Any]:
    said = {name: str(value) for name, value in vars(search).items() if value is not None}
    return {
        **said,
        "since": search.since.isoformat(),
        "until": search.until.isoformat(),
        "sources": [source.value for source in search.sources],
    }


def _search(said: dict[str, Any]) -> Search:
    keys = ("organisation_id", "legal_entity_id", "staff_id", "list_id")
    return Search(
        **{name: uuid.UUID(said[name]) for name in keys if name in said},
        since=datetime.datetime.fromisoformat(said["since"]),
        until=datetime.datetime.fromisoformat(said["until"]),
        sources=[Source(source) for source in said["sources"]],
    )
