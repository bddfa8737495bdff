"""Opening a list: whatever it came as, what is read from here on is its text in UTF-8."""

import codecs
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from consent.domain.lists import workbooks
from consent.domain.lists.detecting import FIRST_ROWS, describe
from consent.domain.lists.encodings import BLOCK, as_utf8, is_plain, survey
from consent.domain.lists.layout import Layout

MOST_IN_MEMORY = 4 * BLOCK
# Without this mark Excel takes CSV in UTF-8 for Windows-1252.
EXCEL_READS_UTF_8 = codecs.BOM_UTF8.hex()


@dataclass(frozen=True, kw_only=True)
class OpenList:
    """A list ready to be read: how it is written, its first rows, its hash, and its text in UTF-8."""

    layout: Layout
    first_rows: list[list[str]]
    sha256: str
    text: BinaryIO


@contextmanager
def open_list(*, source: BinaryIO) -> Iterator[OpenList]:
    """Open a list of any kind we read: CSV in any usual encoding, or a workbook (.xlsx).

    What must be rewritten first stands in a file without a name, gone when this ends. Raises
    ListNotReadableError.
    """
    start = source.read(8)
    source.seek(0)
    with tempfile.SpooledTemporaryFile(max_size=MOST_IN_MEMORY) as own:
        room = cast("BinaryIO", own)
        if workbooks.is_workbook(start=start):
            yield _workbook(source, room)
        else:
            yield _text(source, room)


def _text(source: BinaryIO, room: BinaryIO) -> OpenList:
    seen = survey(source=source)
    source.seek(0)
    text = source
    if not is_plain(survey=seen):
        text = room
        room.writelines(as_utf8(source=source, survey=seen))
        room.seek(0)
    layout, rows = describe(start=text.read(FIRST_ROWS), survey=seen)
    return OpenList(layout=layout, first_rows=rows, sha256=seen.sha256, text=text)


def _workbook(source: BinaryIO, room: BinaryIO) -> OpenList:
    workbooks.check_workbook(source=source)
    source.seek(0)
    with tempfile.TemporaryDirectory(prefix="list-") as folder:
        path = Path(folder) / "list.xlsx"
        with path.open("wb") as copy:
            shutil.copyfileobj(source, copy, BLOCK)
        with path.open("rb") as copy:
            sha256 = hashlib.file_digest(copy, "sha256").hexdigest()
        _convert(path, room)
    opened = _text(room, room)
    return replace(
        opened, sha256=sha256, layout=replace(opened.layout, workbook=True, mark=EXCEL_READS_UTF_8)
    )


def _convert(path: Path, room: BinaryIO) -> None:
    with tempfile.TemporaryFile() as table:
        workbooks.convert_workbook(path=path, target=cast("BinaryIO", table))
        table.seek(0)
        shutil.copyfileobj(table, room, BLOCK)
    room.seek(0)
