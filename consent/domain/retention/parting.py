"""Forgetting people whom nothing keeps any more: what stays is proof that has not had its own term."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext

from consent.domain.erasing.forgetting import forget
from consent.domain.erasing.traces import sweep_traces
from consent.domain.ledger.circumstances import BY_SCHEDULE
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.retention.due import OVER_AT, Asked
from consent.models import Act, ConsentRecord, Evidence, KeptData, Status, SubjectKey
from customers.models import Contact, ContactPoint


@transaction.atomic
def part_from(*, people: Sequence[Contact], asked: Asked) -> None:
    """Forget people whose term is over; the caller holds them.

    The proof of what they once permitted stays until its own term is over, and it is noted that it does
    (art. 5(1)(e), 7(1) and 17(3)(e) GDPR).
    """
    if not people:
        return
    last_days = _last_days(people, asked)
    record(events=[_forgotten(contact, asked.now) for contact in people], recorded_at=asked.now)
    KeptData.objects.bulk_create([_kept(key, day, asked.now) for key, day in last_days.items()])
    keys = {contact.pk for contact in people}
    points = ContactPoint.objects.filter(contact__in=keys).select_related("organisation")
    sweep_traces(contacts=people, points=list(points.order_by("value", "pk")))
    _forget(keys - last_days.keys(), asked.now)
    _forget(last_days.keys(), asked.now, kept=(Evidence, SubjectKey))


def _forget(keys: Collection[uuid.UUID], now: datetime.datetime, kept: Collection[type[Model]] = ()) -> None:
    if keys:
        forget(contact_ids=sorted(keys), forgotten_at=now, kept=kept)


def _last_days(people: Sequence[Contact], asked: Asked) -> Mapping[uuid.UUID, datetime.date]:
    """Until which day the proof of each stays; nobody of whom there is none, or whose proof had its term."""
    keys = [contact.pk for contact in people]
    proven = Evidence.objects.filter(subject_id__in=keys).values("subject_id")
    ended = ConsentRecord.objects.filter(contact__in=keys).filter(contact__in=proven)
    rows = ended.exclude(status=Status.REQUESTED).values_list("contact_id", "purpose_id", OVER_AT)
    found: dict[uuid.UUID, datetime.datetime] = {}
    for key, purpose_id, over_at in rows:
        until = over_at + asked.terms.of_proof(purpose_id)
        if until > asked.now:
            found[key] = max(until, found.get(key, until))
    return {key: until.date() for key, until in found.items()}


def _kept(contact_id: uuid.UUID, day: datetime.date, now: datetime.datetime) -> KeptData:
    return KeptData(
        contact_id=contact_id,
        what=KeptData.What.EVIDENCE,
        ground=KeptData.Ground.LEGAL_CLAIM,
        reason=gettext(
            "The proof of what was permitted stays for its own term, as long as a claim can come."
        ),
        keep_until_date=day,
        decided_at=now,
    )


def _forgotten(contact: Contact, now: datetime.datetime) -> NewEvent:
    return NewEvent(
        organisation_id=contact.organisation_id,
        act=Act.ERASED,
        subject_id=contact.pk,
        occurred_at=now,
        reason="TERM",
        **vars(BY_SCHEDULE),
    )
