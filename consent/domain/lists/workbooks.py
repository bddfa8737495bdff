"""Excel: a workbook is first turned into CSV, in a process of its own that may not grow or linger."""

import csv
import datetime
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from xlsxwriter import Workbook

from consent.domain.lists.layout import Layout
from consent.domain.lists.problems import Fault, ListNotReadableError
from consent.domain.lists.workbook_child import BROKEN, EMPTY, PROTECTED

ZIP, OLD_CONTAINER = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
CHILD = Path(__file__).with_name("workbook_child.py")
MOST_UNPACKED = 600 * 1024 * 1024
MOST_MEMORY = 2 * 1024 * 1024 * 1024
MOST_SECONDS = 60
MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
FIXED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
FAULTS = {
    PROTECTED: Fault.EXCEL_PROTECTED,
    BROKEN: Fault.EXCEL_BROKEN,
    EMPTY: Fault.EMPTY,
    1: Fault.EXCEL_BROKEN,
}


def is_workbook(*, start: bytes) -> bool:
    """Say whether a file begins as a workbook does, of whatever age."""
    return start.startswith((ZIP, OLD_CONTAINER))


def check_workbook(*, source: BinaryIO) -> None:
    """Refuse what cannot be read, or not safely, before anything is unpacked.

    Raises ListNotReadableError: protected, of before 2007, damaged, larger than we unpack, no workbook.
    """
    if source.read(4) == OLD_CONTAINER:
        protected = ENCRYPTED in source.read(1024 * 1024)
        raise ListNotReadableError(Fault.EXCEL_PROTECTED if protected else Fault.EXCEL_OLD)
    try:
        entries = zipfile.ZipFile(source).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ListNotReadableError(Fault.EXCEL_BROKEN) from error
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise ListNotReadableError(Fault.NOT_TEXT)
    if any(entry.flag_bits & 1 for entry in entries):
        raise ListNotReadableError(Fault.EXCEL_PROTECTED)
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise ListNotReadableError(Fault.EXCEL_TOO_LARGE)


def convert_workbook(*, path: Path, target: BinaryIO) -> None:
    """Write the first sheet as CSV in UTF-8, in a process with limits on memory and time.

    A directory may lie about what is inside: the limits hold all the same. Raises ListNotReadableError.
    """
    words = [sys.executable, "-I", str(CHILD), str(path), str(MOST_MEMORY), str(MOST_SECONDS)]
    try:
        done = subprocess.run(
            words, stdout=target, stderr=subprocess.DEVNULL, timeout=2 * MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ListNotReadableError(Fault.EXCEL_TOO_LARGE) from error
    if done.returncode:
        raise ListNotReadableError(FAULTS.get(done.returncode, Fault.EXCEL_TOO_LARGE))


def write_workbook(*, texts: Iterator[str], layout: Layout, path: Path) -> None:
    """Write rows of CSV as a workbook, all cells as text; memory stays that of one row.

    Raises ListNotReadableError when there are more rows than a workbook holds.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with ExitStack() as stack:
        book = Workbook(str(path), options)
        stack.callback(book.close)
        # The same rows give the same file, whenever they are written.
        book.set_properties({"created": FIXED})
        sheet = book.add_worksheet()
        for number, row in enumerate(_rows(texts, layout)):
            if number == MOST_ROWS:
                raise ListNotReadableError(Fault.EXCEL_TOO_LONG)
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell[:LONGEST_CELL])


def _rows(texts: Iterator[str], layout: Layout) -> Iterator[list[str]]:
    for text in texts:
        rows = io.StringIO(text.removeprefix("\ufeff"), newline="")
        yield from csv.reader(rows, delimiter=layout.separator)
