"""Where one row of a list ends: quotation marks may hold line ends, or stand open by mistake."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from consent.domain.lists.layout import Layout

# About as many rows as one question of the engine answers at once.
PIECE = 256 * 1024
LONGEST_ROW = 256 * 1024
MOST_LINES = 50  # of one row: an open quotation mark must not swallow the rest of the list
csv.field_size_limit(64 * LONGEST_ROW)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Whole rows of the text in UTF-8, and where in it they stand."""

    start: int
    end: int
    data: bytes


def pieces(*, source: BinaryIO, layout: Layout, start: int = 0, size: int = PIECE) -> Iterator[Piece]:
    """Cut a text into pieces of whole rows, from this place on; memory stays that of one piece.

    The same text gives the same pieces, wherever reading was broken off and taken up again at a
    piece's end. Of a row that is longer than a piece only the beginning is given.
    """
    source.seek(start)
    rest = b""
    while block := source.read(size):
        data = rest + block
        end = whole_rows(data=data, layout=layout)
        if not end and len(data) > LONGEST_ROW and b"\n" not in data:
            skipped, end_of_row = _skip_row(source, start + len(data), size)
            yield Piece(start=start, end=end_of_row, data=data[: LONGEST_ROW + 4] + skipped)
            start, rest = end_of_row, b""
            source.seek(start)
            continue
        if end:
            yield Piece(start=start, end=start + end, data=data[:end])
        start, rest = start + end, data[end:]
    if rest:
        yield Piece(start=start, end=start + len(rest), data=rest)


def whole_rows(*, data: bytes, layout: Layout) -> int:
    """Count the bytes that form whole rows; a row that may go on behind them is left out."""
    end = data.rfind(b"\n") + 1
    if b'"' not in data:
        return end
    raw = data[:end].split(b"\n")[:-1]
    odd = next((number for number, line in enumerate(raw) if line.count(b'"') & 1), len(raw))
    if odd == len(raw):
        return end
    lines = [line.decode(errors="replace") for line in raw]
    at = odd
    while at < len(lines):
        stop = _end_of_record(lines, at, layout)
        if not stop:
            break
        at = stop
    return sum(len(line) + 1 for line in raw[:at])


def spans(*, lines: list[str], layout: Layout) -> Iterator[tuple[int, int]]:
    """Say which lines form one row: from, and up to."""
    closed = lines + [""] * MOST_LINES
    at = 0
    while at < len(lines):
        stop = _end_of_record(closed, at, layout)
        yield at, stop
        at = stop


def _end_of_record(lines: list[str], at: int, layout: Layout) -> int:
    """Where the row ends that begins here; 0 when the lines at hand do not tell.

    A line with an open quotation mark goes on up to the line that closes it, if together they are a
    sound row of the usual width; else the line stands for itself.
    """
    if not lines[at].count('"') & 1:
        return at + 1
    for other in range(at + 1, min(at + MOST_LINES, len(lines))):
        if lines[other].count('"') & 1:
            sound = _is_sound("\n".join(lines[at : other + 1]), layout)
            return other + 1 if sound else at + 1
    return 0 if at + MOST_LINES > len(lines) else at + 1


def _is_sound(text: str, layout: Layout) -> bool:
    if len(text) > LONGEST_ROW:
        return False
    try:
        rows = list(csv.reader([text], delimiter=layout.separator, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == layout.width


def _skip_row(source: BinaryIO, at: int, size: int) -> tuple[bytes, int]:
    while block := source.read(size):
        place = block.find(b"\n")
        if place >= 0:
            return b"\n", at + place + 1
        at += len(block)
    return b"", at
