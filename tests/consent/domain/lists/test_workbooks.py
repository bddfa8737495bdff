import datetime
import io
import zipfile
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from consent.domain.lists import workbooks
from consent.domain.lists.problems import Fault, ListNotReadableError
from consent.domain.lists.workbooks import write_workbook
from tests.consent.domain.lists.reading import VERDICT, read_through

ROWS: list[list[object]] = [
    ["naam", "telefoon", "sinds", "bedrag"],
    ["René", 612312312, datetime.date(2026, 11, 1), 12.5],
    ["Anna", "+31200000101", datetime.date(2026, 11, 2), -1],
]


def workbook(rows: list[list[object]]) -> bytes:
    made = io.BytesIO()
    book = Workbook(made, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.add_worksheet()  # the first sheet is empty
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return made.getvalue()


def zipped(**entries: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return made.getvalue()


def with_long_cells(*, cells: int, letters: int) -> bytes:
    """A small file that unpacks into a sheet of so many cells of so many letters."""
    source, made = zipfile.ZipFile(io.BytesIO(workbook(ROWS))), io.BytesIO()
    row = f'<row r="%d"><c r="A%d" t="inlineStr"><is><t>{"x" * letters}</t></is></c></row>'
    rows = "".join(row % (number, number) for number in range(1, cells))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            is_sheet = name == "xl/worksheets/sheet2.xml"
            archive.writestr(name, sheet if is_sheet else source.read(name))
    return made.getvalue()


def fault_of(data: bytes) -> Fault:
    with pytest.raises(ListNotReadableError) as caught:
        read_through(data)
    return caught.value.fault


def test_the_first_sheet_with_rows_is_the_list() -> None:
    result = read_through(workbook(ROWS))

    assert result.layout.workbook
    assert result.addresses == ["612312312", "+31200000101"]
    assert result.table()[1:] == [
        ["René", "612312312", "2026-11-01", "12.5", *VERDICT],
        ["Anna", "+31200000101", "2026-11-02", "-1", *VERDICT],
    ]


def test_title_above_the_header_stays_where_it_is() -> None:
    data = workbook([["Bellijst oktober"], [], ["klant", "telefoon"], ["Anna", "+31200000101"]])

    result = read_through(data)

    assert result.addresses == ["+31200000101"]
    assert [row[:3] for row in result.table()] == [
        ["Bellijst oktober", ""],
        ["", ""],
        ["klant", "telefoon", "allowed"],
        ["Anna", "+31200000101", "false"],
    ]
    assert result.remarks == []


def test_hours_beyond_a_day_stay_hours() -> None:
    rows: list[list[object]] = [
        ["telefoon", "gebeld"],
        ["0200000101", datetime.timedelta(hours=30, minutes=5)],
    ]
    made = io.BytesIO()
    book = Workbook(made, {"in_memory": True, "default_date_format": "[hh]:mm:ss"})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()

    result = read_through(made.getvalue())

    assert "30:05:00" in str(result)


def test_a_truncated_workbook_is_said_to_be_damaged() -> None:
    assert fault_of(workbook(ROWS)[:-300]) == Fault.EXCEL_BROKEN


def test_a_workbook_with_broken_insides_is_said_to_be_damaged() -> None:
    assert fault_of(zipped(xl__workbook_xml=b"<workbook")) == Fault.EXCEL_BROKEN


def test_a_protected_workbook_is_said_to_be_protected() -> None:
    container = b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)

    assert fault_of(container) == Fault.EXCEL_PROTECTED


def test_an_old_workbook_is_said_to_be_old() -> None:
    assert fault_of(b"\xd0\xcf\x11\xe0" + bytes(2000)) == Fault.EXCEL_OLD


def test_a_zip_that_is_no_workbook_is_no_list() -> None:
    assert fault_of(zipped(word__document_xml=b"x")) == Fault.NOT_TEXT


def test_a_workbook_without_rows_is_empty() -> None:
    assert fault_of(workbook([])) == Fault.EMPTY


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 1_000_000)
    bomb = zipped(xl__workbook_xml=b"x", xl__worksheets__sheet1_xml=bytes(2_000_000))

    assert len(bomb) < 10_000
    assert fault_of(bomb) == Fault.EXCEL_TOO_LARGE


def test_a_bomb_that_lies_about_its_size_meets_the_limits_of_the_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbooks, "MOST_MEMORY", 100 * 1024 * 1024)
    bomb = with_long_cells(cells=4000, letters=30_000)

    assert len(bomb) < 200_000
    assert fault_of(bomb) == Fault.EXCEL_TOO_LARGE


def test_the_result_is_a_workbook_of_text_and_always_the_same_bytes(tmp_path: Path) -> None:
    result = read_through(workbook(ROWS))
    written = []
    for name in ("eerst.xlsx", "later.xlsx"):
        text = result.output.decode()
        write_workbook(texts=iter([text]), layout=result.layout, path=tmp_path / name)
        written.append((tmp_path / name).read_bytes())

    again = read_through(written[0])

    assert written[0] == written[1]
    assert again.table()[1][:5] == ["René", "612312312", "2026-11-01", "12.5", "false"]
