import datetime
import uuid
from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, Subquery

from consent.domain.erasing.forgetting import forget
from consent.domain.ledger.circumstances import BY_SCHEDULE
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.retention.due import TIES
from consent.models import (
    Act,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Objection,
    OutboxMessage,
    Restriction,
    RightsRequest,
    Status,
)
from customers.models import Contact, ContactPoint, CustomerRelation, Transaction

ROWS_AT_ONCE = 500

# The contact is locked whole: nobody can meanwhile hang a transaction or a message on it. Whoever is being
# written to now is passed over; so this never waits, and the next run takes them.
DUE = """
SELECT record.requested_at, record.id, record.contact_id
FROM consent_consentrecord record
JOIN customers_legalentity entity ON entity.id = record.legal_entity_id
JOIN customers_contact contact ON contact.id = record.contact_id
WHERE record.status = 'ConsentRequested'
    AND record.requested_at <= %(now)s
    AND record.requested_at + make_interval(days => entity.unconfirmed_days) <= %(now)s
    AND (record.requested_at, record.id) > (%(after_at)s, %(after_id)s)
ORDER BY record.requested_at, record.id
LIMIT %(at_most)s
FOR UPDATE OF contact SKIP LOCKED
"""


class _Due(NamedTuple):
    requested_at: datetime.datetime
    record_id: uuid.UUID
    contact_id: uuid.UUID


BEGINNING = _Due(datetime.datetime.min.replace(tzinfo=datetime.UTC), uuid.UUID(int=0), uuid.UUID(int=0))


def lapse_requests(*, now: datetime.datetime, chunk: int = ROWS_AT_ONCE) -> Iterator[int]:
    """End the requests that were not confirmed within the legal entity's term (14 days unless it says less).

    Who did nothing but ask disappears with it: only bare events stay, as a counter (art. 5(1)(c) and (e)
    GDPR). Whoever did anything else, ever, keeps everything. Yields how many requests lapsed after each
    chunk, which is one transaction; a run that breaks off is taken up by the next.
    """
    place: _Due | None = BEGINNING
    while place is not None:
        place, count = _lapse_some(now, place, chunk)
        if count:
            yield count


@transaction.atomic
def _lapse_some(now: datetime.datetime, after: _Due, at_most: int) -> tuple[_Due | None, int]:
    due = _lock_due(now, after, at_most)
    if not due:
        return None, 0
    contact_ids = {one.contact_id for one in due}
    free = contact_ids - _busy(contact_ids)
    # Read again now that the contacts are ours: one may have been confirmed just before.
    lapsed = ConsentRecord.objects.select_related("legal_entity").filter(
        pk__in=[one.record_id for one in due], contact_id__in=free, status=Status.REQUESTED
    )
    events = [_lapse_event(row) for row in lapsed]
    record(events=events, recorded_at=now)
    forget(contact_ids=_who_did_nothing_else(free, now), forgotten_at=now)
    return due[-1], len(events)


def _lock_due(now: datetime.datetime, after: _Due, at_most: int) -> list[_Due]:
    with connection.cursor() as cursor:
        cursor.execute(
            DUE,
            {
                "now": now,
                "after_at": after.requested_at,
                "after_id": after.record_id,
                "at_most": at_most,
            },
        )
        return [_Due(*row) for row in cursor.fetchall()]


def _busy(contact_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Find those whose message or address somebody else is working on, and lock those of the others."""
    messages = OutboxMessage.objects.filter(contact_id__in=contact_ids)
    points = ContactPoint.objects.filter(contact_id__in=contact_ids)
    our_messages = {row.pk for row in messages.select_for_update(skip_locked=True, of=("self",))}
    our_points = {row.pk for row in points.select_for_update(skip_locked=True, of=("self",))}
    held = [
        *messages.exclude(pk__in=our_messages).values_list("contact_id", flat=True),
        *points.exclude(pk__in=our_points).values_list("contact_id", flat=True),
    ]
    return contact_ids.intersection(held)


def _lapse_event(row: ConsentRecord) -> NewEvent:
    if row.requested_at is None:
        raise AssertionError(row.pk)
    return NewEvent(
        organisation_id=row.organisation_id,
        act=Act.LAPSED,
        subject_id=row.contact_id,
        contact_point_id=row.contact_point_id,
        legal_entity_id=row.legal_entity_id,
        purpose_id=row.purpose_id,
        channel=row.channel,
        refers_to_id=row.request_event_id,
        occurred_at=row.requested_at + datetime.timedelta(days=row.legal_entity.unconfirmed_days),
        **vars(BY_SCHEDULE),
    )


def _who_did_nothing_else(contact_ids: set[uuid.UUID], now: datetime.datetime) -> list[uuid.UUID]:
    asked = ConsentEvent.objects.filter(subject_id=OuterRef("pk"), act=Act.REQUESTED)
    first_asked_at = asked.order_by().values("subject_id").annotate(at=Min("occurred_at")).values("at")
    acted = ConsentEvent.objects.filter(subject_id=OuterRef("pk")).exclude(
        act__in=[Act.REQUESTED, Act.LAPSED]
    )
    still_open = ConsentRecord.objects.filter(contact=OuterRef("pk"), status=Status.REQUESTED)
    candidates = Contact.objects.filter(
        ~Exists(acted),
        ~Exists(still_open),
        *(~tie(now) for tie in TIES),
        pk__in=contact_ids,
        erased_at__isnull=True,
        # Known before the request: somebody put them here for another reason.
        created_at__gte=Subquery(first_asked_at),
    )
    for other in (
        Transaction.objects.filter(contact=OuterRef("pk")),
        CustomerRelation.objects.filter(contact=OuterRef("pk")),
        ContactAttempt.objects.filter(contact=OuterRef("pk")),
        Objection.objects.filter(contact=OuterRef("pk")),
        Restriction.objects.filter(contact=OuterRef("pk")),
        RightsRequest.objects.filter(contact=OuterRef("pk")),
        Contact.objects.filter(representative=OuterRef("pk")),
    ):
        candidates = candidates.filter(~Exists(other))
    return list(candidates.order_by("pk").values_list("pk", flat=True))
