"""The events of a selection as rows: the sealed leaves, and tables for people and for programs."""

import uuid
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from consent.domain.dossier import cells
from consent.domain.ledger.leaf import LEAF_FIELDS
from consent.domain.seal.leaf_sql import LEAF_TEXT, read_statement
from consent.domain.seal.proofs import TreeBrokenError
from consent.domain.side_by_side import read_in_order
from consent.models import ConsentEvent

SEALED = "FROM consent_ledgerleaf sealed JOIN ({events}) event ON event.id = sealed.event_id"
# Rows are passed on in blocks: sending, hashing and packing each alone costs more than the row.
ROWS_IN_A_BLOCK = 256
# What is asked for at once, by each of those that read side by side: two megabytes, of which a few wait.
ROWS_AT_ONCE = 8 * ROWS_IN_A_BLOCK
BLOCKS = read_statement("blocks")
NO_CODES: Mapping[uuid.UUID, str] = {}
# Places in a tree up to this size take four bytes each.
SMALL = 1 << 32
# More rows, and the one with the names, no spreadsheet opens.
MOST_ON_A_SHEET = 1_048_575
UNTIL = " WHERE sealed.position < {tree_size} ORDER BY sealed.position"


def has_any(*, events: QuerySet[ConsentEvent], tree_size: int) -> bool:
    """Say whether any of the events is sealed in the tree of this size."""
    sql, parameters = _chosen(events)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT {sql} WHERE sealed.position < {tree_size})", parameters)
        return bool(cursor.fetchone()[0])


def count_people(*, events: QuerySet[ConsentEvent], tree_size: int) -> int:
    """Count the people whom the events that are sealed in the tree of this size are about."""
    sql, parameters = _chosen(events)
    sealed = f"{sql} WHERE sealed.position < {tree_size}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT event.subject_id) {sealed}", parameters)
        return int(cursor.fetchone()[0])


def positions_of(*, events: QuerySet[ConsentEvent], tree_size: int) -> Sequence[int]:
    """Find the places of the events that are sealed in the tree of this size, in ascending order."""
    positions = array("I" if tree_size <= SMALL else "q")
    sql, parameters = _chosen(events)
    query = f"COPY (SELECT sealed.position {sql}{UNTIL.format(tree_size=tree_size)}) TO STDOUT"
    # By COPY, as a cursor would hold all rows before it gives the first.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(query, parameters) as copy,
    ):
        rows = iter(copy)
        while block := b"".join(islice(rows, ROWS_IN_A_BLOCK)):
            positions.extend(map(int, block.split()))
    return positions


def places_of(*, events: QuerySet[ConsentEvent], tree_size: int) -> list[tuple[uuid.UUID, int]]:
    """Find the place of each event that is sealed in the tree of this size, by event."""
    sql, parameters = _chosen(events)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT sealed.event_id, sealed.position {sql}{UNTIL.format(tree_size=tree_size)}", parameters
        )
        found: list[tuple[uuid.UUID, int]] = cursor.fetchall()
        return found


def leaves_of(*, positions: Sequence[int], readers: int = 1) -> Iterator[bytes]:
    """Write each leaf behind its place, in the very bytes that were hashed into the tree."""
    return _written(f"sealed.position || E'\\t' || {LEAF_TEXT} || E'\\n'", positions, readers)


def table_of(
    *, positions: Sequence[int], codes: Mapping[uuid.UUID, str], readers: int = 1
) -> Iterator[bytes]:
    """Write the table for programs: CSV (RFC 4180), UTF-8, every value as it stands."""
    yield cells.header(delimiter=",")
    yield from _written(cells.row(delimiter=",", is_safe=False), positions, readers, codes)


def sheet_of(
    *, positions: Sequence[int], codes: Mapping[uuid.UUID, str], readers: int = 1
) -> Iterator[bytes]:
    """Write the table for spreadsheets: with semicolons, and no cell that starts a formula (OWASP)."""
    yield "\ufeff".encode() + cells.header(delimiter=";")
    yield from _written(cells.row(delimiter=";", is_safe=True), positions, readers, codes)


def _written(
    line: str, positions: Sequence[int], readers: int, codes: Mapping[uuid.UUID, str] = NO_CODES
) -> Iterator[bytes]:
    statement = BLOCKS.replace("/* line */", line)
    stretches = (positions[at : at + ROWS_AT_ONCE] for at in range(0, len(positions), ROWS_AT_ONCE))
    parts = (partial(_write, statement, stretch, codes) for stretch in stretches)
    for blocks in read_in_order(parts=parts, readers=readers):
        yield from blocks


def _write(statement: str, positions: Sequence[int], codes: Mapping[uuid.UUID, str]) -> list[bytes]:
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"positions": list(positions), "in_a_block": ROWS_IN_A_BLOCK}
        given |= {"coded": list(codes), "codes": list(codes.values())}
        cursor.execute(statement, given)
        blocks = sorted(cursor.fetchall())
    if sum(rows for _first, rows, _lines in blocks) != len(positions):
        raise TreeBrokenError(f"events between leaf {positions[0]} and {positions[-1]} are gone")
    return [lines.encode() for _first, _rows, lines in blocks]


def _chosen(events: QuerySet[ConsentEvent]) -> tuple[str, tuple[Any, ...]]:
    # What a leaf holds, and no join of the ledger with itself.
    sql, parameters = events.order_by().values(*LEAF_FIELDS).query.sql_with_params()
    return SEALED.format(events=sql), parameters
