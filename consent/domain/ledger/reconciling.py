import uuid
from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection

from consent.domain.ledger.statements import COMPARE_OBJECTIONS, COMPARE_PERMISSIONS
from customers.models import Contact

CONTACTS_AT_ONCE = 5_000


class Difference(NamedTuple):
    """One permission or objection whose record is not what the ledger says; `columns` names what differs."""

    contact_id: uuid.UUID
    legal_entity_id: uuid.UUID | None
    purpose_id: uuid.UUID | None
    channel: str
    in_ledger: bool
    in_records: bool
    columns: list[str]


def find_differences(*, contacts_at_once: int = CONTACTS_AT_ONCE) -> Iterator[Difference]:
    """Compare every record of a permission or objection with the fold of the whole ledger.

    It is the fold that keeps the records, over all events instead of those just written. Each range of
    contacts is read in one statement, so that writers at work cause no false alarm.
    """
    for contact_ids in _ranges(contacts_at_once):
        for statement in (COMPARE_PERMISSIONS, COMPARE_OBJECTIONS):
            with connection.cursor() as cursor:
                cursor.execute(statement, {"contact_ids": contact_ids})
                yield from (Difference(*row) for row in cursor.fetchall())


def _ranges(size: int) -> Iterator[list[uuid.UUID]]:
    # An erased contact has no records; its events stay.
    contacts = Contact.objects.filter(erased_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    found = list(contacts[:size])
    while found:
        yield found
        found = list(contacts.filter(pk__gt=found[-1])[:size])
