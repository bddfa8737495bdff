"""The events of a selection as rows: the table that proves them, and one for spreadsheets."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, reduce
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import QuerySet

from consent.domain.dossier import cells
from consent.domain.dossier.places import Places
from consent.domain.dossier.selection import Selection, events_of
from consent.domain.ledger.leaf import LEAF_FIELDS
from consent.domain.seal.leaf_sql import read_statement
from consent.domain.seal.proofs import TreeBrokenError
from consent.domain.side_by_side import read_in_order
from consent.models import ConsentEvent

# Rows are passed on in blocks: sending, hashing and packing each alone costs more than the row.
ROWS_IN_A_BLOCK = 256
# What is asked for at once, by each of those that read side by side: two megabytes, of which a few wait.
ROWS_AT_ONCE = 8 * ROWS_IN_A_BLOCK
BLOCKS = read_statement("blocks")
# The places of so many events are looked for first, and of people who are named all of them. For more, all
# places are gone through once: to find them takes long as well, and no row would be written meanwhile.
FEW = 20_000
# More rows, and the one with the names, no spreadsheet opens.
MOST_ON_A_SHEET = 1_048_575
ANY_EVENT: Final = "consent_consentevent"
# Written where they are needed: to send all places in a row takes as long as to look up what stands there.
IN_A_ROW: Final = "ARRAY(SELECT generate_series(%(first)s::bigint, %(last)s::bigint))"
ONE_BY_ONE: Final = "%(positions)s::bigint[]"
Marks = Mapping[str, Any]
Part = TypeVar("Part")


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """The events of a selection that are sealed in the tree of this size, and the places that are known."""

    events: QuerySet[ConsentEvent]
    tree_size: int
    places: Places
    # Their places in ascending order, unless they are many.
    few: Sequence[int] | None

    @cached_property
    def number(self) -> int:
        return self._ask("count(*)") if self.few is None else len(self.few)

    @cached_property
    def people(self) -> int:
        """Whoever came since is in the selection, and not yet in the tree."""
        return self._ask("count(DISTINCT event.subject_id)")

    def _ask(self, what: str) -> int:
        sql, marks = _sealed(self.events, self.tree_size)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {what} {sql}", marks)
            return int(cursor.fetchone()[0])


def find_sealed(*, selection: Selection, tree_size: int) -> Sealed:
    """Find the events that are sealed in the tree of this size: where they stand, unless they are many."""
    events = events_of(selection=selection)
    sql, marks = _sealed(events, tree_size)
    limit = "" if selection.names_people else f" LIMIT {FEW + 1}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sealed.position {sql}{limit}", marks)
        found = sorted(position for (position,) in cursor.fetchall())
    places, is_few = Places(tree_size=tree_size), len(found) <= FEW or selection.names_people
    if is_few:
        places.add(positions=found)
    return Sealed(events=events, tree_size=tree_size, places=places, few=found if is_few else None)


def places_of(*, events: QuerySet[ConsentEvent], tree_size: int) -> list[tuple[uuid.UUID, int]]:
    """Find the place of each event that is sealed in the tree of this size, by event."""
    sql, marks = _sealed(events, tree_size)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sealed.event_id, sealed.position {sql} ORDER BY sealed.position", marks)
        found: list[tuple[uuid.UUID, int]] = cursor.fetchall()
        return found


def table_of(*, sealed: Sealed, codes: Mapping[uuid.UUID, str], readers: int = 1) -> Iterator[bytes]:
    """Write the table for programs: CSV (RFC 4180), UTF-8, every value as it stands; notes the places.

    Nothing that was sealed is left out or written in two ways, so that `verify_evidence.py` makes the very
    bytes of the leaves from it: what people read is what is proven, and no event stands in an export twice.
    Raises TreeBrokenError when an event is gone from its place.
    """
    yield cells.header(delimiter=",")
    row = cells.row(delimiter=",", is_safe=False)
    if sealed.few is not None:
        yield from _written(row, sealed.few, _given(codes, is_safe=False), readers)
        return
    chosen, marks = _chosen(sealed.events)
    question = partial(_meet, _statement(row, chosen, IN_A_ROW), {**marks, **_given(codes, is_safe=False)})
    for blocks in _read(question, _in_stretches(range(sealed.tree_size)), readers):
        for met, lines in blocks:
            sealed.places.add(positions=met)
            yield lines


def sheet_of(*, sealed: Sealed, codes: Mapping[uuid.UUID, str], readers: int = 1) -> Iterator[bytes]:
    """Write the table for spreadsheets: with semicolons, and no cell that starts a formula (OWASP).

    It has the rows of the table that was written before it. Raises TreeBrokenError, as that does.
    """
    yield "\ufeff".encode() + cells.header(delimiter=";")
    row = cells.row(delimiter=";", is_safe=True)
    places = sealed.places if sealed.few is None else sealed.few
    yield from _written(row, places, _given(codes, is_safe=True), readers)


def _written(row: str, positions: Iterable[int], marks: Marks, readers: int) -> Iterator[bytes]:
    question = partial(_write, _statement(row, ANY_EVENT, ONE_BY_ONE), marks)
    rest = iter(positions)
    for blocks in _read(question, iter(lambda: list(islice(rest, ROWS_AT_ONCE)), []), readers):
        yield from blocks


def _in_stretches(whole: range) -> Iterator[range]:
    return (whole[at : at + ROWS_AT_ONCE] for at in range(0, len(whole), ROWS_AT_ONCE))


def _read(
    question: Callable[[Sequence[int]], Part], stretches: Iterable[Sequence[int]], readers: int
) -> Iterator[Part]:
    return read_in_order(parts=(partial(question, stretch) for stretch in stretches), readers=readers)


def _write(statement: str, marks: Marks, positions: Sequence[int]) -> list[bytes]:
    blocks = _meet(statement, marks, positions)
    if sum(len(met) for met, _lines in blocks) != len(positions):
        raise TreeBrokenError(f"events between leaf {positions[0]} and {positions[-1]} are gone")
    return [lines for _met, lines in blocks]


def _meet(statement: str, marks: Marks, positions: Sequence[int]) -> list[tuple[Sequence[int], bytes]]:
    """Write those of the events at these places that are asked for, block by block behind their places."""
    places = {"positions": positions} if isinstance(positions, list) else {}
    asked = {"first": positions[0], "last": positions[-1], "in_a_block": ROWS_IN_A_BLOCK}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**marks, **asked, **places})
        blocks = sorted(cursor.fetchall())
    every = ((first - 1, some, lines) for first, some, lines in blocks if lines is not None)
    return [
        (positions[at : at + ROWS_IN_A_BLOCK] if some is None else some, lines.encode())
        for at, some, lines in every
    ]


def _statement(row: str, events: str, places: str) -> str:
    parts = {"/* line */": row, "/* events */": events, "/* places */": places}
    return reduce(lambda text, part: text.replace(*part), parts.items(), BLOCKS)


def _given(codes: Mapping[uuid.UUID, str], *, is_safe: bool) -> Marks:
    written = [cells.text_cell(text=code, is_safe=is_safe) for code in codes.values()]
    return {"coded": list(codes), "codes": written}


def _sealed(events: QuerySet[ConsentEvent], tree_size: int) -> tuple[str, Marks]:
    chosen, marks = _chosen(events)
    joined = f"FROM consent_ledgerleaf sealed JOIN {chosen} event ON event.id = sealed.event_id"
    return f"{joined} WHERE sealed.position < {tree_size}", marks


def _chosen(events: QuerySet[ConsentEvent]) -> tuple[str, Marks]:
    # What a leaf holds, and no join of the ledger with itself; each value under a name.
    sql, values = events.order_by().values(*LEAF_FIELDS).query.sql_with_params()
    marks = {f"chosen_{number}": value for number, value in enumerate(values)}
    return f"({sql % tuple(f'%({name})s' for name in marks)})", marks
