"""The tables of an export hold what the ledger holds, whatever stands in a text, however many read it."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Final

import pytest

from consent.domain.dossier import cells, tables
from consent.domain.dossier.selection import Selection, events_of
from consent.domain.ledger.leaf import leaf_of
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.seal.proofs import TreeBrokenError
from consent.models import Act, Actor, ConsentEvent, Method, Source
from customers.models import Contact
from tests import make
from tests.consent.domain.dossier import scene

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


def positions_of(person: Contact) -> Sequence[int]:
    selection = Selection(organisation_id=person.organisation_id)
    return tables.positions_of(events=events_of(selection=selection), tree_size=MANY)


def table_of(person: Contact, *, readers: int = 1) -> bytes:
    codes = cells.codes_of(organisation_id=person.organisation_id)
    return b"".join(tables.table_of(positions=positions_of(person), codes=codes, readers=readers))


def sheet_of(person: Contact, *, readers: int = 1) -> bytes:
    codes = cells.codes_of(organisation_id=person.organisation_id)
    return b"".join(tables.sheet_of(positions=positions_of(person), codes=codes, readers=readers))


def leaves_of(person: Contact, *, readers: int = 1) -> bytes:
    return b"".join(tables.leaves_of(positions=positions_of(person), readers=readers))


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
def test_leaves_stand_in_order_in_the_bytes_that_were_sealed() -> None:
    person = place(many=MANY)

    written = leaves_of(person).splitlines()

    events = ConsentEvent.objects.order_by("sequence")
    assert written == [b"%d\t%b" % (at, leaf_of(event=event)) for at, event in enumerate(events)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("write", [table_of, sheet_of, leaves_of])
def test_many_readers_write_what_one_writes(write: Callable[..., bytes]) -> None:
    person = place(many=MANY)

    assert write(person, readers=3) == write(person)


@pytest.mark.django_db
def test_place_without_an_event_is_told() -> None:
    place(many=MANY)

    with pytest.raises(TreeBrokenError, match="between leaf 0 and 7 are gone"):
        list(tables.leaves_of(positions=[0, MANY]))
