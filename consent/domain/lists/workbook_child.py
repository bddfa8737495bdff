"""Run as a program of its own, with limits: writes the first sheet of a workbook as CSV.

python workbook_child.py WORKBOOK BYTES SECONDS
"""

import csv
import datetime
import resource
import sys
from collections.abc import Iterator
from typing import Any

PROTECTED, BROKEN, TOO_LARGE, EMPTY = 3, 4, 5, 6


def main() -> int:
    path, most_bytes, most_seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Only once the limits stand.
    import python_calamine  # noqa: PLC0415

    try:
        return write(rows=first_sheet(python_calamine.load_workbook(path), kinds=python_calamine))
    except python_calamine.PasswordError:
        return PROTECTED
    except MemoryError:
        return TOO_LARGE
    except (python_calamine.CalamineError, OSError):
        return BROKEN


def first_sheet(book: Any, *, kinds: Any) -> Iterator[list[Any]]:
    """The first sheet that shows something; a workbook may begin with an empty or a hidden one."""
    for sheet in book.sheets_metadata:
        shown = sheet.visible == kinds.SheetVisibleEnum.Visible
        if shown and sheet.typ == kinds.SheetTypeEnum.WorkSheet:
            rows = book.get_sheet_by_name(sheet.name)
            if rows.height:
                yield from rows.iter_rows()
                return


def write(*, rows: Iterator[list[Any]]) -> int:
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]
    out, code = csv.writer(sys.stdout, lineterminator="\n"), EMPTY
    for row in rows:
        out.writerow([as_text(cell) for cell in row])
        code = 0
    sys.stdout.flush()
    return code


def as_text(cell: Any) -> str:
    """As a reader of CSV expects it: whole numbers without point, days without time, hours as hours."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, datetime.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
