"""Who stood on a list that was given out: the least that answers it later (art. 33 and 5(1)(c) GDPR)."""

import datetime
import struct
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, TypeVar

from django.db import connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

from consent.domain.engine.question import Question
from consent.models import Disclosure
from customers.models import uuid7

KEY: Final = 16
LENGTH: Final = struct.pack("!i", KEY)
UUID, UUID_ARRAY = 2950, 2951  # the numbers that PostgreSQL has for these types
AT_ONCE: Final = 2_000
# In the notation that the database works with: keys as text take it longer to read than all else does.
COLUMNS: Final = {
    "id": "uuid",
    "organisation_id": "uuid",
    "legal_entity_id": "uuid",
    "source": "varchar",
    "list_id": "uuid",
    "purpose_id": "uuid",
    "channel": "varchar",
    "disclosed_at": "timestamptz",
    "staff_id": "uuid",
    "api_key_id": "uuid",
    "contact_ids": "uuid[]",
}
COPY: Final = f"COPY consent_disclosure ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"
One = TypeVar("One")


class _Keys(bytes):
    """The keys of people, beside each other."""


class _KeysDumper(Dumper):
    """Writes keys as PostgreSQL holds an array of them: its measures, then each behind its length."""

    format = Format.BINARY
    oid = UUID_ARRAY

    def dump(self, obj: bytes) -> bytes:
        starts = range(0, len(obj), KEY)
        measures = struct.pack("!5i", 1, 0, UUID, len(starts), 1)
        return measures + b"".join([LENGTH + obj[start : start + KEY] for start in starts])


@dataclass(frozen=True, kw_only=True)
class GivenOut:
    """Which list goes out, about what, and to whom."""

    organisation_id: uuid.UUID
    source: Disclosure.Source
    legal_entity_id: uuid.UUID | None = None
    purpose_id: uuid.UUID | None = None
    channel: str = ""
    staff_id: uuid.UUID | None = None
    api_key_id: uuid.UUID | None = None
    list_id: uuid.UUID = field(default_factory=uuid7)


def given_out_about(
    *,
    question: Question,
    source: Disclosure.Source,
    staff_id: uuid.UUID | None = None,
    api_key_id: uuid.UUID | None = None,
    list_id: uuid.UUID | None = None,
) -> GivenOut:
    """Say of a list with the answers to one question what it is about, and to whom it goes."""
    return GivenOut(
        organisation_id=question.organisation_id,
        source=source,
        legal_entity_id=question.legal_entity_id,
        purpose_id=question.purpose_id,
        channel=question.channel,
        staff_id=staff_id,
        api_key_id=api_key_id,
        list_id=list_id or uuid7(),
    )


def pack_keys(*, contact_ids: Iterable[uuid.UUID | None]) -> bytes:
    """Write the keys of people once each, beside each other; a million of them take 16 MB."""
    return b"".join(sorted({key.bytes for key in contact_ids if key}))


def record_disclosure(*, given: GivenOut, keys: bytes, disclosed_at: datetime.datetime) -> None:
    """Write down who stands on a part of a list; a part with nobody we know is nothing to write down."""
    if not keys:
        return
    row = {**vars(given), "id": uuid7(), "disclosed_at": disclosed_at, "contact_ids": _Keys(keys)}
    # Errors come out as Django's, which the edges know: `copy` is not Django's own.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.adapters.register_dumper(_Keys, _KeysDumper)
        with cursor.copy(COPY) as copy:
            copy.set_types(list(COLUMNS.values()))
            copy.write_row([row[name] for name in COLUMNS])


def recorded(
    *,
    rows: Iterable[One],
    contact_of: Callable[[One], uuid.UUID],
    given: GivenOut,
    clock: Callable[[], datetime.datetime],
) -> Iterator[One]:
    """Pass the rows of a list on, each part only after it was written down who stands on it."""
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        keys = pack_keys(contact_ids=map(contact_of, part))
        record_disclosure(given=given, keys=keys, disclosed_at=clock())
        yield from part
