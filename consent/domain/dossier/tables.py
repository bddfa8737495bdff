"""The events of a selection as rows: the sealed leaves, and tables for people and for programs."""

import uuid
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from consent.domain.ledger.leaf import LEAF_FIELDS
from consent.domain.seal.leaf_sql import LEAF_TEXT, MOMENTS, TEXTS
from consent.models import ConsentEvent

# Codes beside the keys, so that a table can be read without the database.
NAMES = {"legal_entity": "entity.code", "purpose": "purpose.code"}
COLUMNS = ("position", *NAMES, *LEAF_FIELDS)
# Spreadsheets run what starts with one of these; only text can.
STARTS_A_FORMULA = ", ".join(str(ord(sign)) for sign in "=@+-\t\r")
SAFE = f"CASE WHEN ascii({{value}}) IN ({STARTS_A_FORMULA}) THEN '''' || {{value}} ELSE {{value}} END"
SEALED = "FROM consent_ledgerleaf sealed JOIN ({events}) event ON event.id = sealed.event_id"
NAMED = """
LEFT JOIN customers_legalentity entity ON entity.id = event.legal_entity_id
LEFT JOIN consent_purpose purpose ON purpose.id = event.purpose_id
"""
# What comes row by row is passed on in blocks: hashing and packing each row alone costs more than the row.
ROWS_AT_ONCE = 256
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
    positions = array("q")
    # By COPY, as a cursor would hold all rows before it gives the first.
    for block in _copied("SELECT sealed.position", events, tree_size, "FORMAT text"):
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


def leaves_of(*, events: QuerySet[ConsentEvent], tree_size: int) -> Iterator[bytes]:
    """Write each leaf behind its place, in the very bytes that were hashed into the tree."""
    select = f"SELECT sealed.position, {LEAF_TEXT}"
    for block in _copied(select, events, tree_size, "FORMAT text"):
        # The only thing that COPY escapes in a leaf: JSON itself escapes all other control characters.
        yield block.replace(b"\\\\", b"\\")


def table_of(*, events: QuerySet[ConsentEvent], tree_size: int) -> Iterator[bytes]:
    """Write the table for programs: CSV (RFC 4180), UTF-8, every value as it stands."""
    select = "SELECT " + ", ".join(f"{_value(name)} AS {name}" for name in COLUMNS)
    yield from _copied(select, events, tree_size, "FORMAT csv, HEADER", beside=NAMED)


def sheet_of(*, events: QuerySet[ConsentEvent], tree_size: int) -> Iterator[bytes]:
    """Write the table for spreadsheets: with semicolons, and no cell that starts a formula (OWASP)."""
    cells = (f"{_safe(name)} AS {name}" for name in COLUMNS)
    form = "FORMAT csv, HEADER, DELIMITER ';'"
    yield "\ufeff".encode()
    yield from _copied("SELECT " + ", ".join(cells), events, tree_size, form, beside=NAMED)


def _value(name: str) -> str:
    if name == "position":
        return "sealed.position"
    if name in MOMENTS:
        return f"""to_char(event.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return NAMES.get(name, f"event.{name}")


def _safe(name: str) -> str:
    value = _value(name)
    return SAFE.format(value=value) if name in TEXTS | NAMES.keys() else f"({value})::text"


def _copied(
    select: str, events: QuerySet[ConsentEvent], tree_size: int, form: str, beside: str = ""
) -> Iterator[bytes]:
    sql, parameters = _chosen(events)
    query = f"COPY ({select} {sql}{beside}{UNTIL.format(tree_size=tree_size)}) TO STDOUT ({form})"
    with connection.cursor() as cursor, cursor.copy(query, parameters) as copy:
        rows = iter(copy)
        while block := b"".join(islice(rows, ROWS_AT_ONCE)):
            yield block


def _chosen(events: QuerySet[ConsentEvent]) -> tuple[str, tuple[Any, ...]]:
    # What a leaf holds, and no join of the ledger with itself.
    sql, parameters = events.order_by().values(*LEAF_FIELDS).query.sql_with_params()
    return SEALED.format(events=sql), parameters
