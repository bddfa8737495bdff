"""Rows as CSV that a spreadsheet opens as it is: no cell starts a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

# Spreadsheets run what starts with one of these; a phone number is a number and nothing to run.
FORMULA = re.compile(r"[=@+\-\t\r]")
NUMBER = re.compile(r"\+\d+")
# Without the mark a spreadsheet takes the file for another encoding than UTF-8.
MARK = "\ufeff"


class _Line:
    """Gives the text of the row it is asked to write."""

    def write(self, text: str) -> str:
        return text


def write_lines(*, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write each row as a line of CSV."""
    writer = csv.writer(_Line())
    return (writer.writerow([_safe(cell) for cell in row]) for row in rows)


def _safe(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell
