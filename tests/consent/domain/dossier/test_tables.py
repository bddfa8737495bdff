"""The tables of an export hold what the ledger holds, whatever stands in a text, however many read it."""

import csv
import io
from dataclasses import replace
from typing import Final

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.domain.dossier import cells, tables, verify_evidence
from consent.domain.dossier.selection import Selection
from consent.domain.ledger.leaf import leaf_of
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.seal.proofs import TreeBrokenError
from consent.models import Act, Actor, ConsentEvent, Method, Source
from customers.models import Contact
from tests import make
from tests.consent.domain.dossier import scene
from tests.consent.domain.seal.test_leaf_sql import fill_odd_table, odd_events

# More than one block, and work for more than one reader.
MANY: Final = 7
# Some hold a quote, others none: both ways of writing a row.
ODD: Final = ('=1+1;"é, ja"\n\\t', "@x;y,z\n", "\\", "+31", "")


def place(*, many: int) -> Contact:
    """Somebody who had processing restricted again and again, each time for an odd reason."""
    person = make.contact(organisation=make.organisation())
    stops = [
        NewEvent(
            organisation_id=person.organisation_id,
            act=Act.RESTRICTED,
            subject_id=person.pk,
            occurred_at=scene.NOON,
            actor=Actor.SUBJECT,
            source=Source.WEB_FORM,
            method=Method.RECORD,
            reason=ODD[number % len(ODD)],
        )
        for number in range(many)
    ]
    record(events=stops, recorded_at=scene.NOON)
    scene.seal()
    return person


def sealed_of(person: Contact) -> tables.Sealed:
    selection = Selection(organisation_id=person.organisation_id)
    return tables.find_sealed(selection=selection, tree_size=MANY)


def table_of(person: Contact, *, readers: int = 1) -> bytes:
    codes = cells.codes_of(organisation_id=person.organisation_id)
    return b"".join(tables.table_of(sealed=sealed_of(person), codes=codes, readers=readers))


def sheet_of(person: Contact, *, readers: int = 1) -> bytes:
    codes = cells.codes_of(organisation_id=person.organisation_id)
    return b"".join(tables.sheet_of(sealed=sealed_of(person), codes=codes, readers=readers))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a block, two blocks a question."""
    monkeypatch.setattr(tables, "ROWS_IN_A_BLOCK", 2)
    monkeypatch.setattr(tables, "ROWS_AT_ONCE", 4)


@pytest.mark.django_db
def test_machine_table_has_every_text_as_it_stands() -> None:
    person = place(many=MANY)

    rows = list(csv.DictReader(io.StringIO(table_of(person).decode(), newline="")))

    assert [row["reason"] for row in rows] == [ODD[number % len(ODD)] for number in range(MANY)]
    assert {row["position"] for row in rows} == {str(number) for number in range(MANY)}
    assert {(row["legal_entity"], row["staff_id"], row["proven"]) for row in rows} == {("", "", "t")}
    assert tuple(rows[0]) == cells.COLUMNS


@pytest.mark.django_db
def test_what_is_not_there_is_told_apart_from_an_empty_text() -> None:
    line = table_of(place(many=1)).decode().splitlines()[1]

    # The place, the codes of no legal entity and no purpose, and an event with texts that are empty.
    assert line.startswith("0,,,")
    assert ',"",' in line


@pytest.mark.django_db
def test_sheet_starts_no_formula() -> None:
    text = sheet_of(place(many=MANY)).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))

    said = ['\'=1+1;"é, ja"\n\\t', "'@x;y,z\n", "\\", "'+31", ""]
    assert [row["reason"] for row in rows] == [said[number % len(said)] for number in range(MANY)]


@pytest.mark.django_db
@pytest.mark.usefixtures("small_blocks")
def test_each_row_gives_the_very_bytes_that_were_sealed() -> None:
    person = place(many=MANY)

    rows = list(csv.DictReader(io.StringIO(table_of(person).decode(), newline="")))

    events = ConsentEvent.objects.order_by("sequence")
    sealed = [(str(at), leaf_of(event=event)) for at, event in enumerate(events)]
    assert [(row["position"], verify_evidence.leaf_of(row)) for row in rows] == sealed


@pytest.mark.django_db
def test_row_of_any_event_gives_the_very_bytes_that_were_sealed() -> None:
    row = cells.row(delimiter=",", is_safe=False)
    query = f"SELECT event.id, {row} FROM odd_event event, (SELECT 0 AS position) sealed"  # noqa: S608 (ours)

    @settings(max_examples=60)
    @given(events=st.lists(odd_events(), min_size=1, max_size=10, unique_by=lambda event: event.pk))
    def check(events: list[ConsentEvent]) -> None:
        with connection.cursor() as cursor:
            fill_odd_table(events)
            cursor.execute(query, {"codes": [], "coded": []})
            written = dict(cursor.fetchall())

        read = [dict(zip(cells.COLUMNS, *cells_in(written[event.pk]), strict=True)) for event in events]
        assert [verify_evidence.leaf_of(one) for one in read] == [leaf_of(event=event) for event in events]

    check()


def cells_in(line: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(line, newline=""), strict=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("few", [0, MANY])
@pytest.mark.parametrize("readers", [1, 3])
def test_however_it_is_read_the_same_is_written(
    monkeypatch: pytest.MonkeyPatch, few: int, readers: int
) -> None:
    person = place(many=MANY)
    expected = (table_of(person), sheet_of(person))
    monkeypatch.setattr(tables, "FEW", few)
    sealed = sealed_of(person)

    codes = cells.codes_of(organisation_id=person.organisation_id)
    table = b"".join(tables.table_of(sealed=sealed, codes=codes, readers=readers))
    sheet = b"".join(tables.sheet_of(sealed=sealed, codes=codes, readers=readers))

    assert (table, sheet) == expected
    assert (sealed.few is None, sealed.number, len(sealed.places)) == (few == 0, MANY, MANY)


@pytest.mark.django_db
def test_place_without_an_event_is_told() -> None:
    sealed = replace(sealed_of(place(many=MANY)), few=[0, MANY])

    with pytest.raises(TreeBrokenError, match="between leaf 0 and 7 are gone"):
        list(tables.table_of(sealed=sealed, codes={}))
