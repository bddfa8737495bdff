"""Who stood on a list that was given out: the least that answers it later (art. 33 and 5(1)(c) GDPR)."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, TypeVar

from django.db import connection

from consent.domain.engine.question import Question
from consent.models import Disclosure
from customers.models import uuid7

KEY: Final = 16
AT_ONCE: Final = 2_000
INSERT: Final = """
INSERT INTO consent_disclosure (id, organisation_id, legal_entity_id, source, list_id, purpose_id, channel,
    disclosed_at, staff_id, api_key_id, contact_ids)
VALUES (%(id)s, %(organisation_id)s, %(legal_entity_id)s, %(source)s, %(list_id)s, %(purpose_id)s,
    %(channel)s, %(disclosed_at)s, %(staff_id)s, %(api_key_id)s, %(contact_ids)s::uuid[])
"""
One = TypeVar("One")


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
    # Past the field of the model, which would look at each of many thousands of keys by itself.
    texts = (keys[start : start + KEY].hex() for start in range(0, len(keys), KEY))
    array = "{" + ",".join(texts) + "}"
    row = {**vars(given), "id": uuid7(), "disclosed_at": disclosed_at, "contact_ids": array}
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {**row, "source": given.source.value})


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
