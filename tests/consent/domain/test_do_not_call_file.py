import io
import tracemalloc
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.domain.do_not_call import Refusal, SnapshotNotLoadableError
from consent.domain.do_not_call_file import Fault, read_rows
from customers.domain.addresses import read_phone

TAKEN_ON = date(2026, 11, 1)
MAY = date(2025, 5, 1)
LOTTE = "+3222000112"
DUTCH = "+31200000101"


def read(content: bytes | str) -> list[tuple[int, str, date | None, Fault | None]]:
    raw = content.encode() if isinstance(content, str) else content
    return [
        (
            row.place,
            row.registration.number if row.registration else "",
            row.registration.registered_date if row.registration else None,
            row.fault,
        )
        for row in read_rows(file=io.BytesIO(raw), taken_on=TAKEN_ON)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "+32 2 200 01 12\t2025-05-01",
        "+3222000112;2025-05-01",
        "+32(0)2 200 01 12, 01/05/2025",
        "0032 2 200 01 12;01-05-2025",
        "02/200.01.12;1/5/2025",
        "022000112 2025-05-01",
        "02 200 01 12 01.05.2025",
        "02-200-01-12|2025/05/01",
        "3222000112;20250501",
        "22000112;2025-05-01",
        '"+3222000112";"2025-05-01"',
        "+3222000112;2025-05-01 23:55:00",
        "+3222000112;2025-05-01T23:55:00",
        "2025-05-01;+3222000112",
        "2025-05-01 23:55;02/200.01.12",
        "+3222000112;2025-05-01;",
        "  +32\u00a02\u00a0200\u00a001\u00a012 ; 2025-05-01  ",
        "+32 2 200\u201101\u201112;2025-05-01",
    ],
)
def test_row_is_read_in_any_usual_notation(line: str) -> None:
    assert read(line) == [(1, LOTTE, MAY, None)]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("0470 12 34 56;2025-05-01", "+32470123456"),
        ("470123456;2025-05-01", "+32470123456"),
        ("04 222 11 11;2025-05-01", "+3242221111"),
        ("+31 20 000 0101;2025-05-01", DUTCH),
        ("0031200000101;2025-05-01", DUTCH),
    ],
)
def test_mobile_regional_and_foreign_numbers_are_read(line: str, number: str) -> None:
    assert read(line) == [(1, number, MAY, None)]


@given(st.integers(10_000_000, 99_999_999), st.sampled_from(["+32", "0032", "0", "+32 (0)"]))
def test_number_read_by_its_shape_is_the_one_read_thoroughly(national: int, prefix: str) -> None:
    thorough = read_phone(text=f"+32{national}", country="BE").value

    assert read(f"{prefix}{national};2025-05-01") == [(1, thorough, MAY, None)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_file_is_read_in_any_usual_encoding(encoding: str, end: str) -> None:
    lines = [
        "Numéro;Date",
        f"{LOTTE};2025-05-01",
        "",
        DUTCH,
    ]

    rows = read(end.join(lines).encode(encoding))

    assert rows == [(2, LOTTE, MAY, None), (4, DUTCH, TAKEN_ON, Fault.NO_DAY)]


def test_heading_and_blank_lines_are_nothing() -> None:
    assert read("Telefoonnummer\tDatum\n\n   \n\r\n") == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("abc;2025-05-01", Fault.NO_NUMBER),
        ("02200O112;2025-05-01", Fault.NO_NUMBER),
        ("12;2025-05-01", Fault.NO_NUMBER),
        (";2025-05-01", Fault.NO_NUMBER),
        ("2025-05-01", Fault.NO_NUMBER),
        ("2025-05-01 12:00", Fault.NO_NUMBER),
        ("9" * 300, Fault.TOO_LONG),
        ("\x00\x01\x02 1", Fault.NO_NUMBER),
    ],
)
def test_row_without_a_number_says_what_is_wrong(line: str, fault: Fault) -> None:
    assert read(f"{LOTTE};2025-05-01\n{line}") == [(1, LOTTE, MAY, None), (2, "", None, fault)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"{LOTTE}", Fault.NO_DAY),
        (f"{LOTTE};", Fault.NO_DAY),
        (f"{LOTTE};onbekend", Fault.NO_DAY),
        (f"{LOTTE};2025-13-01", Fault.NO_DAY),
        (f"{LOTTE};31/02/2025", Fault.NO_DAY),
        (f"{LOTTE};2026-11-02", Fault.FUTURE_DAY),
    ],
)
def test_number_is_not_lost_for_its_day(line: str, fault: Fault) -> None:
    assert read(line) == [(1, LOTTE, TAKEN_ON, fault)]


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"])
def test_packed_file_is_refused_at_once(start: bytes) -> None:
    with pytest.raises(SnapshotNotLoadableError) as caught:
        read(start + b"whatever")

    assert caught.value.refusal is Refusal.NOT_TEXT


class EndlessLine(io.BytesIO):
    """Eight million digits without a line end, made as they are read."""

    def read(self, size: int | None = -1) -> bytes:
        wanted = min(size if size and size > 0 else 8192, 8_000_000 - self.tell())
        self.seek(wanted, io.SEEK_CUR)
        return b"1" * wanted

    read1 = read


def test_line_without_end_does_not_fill_memory() -> None:
    tracemalloc.start()
    rows = [(row.place, row.fault) for row in read_rows(file=EndlessLine(), taken_on=TAKEN_ON)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert rows == [(1, Fault.TOO_LONG)]
    assert peak < 2**20
