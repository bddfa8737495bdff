"""Deleting what has had its term, in chunks: a run that breaks off is taken up by the next."""

import datetime
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model, Q

from consent.domain import jobs, rate_limits, requests
from consent.domain.audience_lists import making as list_making
from consent.domain.dossier import large
from consent.domain.erasing.erasure import end_keeping
from consent.domain.incidents import telling
from consent.domain.jobs import Progress
from consent.domain.notifying.payloads import forget_addresses
from consent.domain.retention.due import FIND, Asked, find_due
from consent.domain.retention.parting import part_from
from consent.domain.retention.terms import DEFAULTS, Kind, read_terms
from consent.domain.screening import work as screening
from consent.models import (
    IncidentNotice,
    IncidentPerson,
    Job,
    KeptData,
    LinkRequest,
    Notification,
    OutboxMessage,
    RetentionTerm,
    RightsRequest,
    RightsStep,
    SubjectKey,
)
from customers.models import Contact, Organisation, StaffAct

AT_ONCE: Final = 1_000
WINDOW: Final = 5_000
# Asked every hour, so that no restart at the wrong moment skips a day.
ONCE_IN: Final = datetime.timedelta(hours=22)
KEEP_JOBS: Final = datetime.timedelta(days=90)
# A worker answers within seconds; what waits longer cannot be answered, and names somebody.
KEEP_LINK_REQUESTS: Final = datetime.timedelta(days=1)
# An endpoint is tried for days; a month leaves staff time to mend it and to send again.
KEEP_UNDELIVERED: Final = datetime.timedelta(days=30)


class Gone(NamedTuple):
    """How many rows of one kind went in one chunk."""

    what: str
    rows: int


class Place(NamedTuple):
    """How far the work is: at which kind of data, and behind which key of its table."""

    kind: int = 0
    last: str = ""


def apply_retention(*, now: datetime.datetime, window: int = WINDOW) -> Iterator[Gone]:
    """Delete everything that has had its term, of every organisation; yields what went after each chunk.

    Each chunk is one transaction. The ledger stays; proof goes when its own term after the end of the
    permission has passed (art. 5(1)(e) GDPR; EDPB 05/2020 §107).
    """
    yield from clean_installation(now=now)
    for organisation in Organisation.objects.order_by("code", "pk"):
        place: Place | None = Place()
        while place is not None:
            with transaction.atomic():
                gone, place = _next_window(organisation, place, now, window)
            if gone.rows:
                yield gone


def clean_installation(*, now: datetime.datetime) -> Iterator[Gone]:
    """Delete what belongs to no organisation, or has its term elsewhere; yields what went after each part."""
    for lapsed in requests.lapse_requests(now=now):
        yield Gone("UNCONFIRMED", lapsed)
    late = LinkRequest.objects.filter(asked_at__lte=now - KEEP_LINK_REQUESTS)
    jobs_done = Job.objects.filter(kind=Job.Kind.RETENTION, ended_at__lte=now - KEEP_JOBS)
    nobodys_acts = StaffAct.objects.filter(
        organisation__isnull=True, done_at__lte=now - DEFAULTS[Kind.STAFF_ACTS].keep
    )
    done = [
        Gone("FILES", screening.delete_expired_files(now=now) + large.delete_expired(now=now)),
        Gone("FILES", list_making.delete_expired(now=now)),
        Gone("KEPT", _end_keeping(now)),
        Gone("LINK_REQUESTS", _delete(late)),
        Gone("STAFF_ACTS", _delete(nobodys_acts)),
        Gone("UNDELIVERED", _forget_undelivered(now)),
        Gone("SESSIONS", _delete(Session.objects.filter(expire_date__lte=now))),
        Gone("JOBS", _delete(jobs_done)),
        Gone("COUNTS", rate_limits.forget_old_counts(now=now)),
    ]
    yield from (gone for gone in done if gone.rows)


@transaction.atomic
def begin_retention(*, now: datetime.datetime) -> list[Job]:
    """Start the daily work of each organisation; where it still runs, or ran today, nothing is started."""
    work = Job.objects.filter(kind=Job.Kind.RETENTION)
    recent = work.filter(Q(ended_at__isnull=True) | Q(created_at__gt=now - ONCE_IN)).values("organisation")
    return [
        jobs.start_job(
            organisation=organisation,
            kind=Job.Kind.RETENTION,
            total=len(FIND),
            key_range={},
            started_by=None,
            now=now,
        )
        for organisation in Organisation.objects.exclude(pk__in=recent).order_by("code", "pk")
    ]


def retire_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Go through the next rows of a table of an organisation, and delete what has had its term."""
    place = Place(**job.cursor)
    gone, following = _next_window(job.organisation, place, now, WINDOW)
    reached = following.kind if following else len(FIND)
    return Progress(
        cursor=following._asdict() if following else place._asdict(),
        done=reached - place.kind,
        counts={gone.what: gone.rows} if gone.rows else {},
        finished=following is None,
    )


def _next_window(
    organisation: Organisation, place: Place, now: datetime.datetime, window: int
) -> tuple[Gone, Place | None]:
    """A window is so many rows of the table, due or not: so no chunk takes long, however large the table."""
    kind = list(FIND)[place.kind]
    terms = read_terms(organisation_id=organisation.pk, at=now)
    asked = Asked(organisation=organisation, terms=terms, now=now)
    due = find_due(kind=kind, asked=asked)
    last = _end_of_window(due.model, place.last, window)
    if place.last:
        due = due.filter(pk__gt=place.last)
    keys = list((due.filter(pk__lte=last) if last else due).values_list("pk", flat=True))
    rows = DELETE.get(kind, _delete_rows)(kind, keys, asked) if keys else 0
    if last:
        return Gone(kind, rows), Place(place.kind, last)
    following = place.kind + 1
    return Gone(kind, rows), Place(following) if following < len(FIND) else None


def _end_of_window(model: type[Model], last: str, window: int) -> str:
    """The key of the last row of the window; empty where the table ends within it."""
    rows = model._default_manager.order_by("pk")  # noqa: SLF001  (Django's own name for it)
    keys = (rows.filter(pk__gt=last) if last else rows).values_list("pk", flat=True)
    found = keys[window - 1 : window].first()
    return str(found) if found is not None else ""


def _delete_rows(kind: RetentionTerm.Kind, keys: Sequence[Any], asked: Asked) -> int:
    return _delete(FIND[kind](asked).model.objects.filter(pk__in=keys))


def _delete(rows: Any) -> int:
    count, _by_model = rows.delete()
    return int(count)


def _delete_mails(_kind: RetentionTerm.Kind, keys: Sequence[uuid.UUID], _asked: Asked) -> int:
    """Letters to somebody outside have a key of their own, which goes with them."""
    telling.keep_refusals(message_ids=keys)
    messages = OutboxMessage.objects.filter(pk__in=keys)
    outside = list(messages.filter(contact__isnull=True).values_list("subject_id", flat=True))
    SubjectKey.objects.filter(subject_id__in=outside).delete()
    return _delete(messages)


def _delete_requests(_kind: RetentionTerm.Kind, keys: Sequence[uuid.UUID], _asked: Asked) -> int:
    RightsStep.objects.filter(request__in=keys).delete()
    # Of somebody unknown the request itself is the subject.
    SubjectKey.objects.filter(subject_id__in=keys).delete()
    return _delete(RightsRequest.objects.filter(pk__in=keys))


def forget_dormant(kind: RetentionTerm.Kind, keys: Sequence[uuid.UUID], asked: Asked) -> int:
    """The contacts are held whole, and asked about again: one may have acted just before."""
    held = list(Contact.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    still = set(find_due(kind=kind, asked=asked).filter(pk__in=keys).values_list("pk", flat=True))
    people = [contact for contact in held if contact.pk in still]
    part_from(people=people, asked=asked)
    return len(people)


def _forget_undelivered(now: datetime.datetime) -> int:
    """Of what nobody could be told of, the kept addresses go; that it was not told stays to be seen."""
    old = Notification.objects.filter(created_at__lte=now - KEEP_UNDELIVERED, ciphertext__isnull=False)
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    forget_addresses(notification_ids=keys)
    return len(keys)


def _delete_told(_kind: RetentionTerm.Kind, keys: Sequence[uuid.UUID], _asked: Asked) -> int:
    forget_addresses(notification_ids=keys)
    return _delete(Notification.objects.filter(pk__in=keys))


def _end_keeping(now: datetime.datetime) -> int:
    due = KeptData.objects.filter(keep_until_date__lt=now.date(), gone_at__isnull=True)
    found = list(due.order_by("keep_until_date", "pk")[:AT_ONCE])
    for kept in found:
        end_keeping(kept=kept, ended_at=now)
    return len(found)


def _delete_incident_people(_kind: RetentionTerm.Kind, keys: Sequence[uuid.UUID], _asked: Asked) -> int:
    """Of one data breach all are due at once: who was told of it goes with who was found."""
    people = IncidentPerson.objects.filter(pk__in=keys)
    _delete(IncidentNotice.objects.filter(incident__in=people.values("incident")))
    return _delete(people)


Deleting = Callable[[RetentionTerm.Kind, Sequence[Any], Asked], int]
DELETE: Final[dict[RetentionTerm.Kind, Deleting]] = {
    Kind.MAILS: _delete_mails,
    Kind.REQUESTS: _delete_requests,
    Kind.TOLD: _delete_told,
    Kind.INCIDENTS: _delete_incident_people,
    Kind.DORMANT: forget_dormant,
}


def delete_by(*, kind: RetentionTerm.Kind, deleting: Deleting) -> None:
    """Let an app above this one say what goes together with its rows."""
    DELETE[kind] = deleting
