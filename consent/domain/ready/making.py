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
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from consent.domain.engine.answering import OPTOUT_AT_SALE_FROM
from consent.domain.engine.facts_query import with_parts
from consent.domain.engine.ready import FORM, MUCH, can_stand_ready
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


class Differing(NamedTuple):
    """Who does not stand ready as they would be made now: wrongly, or not at all though they could."""

    contact_id: uuid.UUID
    wrong: bool


@transaction.atomic
def find_differences(*, within: ContactRange, now: datetime.datetime) -> list[Differing]:
    """Find who is made ready otherwise than their records say, though nobody noted a change."""
    if not can_stand_ready():
        return []
    contacts = Contact.objects.filter(organisation=within.organisation_id, pk__range=within[1:])
    contact_ids = list(contacts.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(ALONG_THE_INDEX)
        cursor.execute(COMPARE, _about(contact_ids, now))
        return [Differing(*row) for row in cursor.fetchall()]


def mend(*, within: ContactRange, now: datetime.datetime) -> int:
    """Have everybody of some contacts made ready anew who differs; returns how many stood there wrongly."""
    differing = find_differences(within=within, now=now)
    note_changes(contact_ids=[one.contact_id for one in differing])
    return sum(one.wrong for one in differing)


def note_changes(*, contact_ids: Sequence[uuid.UUID]) -> None:
    """Have contacts made ready anew, whatever is known of them."""
    ReadyChange.objects.bulk_create([ReadyChange(contact_id=contact_id) for contact_id in contact_ids])


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
    if can_stand_ready():
        with connection.cursor() as cursor:
            cursor.execute(KEEP, _about(contact_ids, now))


def _about(contact_ids: Sequence[uuid.UUID], now: datetime.datetime) -> dict[str, Any]:
    return {
        "contacts": list(contact_ids),
        "at": now,
        "form": FORM,
        "much": MUCH,
        "key_version": suppression_keys().newest,
        "optout_from": OPTOUT_AT_SALE_FROM,
    }
