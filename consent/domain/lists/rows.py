"""The rows of one piece: what is asked about each, and the text its verdict is added to.

A piece of usual rows is cut by C code alone; only a piece with something unusual is read row by row.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat

from consent.domain.lists.layout import NO_COLUMN, SEPARATORS, Layout
from consent.domain.lists.problems import Remark, RowRemark
from consent.domain.lists.records import LONGEST_ROW, spans

# A cell a spreadsheet would run. Plus or minus before digits and the marks of a phone number is data:
# there is nothing to run in it.
FORMULA = re.compile(r"\s*(?:[=@＝＠＋－]|[+\-](?![\d\s().,/\-]*\Z))|[\t\r]")  # noqa: RUF001  (full width)
FULL_WIDTH = "＝＠＋－"  # noqa: RUF001
LINE_END = "\r\n"


@dataclass(kw_only=True)
class Rows:
    """Rows side by side: the text before the verdict, what follows it, and which of them are asked about."""

    heads: list[str]
    tails: list[str] = field(default_factory=list)  # empty: the line end alone follows
    ending: str = "\n"
    closed: bool = True  # the last row too has its line end
    titles: int = 0  # rows at the start that ask nothing: a hint, the header
    asked: list[int] = field(default_factory=list)  # empty: all but the titles
    addresses: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    remarks: list[RowRemark] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.heads)


def read_rows(*, data: bytes, layout: Layout, titles: int) -> Rows:
    """Read the rows of a piece, of which so many at the start ask nothing."""
    text = data.decode(errors="replace")
    return _usual_rows(data, text, layout, titles) or _unusual_rows(text, layout, titles)


def titles_of(*, layout: Layout) -> int:
    """Count the rows at the start of a list that are no data."""
    return int(layout.hinted) + layout.titles


def _usual_rows(data: bytes, text: str, layout: Layout, titles: int) -> Rows | None:
    if "\0" in text or (titles and layout.hinted) or may_hold_formula(data=data, text=text, layout=layout):
        return None
    lines, ending = _lines(text)
    if len(lines) < max(titles, 1) or max(map(len, lines)) > LONGEST_ROW:
        return None
    wanted = [column for column in (layout.address, layout.contact) if column != NO_COLUMN]
    columns = _columns(text, lines, layout, wanted)
    if columns is None:
        return None
    found = {column: cells[titles:] for column, cells in zip(wanted, columns, strict=True)}
    return Rows(
        heads=lines,
        ending=ending,
        closed=text.endswith("\n"),
        titles=titles,
        addresses=found.get(layout.address, []),
        contacts=found.get(layout.contact, []),
    )


def _lines(text: str) -> tuple[list[str], str]:
    """The lines, if all of them end in the same way."""
    ending = "\r\n" if "\r" in text else "\n"
    if ending == "\r\n" and not text.count("\r") == text.count("\r\n") == text.count("\n"):
        return [], ending
    lines = text.split(ending)
    if not lines[-1]:
        lines.pop()
    return lines, ending


def _columns(text: str, lines: list[str], layout: Layout, wanted: list[int]) -> list[list[str]] | None:
    """The cells of some columns, if every row has its usual number of cells."""
    if '"' in text:
        return _quoted_columns(lines, layout, wanted)
    if layout.width == 1:
        # An empty line is no row with one empty cell.
        return None if "" in lines else [lines for _column in wanted]
    return _bare_columns(lines, layout, wanted)


def _quoted_columns(lines: list[str], layout: Layout, wanted: list[int]) -> list[list[str]] | None:
    try:
        cells = list(csv.reader(lines, delimiter=layout.separator, strict=True))
    except csv.Error:
        return None
    if len(cells) != len(lines) or set(map(len, cells)) != {layout.width}:
        return None
    return [[row[column] for row in cells] for column in wanted]


def _bare_columns(lines: list[str], layout: Layout, wanted: list[int]) -> list[list[str]] | None:
    """Cut a whole piece at once: in sound rows each joint of two of them stands in its own place."""
    cells, step = "\n".join(lines).split(layout.separator), layout.width - 1
    joints = cells[step::step][: len(lines) - 1]
    if len(cells) != len(lines) * step + 1 or not all(map(str.__contains__, joints, repeat("\n"))):
        return None
    ends = "\n".join(joints).split("\n")  # the last cell of a row, the first of the next, and so on
    edges = {0: [cells[0], *ends[1::2]], step: [*ends[0::2], cells[-1]]}
    return [edges[column] if column in edges else cells[column::step] for column in wanted]


def may_hold_formula(*, data: bytes, text: str, layout: Layout) -> bool:
    """Say quickly whether a piece may hold a formula; where it may, FORMULA looks at each cell."""
    tab = "\t" in text and layout.separator != "\t"
    if tab or "=" in text or (not data.isascii() and any(mark in text for mark in FULL_WIDTH)):
        return True
    # Without digits and the marks of a phone number, a number after plus is a plus alone.
    bare = b"\n" + data.translate(None, b"0123456789 ().,/".replace(layout.separator.encode(), b""))
    begins = (layout.separator.encode(), b"\n", b'"')
    if any(begin + b"@" in bare for begin in begins) or _plus_and_more(layout.separator).search(bare):
        return True
    if any(begin + b"-" in bare for begin in begins):
        return bool(_minus_and_more(layout.separator).search(f"\n{text}"))
    return False


@lru_cache
def _plus_and_more(separator: str) -> re.Pattern[bytes]:
    return re.compile(rb"\+-*[^\-\r\n\"" + re.escape(separator).encode() + rb"]")


@lru_cache
def _minus_and_more(separator: str) -> re.Pattern[str]:
    mark = re.escape(separator)
    return re.compile(rf'[{mark}"\n] *-(?![\d\s().,/\-]*(?:[{mark}"\r\n]|\Z))')


def _unusual_rows(text: str, layout: Layout, titles: int) -> Rows:
    lines = text.split("\n")
    closed = lines[-1] == ""
    if closed:
        lines.pop()
    rows = Rows(heads=[], titles=titles)
    for start, stop in spans(lines=lines, layout=layout):
        _add_row(rows, "\n".join(lines[start:stop]), layout)
    rows.titles = min(rows.titles, rows.count)
    if not closed and rows.tails:
        rows.tails[-1] = rows.tails[-1].removesuffix("\n")
    return rows


def _add_row(rows: Rows, text: str, layout: Layout) -> None:
    number = rows.count
    ending = "\r\n" if text.endswith("\r") else "\n"
    text = text.removesuffix("\r")
    if not text or (layout.hinted and number == 0 and rows.titles):
        rows.titles += not text and number < rows.titles  # an empty line before the header
        rows.heads.append(text)
        rows.tails.append(ending)
        return
    cells, remarks = _read_row(text, layout)
    if number < rows.titles - 1:  # a title is not too short
        remarks = [one for one in remarks if one != Remark.SHORT]
    head, surplus = _written(text, cells, remarks, layout)
    rows.heads.append(head)
    rows.tails.append(layout.separator + surplus + ending if surplus else ending)
    rows.remarks += [RowRemark(row=number, remark=remark) for remark in remarks]
    if number >= rows.titles:
        rows.asked.append(number)
        rows.addresses.append(_cell(cells, layout.address))
        rows.contacts.append(_cell(cells, layout.contact))


def _read_row(text: str, layout: Layout) -> tuple[list[str], list[Remark]]:
    remarks = []
    if len(text) > LONGEST_ROW:
        text, remarks = text[:LONGEST_ROW], [Remark.TOO_LONG]
    if "\0" in text:
        text = text.replace("\0", "")
        remarks.append(Remark.NUL)
    cells, sound = _cells(text, layout.separator)
    if not sound:
        remarks.append(Remark.QUOTE)
    if len(cells) != layout.width:
        other = _other_separator(text, layout)
        remarks.append(Remark.SEPARATOR if other else _ragged(cells, layout))
        cells = other or cells
    if any(map(FORMULA.match, cells)):
        remarks.append(Remark.FORMULA)
    return cells, remarks


def _ragged(cells: Sequence[str], layout: Layout) -> Remark:
    return Remark.SHORT if len(cells) < layout.width else Remark.SURPLUS


def _cells(text: str, separator: str) -> tuple[list[str], bool]:
    try:
        rows = list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error:
        return text.split(separator), False
    return (rows[0] or [""], True) if len(rows) == 1 else (text.split(separator), False)


def _other_separator(text: str, layout: Layout) -> list[str] | None:
    if layout.width == 1:
        return None
    for separator in SEPARATORS:
        if separator != layout.separator and separator in text:
            cells, sound = _cells(text, separator)
            if sound and len(cells) == layout.width:
                return cells
    return None


def _written(text: str, cells: list[str], remarks: list[Remark], layout: Layout) -> tuple[str, str]:
    """The row's own text where nothing was mended; else its cells written anew, so that others read them."""
    missing = layout.separator * (layout.width - len(cells))
    if not set(remarks) - {Remark.SHORT} and "\r" not in text:
        return text + missing, ""
    safe = [f"'{cell}" if FORMULA.match(cell) else cell for cell in cells]
    head = written(cells=safe[: layout.width], separator=layout.separator) + missing
    return head, written(cells=safe[layout.width :], separator=layout.separator)


def written(*, cells: Sequence[str], separator: str) -> str:
    """Write cells as one row, without its line end."""
    if not cells:
        return ""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=LINE_END).writerow(cells)
    return out.getvalue().removesuffix(LINE_END)


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column] if NO_COLUMN < column < len(cells) else ""
