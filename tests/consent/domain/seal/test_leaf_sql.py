import json
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.domain.ledger.leaf import LEAF_FIELDS, leaf_of
from consent.domain.seal.leaf_sql import LEAF_HASH, LEAF_TEXT
from consent.domain.seal.tree import hash_leaf
from consent.models import ConsentEvent
from tests import make
from tests.consent.domain.ledger.test_leaf import events

pytestmark = pytest.mark.django_db

ODD = "\x01\x08\t\n\x0b\x0c\r\x1f \"\\/'{}<&%é€\u2028\u200b\x7f\x85😀ﬀ\ufeff"
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from(ODD), max_size=8
)
TEXT_FIELDS = (
    "language",
    "lacks",
    "reason",
    "address_hash",
    "notice_hash",
    "evidence_digest",
    "channel",
    "act",
)


@dataclass(frozen=True)
class Written:
    """What the database makes of one event."""

    text: str
    leaf_hash: bytes


@st.composite
def odd_events(draw: st.DrawFn) -> ConsentEvent:
    event = draw(events(languages=st.just("nl")))
    for name in TEXT_FIELDS:
        setattr(event, name, draw(texts))
    event.hash_key_version = draw(st.none() | st.integers(0, 32767))
    if draw(st.booleans()):
        event.occurred_at = event.occurred_at.replace(microsecond=0)
    return event


def fill_odd_table(rows: Sequence[ConsentEvent]) -> None:
    """A table like the ledger that takes any text: what stands there is not always what we wrote."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS odd_event (LIKE consent_consentevent)")
        cursor.execute("TRUNCATE odd_event")
        columns, marks = ", ".join(LEAF_FIELDS), ", ".join(["%s"] * len(LEAF_FIELDS))
        for row in rows:
            values = [getattr(row, name) for name in LEAF_FIELDS]
            cursor.execute(f"INSERT INTO odd_event ({columns}) VALUES ({marks})", values)  # noqa: S608 (names)


def written_by_the_database(rows: Sequence[ConsentEvent]) -> list[Written]:
    fill_odd_table(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT event.id, {LEAF_TEXT}, {LEAF_HASH} FROM odd_event event")  # noqa: S608
        found = {key: Written(text, bytes(leaf_hash)) for key, text, leaf_hash in cursor.fetchall()}
    return [found[row.pk] for row in rows]


def test_database_writes_and_hashes_the_same_leaf() -> None:
    @settings(max_examples=60)
    @given(rows=st.lists(odd_events(), min_size=1, max_size=10, unique_by=lambda row: row.pk))
    def check(rows: list[ConsentEvent]) -> None:
        written = written_by_the_database(rows)

        assert [one.text.encode() for one in written] == [leaf_of(event=row) for row in rows]
        assert [one.leaf_hash for one in written] == [hash_leaf(entry=leaf_of(event=row)) for row in rows]

    check()


def test_every_odd_sign_is_written_as_the_standard_says() -> None:
    (event,) = [ConsentEvent(**plain_event())]

    (written,) = written_by_the_database([event])

    assert written.text.encode() == leaf_of(event=event)
    assert json.loads(written.text)["lacks"] == ODD


def plain_event() -> dict[str, object]:
    organisation = make.organisation()
    return {
        "id": organisation.pk,
        "sequence": 2**53 - 1,
        "organisation_id": organisation.pk,
        "subject_id": organisation.pk,
        "occurred_at": make.NOW,
        "recorded_at": make.NOW,
        "lacks": ODD,
    }
