"""Erasing a selection of people, some at a time: whatever stops a worker, the next one goes on."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Final

from consent.domain import jobs
from consent.domain.erasing.erasure import AlreadyErasedError, erase
from consent.domain.jobs import Progress
from consent.domain.ledger.circumstances import Circumstances
from consent.models import Actor, Job, Method, Source
from customers.models import Contact, Organisation, StaffMember

AT_ONCE: Final = 20


class NobodyToEraseError(ValueError):
    """The selection holds nobody, or nobody of this organisation who is not erased already."""


def begin_erasing(
    *,
    organisation: Organisation,
    contact_ids: Sequence[uuid.UUID],
    staff: StaffMember,
    now: datetime.datetime,
) -> Job:
    """Write down whom to erase; the work itself is done in chunks by a worker. Raises NobodyToEraseError.

    Nobody asked for this one by one: the officer decides it for people whose data has no ground any more
    (art. 17(1) GDPR), so it stands in the ledger as an act of staff.
    """
    living = Contact.objects.filter(organisation=organisation, pk__in=contact_ids, erased_at__isnull=True)
    keys = [str(pk) for pk in living.order_by("pk").values_list("pk", flat=True)]
    if not keys:
        raise NobodyToEraseError
    return jobs.start_job(
        organisation=organisation,
        kind=Job.Kind.ERASURE,
        total=len(keys),
        key_range={"contacts": keys},
        started_by=staff,
        now=now,
    )


def erase_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Erase the next people of the selection; who was erased meanwhile is passed over."""
    begun = int(job.cursor.get("place", 0))
    keys = job.key_range["contacts"][begun : begun + AT_ONCE]
    how = Circumstances(
        actor=Actor.STAFF, source=Source.STAFF_ENTRY, method=Method.RECORD, staff_id=job.started_by_id
    )
    people = Contact.objects.filter(pk__in=keys, organisation=job.organisation_id).order_by("pk")
    erased = sum(_erase(contact, how, now) for contact in people.select_related("organisation"))
    place = begun + len(keys)
    return Progress(
        cursor={"place": place},
        done=len(keys),
        counts={"ERASED": erased, "ERASED_BEFORE": len(keys) - erased},
        finished=place >= len(job.key_range["contacts"]),
    )


def _erase(contact: Contact, how: Circumstances, now: datetime.datetime) -> bool:
    try:
        erase(contact=contact, how=how, erased_at=now)
    except AlreadyErasedError:
        return False
    return True
