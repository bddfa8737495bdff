import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from consent.domain.ledger.statements import COMPARE_OBJECTIONS, COMPARE_PERMISSIONS, MEND
from consent.domain.side_by_side import read_in_order
from customers.models import Contact, Organisation

CONTACTS_AT_ONCE = 10_000
# A range is read along the index, whatever a planner without statistics thinks.
ALONG_THE_INDEX = "; ".join(
    (
        *(f"SET LOCAL enable_{way} = off" for way in ("seqscan", "bitmapscan")),
        "SET LOCAL max_parallel_workers_per_gather = 0",
    )
)


class Difference(NamedTuple):
    """One permission or objection whose record is not what the ledger says; `columns` names what differs."""

    contact_id: uuid.UUID
    legal_entity_id: uuid.UUID | None
    purpose_id: uuid.UUID | None
    channel: str
    in_ledger: bool
    in_records: bool
    columns: list[str]


class ContactRange(NamedTuple):
    """Contacts of one organisation that follow one another."""

    organisation_id: uuid.UUID
    first: uuid.UUID
    last: uuid.UUID


def find_differences(*, contacts_at_once: int = CONTACTS_AT_ONCE, readers: int = 1) -> Iterator[Difference]:
    """Compare every record of a permission or objection with the fold of the whole ledger.

    It is the fold that keeps the records, over all events instead of those just written. Each range of
    contacts is read in one statement, so that writers at work cause no false alarm.
    """
    ranges = list_ranges(contacts_at_once=contacts_at_once)
    for found in read_in_order(parts=(partial(compare, one) for one in ranges), readers=readers):
        yield from found


def list_ranges(
    *, contacts_at_once: int = CONTACTS_AT_ONCE, after: ContactRange | None = None
) -> Iterator[ContactRange]:
    """List the ranges that hold all contacts, from behind `after` on; an erased one has no records."""
    organisations = Organisation.objects.order_by("pk")
    if after:
        organisations = organisations.filter(pk__gte=after.organisation_id)
    for organisation_id in organisations.values_list("pk", flat=True):
        living = Contact.objects.filter(organisation=organisation_id, erased_at__isnull=True).order_by("pk")
        behind = after.last if after and after.organisation_id == organisation_id else uuid.UUID(int=0)
        for last in _last_keys(living, behind=behind, contacts_at_once=contacts_at_once):
            yield ContactRange(organisation_id, uuid.UUID(int=behind.int + 1), last)
            behind = last


def _last_keys(living: QuerySet[Contact], *, behind: uuid.UUID, contacts_at_once: int) -> Iterator[uuid.UUID]:
    """No other key leaves the database: to hand over each takes a sixth of the whole comparison."""
    while last := list(_keys(living, behind)[contacts_at_once - 1 : contacts_at_once]):
        behind = last[0]
        yield behind
    yield from list(_keys(living, behind))[-1:]


def _keys(living: QuerySet[Contact], behind: uuid.UUID) -> QuerySet[Contact, uuid.UUID]:
    return living.filter(pk__gt=behind).values_list("pk", flat=True)


@transaction.atomic
def compare(contacts: ContactRange) -> list[Difference]:
    """Compare the records of one range with the fold of its events."""
    about = {"organisation": contacts.organisation_id, "first": contacts.first, "last": contacts.last}
    found = []
    with connection.cursor() as cursor:
        cursor.execute(ALONG_THE_INDEX)
        for statement in (COMPARE_PERMISSIONS, COMPARE_OBJECTIONS):
            cursor.execute(statement, about)
            found += [Difference(*row) for row in cursor.fetchall()]
    return found


@transaction.atomic
def mend(*, contact_ids: Sequence[uuid.UUID]) -> None:
    """Make the records of contacts anew from the ledger, which is what counts."""
    held = Contact.objects.filter(pk__in=contact_ids).order_by("pk").select_for_update(no_key=True)
    about = {"contact_ids": list(held.values_list("pk", flat=True))}
    with connection.cursor() as cursor:
        for statement in MEND:
            cursor.execute(statement, about)
