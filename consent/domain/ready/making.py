"""Putting together what lists ask about an address, and keeping it so.

A change notes itself, by trigger, in its own transaction (`ReadyChange`); a row counts only while none is
noted of its contact or address (`consent/domain/engine/ready.py`). Here notes are taken up: first taken away,
then, in a later statement that sees all they were about, everybody concerned is made ready anew. One at a
time, or an older reading could be written over a newer one.
"""

import datetime
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from consent.domain.engine.answering import OPTOUT_AT_SALE_FROM
from consent.domain.engine.facts_query import with_parts
from consent.domain.ledger.reconciling import ContactRange
from consent.models import ReadyAddress, ReadyChange
from customers.domain.key_rings import suppression_keys
from customers.models import Contact

SQL: Final = Path(__file__).with_name("sql")
CHANGES_AT_ONCE: Final = 4_000
# Nobody else writes here; any number that no other lock has.
ONE_AT_A_TIME: Final = "SELECT pg_try_advisory_xact_lock(7204, 1)"
# Each person is looked up along an index, whatever a planner without statistics thinks.
ALONG_THE_INDEX: Final = "; ".join(
    f"SET LOCAL enable_{way} = off" for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin")
)


def _read(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()


PEOPLE: Final = _read("people")
MADE: Final = with_parts(_read("made"), zone="entity.time_zone", point_kind="candidate.point_kind")
KEEP: Final = MADE + _read("keep")
COMPARE: Final = MADE + _read("compare")
TAKE: Final = """
DELETE FROM consent_readychange
WHERE id IN (SELECT id FROM consent_readychange ORDER BY id LIMIT %(most)s)
RETURNING contact_id, organisation_id, address_hash
"""


@transaction.atomic
def take_up_changes(*, now: datetime.datetime, most: int = CHANGES_AT_ONCE) -> int:
    """Make everybody ready anew whom the oldest notes are about; returns how many notes were taken up.

    None while another does so.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(ALONG_THE_INDEX)
        cursor.execute(TAKE, {"most": most})
        taken = cursor.fetchall()
        if taken:
            _make_ready(_people(taken), now)
    return len(taken)


@transaction.atomic
def find_differences(*, within: ContactRange, now: datetime.datetime) -> list[uuid.UUID]:
    """Find who is made ready otherwise than their records say, though nobody noted a change."""
    contacts = Contact.objects.filter(organisation=within.organisation_id, pk__range=within[1:])
    contact_ids = list(contacts.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(ALONG_THE_INDEX)
        cursor.execute(COMPARE, _about(contact_ids, now))
        return [contact_id for (contact_id,) in cursor.fetchall()]


def mend(*, within: ContactRange, now: datetime.datetime) -> int:
    """Have everybody of some contacts made ready anew who differs; returns how many did."""
    differing = find_differences(within=within, now=now)
    note_changes(contact_ids=differing)
    return len(differing)


def note_changes(*, contact_ids: Sequence[uuid.UUID]) -> None:
    """Have contacts made ready anew, whatever is known of them."""
    ReadyChange.objects.bulk_create([ReadyChange(contact_id=contact_id) for contact_id in contact_ids])


def note_passed(*, now: datetime.datetime) -> int:
    """Note everybody whose facts are others by time alone; returns how many."""
    passed = ReadyAddress.objects.filter(holds_until__lte=now).values_list("contact_id", flat=True)
    contact_ids = sorted(set(passed))
    note_changes(contact_ids=contact_ids)
    return len(contact_ids)


def _people(taken: Sequence[tuple[uuid.UUID | None, uuid.UUID | None, bytes | None]]) -> list[uuid.UUID]:
    about: dict[str, Any] = {
        "contacts": [contact_id for contact_id, _organisation, _digest in taken if contact_id],
        "organisations": [organisation for _contact, organisation, digest in taken if digest],
        "hashes": [bytes(digest) for _contact, _organisation, digest in taken if digest],
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, about)
        return [contact_id for (contact_id,) in cursor.fetchall()]


def _make_ready(contact_ids: list[uuid.UUID], now: datetime.datetime) -> None:
    ReadyAddress.objects.filter(contact__in=contact_ids).delete()
    with connection.cursor() as cursor:
        cursor.execute(KEEP, _about(contact_ids, now))


def _about(contact_ids: Sequence[uuid.UUID], now: datetime.datetime) -> dict[str, Any]:
    return {
        "contacts": list(contact_ids),
        "at": now,
        "key_version": suppression_keys().newest,
        "optout_from": OPTOUT_AT_SALE_FROM,
    }
