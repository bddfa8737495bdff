"""The separator, header and columns of a list, from its first rows."""

import csv
import re
from collections import Counter
from collections.abc import Sequence

from consent.domain.lists import columns
from consent.domain.lists.encodings import Survey
from consent.domain.lists.layout import MOST_COLUMNS, NO_COLUMN, SEPARATORS, Layout
from consent.domain.lists.problems import Fault, ListNotReadableError

HINT = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
ROWS_LOOKED_AT = 200
MOST_ABOVE = 10  # rows above a header
FIRST_ROWS = 64 * 1024  # bytes that hold enough rows to look at
Preview = list[list[str]]


def describe(*, start: bytes, survey: Survey) -> tuple[Layout, Preview]:
    """Find how the list is written from the start of its text (UTF-8), and give its first rows.

    Of the separators, the one that cuts most rows into the same number of cells is the one; a list that
    none of them cuts has one column. Raises ListNotReadableError when it is empty
    or has too many columns.
    """
    lines = _lines(start)
    if not lines:
        raise ListNotReadableError(Fault.EMPTY)
    hint = HINT.fullmatch(lines[0])
    if hint:
        lines = lines[1:]
    separator, width = (hint[1], 0) if hint else _separator(lines)
    rows = [_cells(line, separator) for line in lines]
    width = width or _usual([len(row) for row in rows])
    above = rows_above(rows=rows)
    header = has_header(rows=rows[above:])
    if header and len(rows[above]) > 1:
        width = len(rows[above])
    if width > MOST_COLUMNS:
        raise ListNotReadableError(Fault.TOO_MANY_COLUMNS)
    layout = Layout(
        encoding=survey.encoding,
        mark=survey.mark.hex(),
        ending=survey.ending,
        separator=separator,
        hinted=bool(hint),
        header=header,
        above=above,
        names=_names(rows[above], width) if header else (),
        width=width,
    )
    return layout, rows


def first_rows(*, start: bytes, layout: Layout) -> Preview:
    """Cut the first rows of a text into cells, to show how a list was understood."""
    lines = _lines(start)[int(layout.hinted) :]
    return [_cells(line, layout.separator) for line in lines]


def has_header(*, rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row names the columns: it holds no address, and a usual name or others do."""
    if not rows or _holds_address(rows[0]):
        return False
    return _has_name(rows[0]) or any(map(_holds_address, rows[1:]))


def rows_above(*, rows: Sequence[Sequence[str]]) -> int:
    """Count the rows above the header: a title, or a date, each alone in its row.

    What stands below them is a header only with a usual name, or directly above an address.
    """
    first = next((place for place, row in enumerate(rows[:MOST_ABOVE]) if not _is_title(row)), 0)
    below = rows[first : first + 2]
    if not first or _holds_address(below[0]):
        return 0
    return first if _has_name(below[0]) or any(map(_holds_address, below)) else 0


def _is_title(row: Sequence[str]) -> bool:
    alone = sum(bool(cell.strip()) for cell in row) <= 1
    return alone and not _has_name(row) and not _holds_address(row)


def _has_name(row: Sequence[str]) -> bool:
    return any(columns.is_name(cell=cell) for cell in row)


def _holds_address(row: Sequence[str]) -> bool:
    return any(columns.is_address(cell=cell, kind=kind) for cell in row for kind in columns.LIKE)


def _names(row: Sequence[str], width: int) -> tuple[str, ...]:
    names = [name.strip() for name in row[:width]]
    return tuple(names + [""] * (width - len(names)))


def _lines(start: bytes) -> list[str]:
    """Whole lines that say something; the last one may be cut off."""
    text = start.decode(errors="replace").replace("\r\n", "\n").replace("\0", "")
    lines = text.split("\n")
    whole = lines[:-1] if len(lines) > 1 and len(start) >= FIRST_ROWS else lines
    return [line for line in whole if line][:ROWS_LOOKED_AT]


def _separator(lines: Sequence[str]) -> tuple[str, int]:
    found = []
    for separator in SEPARATORS:
        counts = [len(_cells(line, separator)) for line in lines]
        width = _usual(counts)
        if width > 1:
            found.append((counts.count(width), counts[0] == width, separator, width))
    if not found:
        return ",", 1
    *_, separator, width = max(found, key=lambda one: one[:2])
    return separator, width


def _usual(counts: Sequence[int]) -> int:
    """The number of cells that most rows have; of equals, the larger."""
    tally = Counter(counts)
    return max(tally, key=lambda count: (tally[count], count)) if tally else 1


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def find_columns(
    *, layout: Layout, rows: Sequence[Sequence[str]], kind: str, wanted: str = ""
) -> tuple[int, int]:
    """Find the columns of addresses and of contacts, for addresses of this kind.

    Post is asked by contact; without a kind (processing) any address may name somebody.
    Raises ListNotReadableError when none is found, or the one somebody named is not there.
    """
    contact = columns.contact_column(names=layout.names)
    if kind and kind not in columns.LIKE:
        if contact == NO_COLUMN:
            raise ListNotReadableError(Fault.NO_CONTACT_COLUMN)
        return NO_COLUMN, contact
    if wanted:
        return columns.named_column(names=layout.names, width=layout.width, wanted=wanted), contact
    body = rows[layout.titles :]
    kinds = [kind] if kind else list(columns.LIKE)
    found = [
        columns.address_column(names=layout.names, rows=body, width=layout.width, kind=one) for one in kinds
    ]
    address = next((column for column in found if column != NO_COLUMN), NO_COLUMN)
    if address == NO_COLUMN:
        raise ListNotReadableError(Fault.NO_ADDRESS_COLUMN)
    return address, contact
