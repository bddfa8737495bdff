"""Every bad list of the issue: one clear sentence about a file, the other rows kept about a row."""

import io

import pytest

from consent.domain.lists.opening import open_list
from consent.domain.lists.problems import REMARKS, SENTENCES, Fault, ListNotReadableError, Remark
from tests.consent.domain.lists.reading import VERDICT, read_through

ADDED = [
    *("allowed", "code", "reasons", "ground", "valid_until"),
    *("within_hours", "next_allowed_at", "caller_number"),
]
SAID = list(VERDICT)


def fault_of(data: bytes, **asked: str) -> Fault:
    with pytest.raises(ListNotReadableError) as caught:
        read_through(data, **asked)  # type: ignore[arg-type]
    return caught.value.fault


@pytest.mark.parametrize("data", [b"", b"\n\n\r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    assert fault_of(data) == Fault.EMPTY


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n", bytes(range(256)) * 9])
def test_what_is_no_text_is_no_list(data: bytes) -> None:
    assert fault_of(data) == Fault.NOT_TEXT


def test_one_column_without_header_keeps_its_rows() -> None:
    result = read_through(b"+31200000101\n0612345678\n")

    assert result.addresses == ["+31200000101", "0612345678"]
    assert result.table() == [["+31200000101", *SAID], ["0612345678", *SAID]]


def test_one_column_with_header_gets_the_names_of_the_verdict() -> None:
    result = read_through(b"telefoon\r\n+31200000101\r\n")

    assert result.output == (
        ("telefoon," + ",".join(ADDED) + "\r\n+31200000101," + ",".join(SAID) + "\r\n").encode()
    )


def test_three_hundred_columns_are_read() -> None:
    names = ";".join(f"k{number}" for number in range(299)) + ";mobiel"
    row = ";".join("x" for _ in range(299)) + ";0612312312"

    result = read_through(f"{names}\n{row}\n".encode())

    assert result.addresses == ["0612312312"]
    assert [len(row) for row in result.table()] == [308, 308]


def test_a_million_columns_are_too_many() -> None:
    assert fault_of(b"a;" * 20_000 + b"\n" + b"b;" * 1_000_000) == Fault.TOO_MANY_COLUMNS


def test_mixed_separators_are_made_one() -> None:
    result = read_through(b"naam;telefoon\nAnna;+31200000101\nBram,+31200000102\nCarla;+31200000103\n")

    assert result.addresses == ["+31200000101", "+31200000102", "+31200000103"]
    assert result.table()[2] == ["Bram", "+31200000102", *SAID]
    assert result.remarks == [(3, Remark.SEPARATOR)]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        *(("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b""), ("latin-1", b"")),
        *(("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b""), ("utf-16-be", b"")),
    ],
)
def test_any_usual_encoding_comes_out_as_it_went_in(encoding: str, mark: bytes) -> None:
    control = "\x81" if encoding == "latin-1" else ""
    text = f"naam;telefoon\r\nRené{control} Müller;+31200000101\r\n"

    result = read_through(mark + text.encode(encoding))

    expected = text.replace("telefoon", "telefoon;" + ";".join(ADDED)).replace(
        "0101", "0101;" + ";".join(SAID)
    )
    assert result.output == mark + expected.encode(encoding)


def test_an_unclosed_quote_costs_its_own_row_only() -> None:
    result = read_through(
        b'naam,telefoon\nAnna,+31200000101\n"Bram,+31200000102\n"Carla, C.","+31200000103"\nDaan,"x\n'
    )

    assert result.addresses == ["+31200000101", "+31200000102", "+31200000103", '"x']
    assert result.table()[2][0] == '"Bram'
    assert result.table()[3] == ["Carla, C.", "+31200000103", *SAID]
    assert result.remarks == [(3, Remark.QUOTE), (5, Remark.QUOTE)]


def test_a_line_end_between_quotes_belongs_to_the_cell() -> None:
    data = b'naam;telefoon\r\n"Anna\r\nB.V.";+31200000101\r\nBram;+31200000102\r\n'

    result = read_through(data)

    assert result.addresses == ["+31200000101", "+31200000102"]
    assert result.remarks == []
    assert result.table()[1] == ["Anna\r\nB.V.", "+31200000101", *SAID]


def test_duplicates_are_all_answered() -> None:
    result = read_through(b"tel\n+31200000101\n+31200000101\n020 000 0101\n")

    assert len(result.table()) == 4
    assert result.remarks == []


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "@SUM(A1)", "+SUM(A1)", "-cmd|' /C calc'!A0", " =1+1", "\t=1+1"),
        *("+31 20 =HYPERLINK()", "＝1", "－x", '=HYPERLINK("http://example.org";"klik")'),  # noqa: RUF001
    ],
)
def test_a_formula_comes_out_as_text(cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'

    result = read_through(f"naam;telefoon\n{quoted};+31200000101\n".encode())

    assert result.table()[1] == [f"'{cell}", "+31200000101", *SAID]
    assert result.remarks == [(2, Remark.FORMULA)]


@pytest.mark.parametrize("cell", ["+31 (0)20-000 0101", "-12,50", "-", "jan+tag@example.org", "a=b", "2-3"])
def test_numbers_and_plain_words_are_no_formulas(cell: str) -> None:
    result = read_through(f"naam;telefoon\n{cell};+31200000101\n".encode())

    assert result.table()[1] == [cell, "+31200000101", *SAID]


def test_a_formula_in_the_header_comes_out_as_text() -> None:
    result = read_through(b"=naam;telefoon\nAnna;+31200000101\n")

    assert result.table()[0][:2] == ["'=naam", "telefoon"]


def test_nul_bytes_are_taken_out() -> None:
    result = read_through(b"naam;telefoon\nAn\0na;+3120000\x000101\nBram;+31200000102\n")

    assert result.addresses == ["+31200000101", "+31200000102"]
    assert result.remarks == [(2, Remark.NUL)]


def test_a_giant_row_is_cut_and_the_others_kept() -> None:
    giant = b"+31200000101;" + b"x" * 3_000_000

    result = read_through(b"telefoon;naam\n" + giant + b"\n+31200000102;Bram\n")

    assert result.addresses == ["+31200000101", "+31200000102"]
    assert result.remarks == [(2, Remark.TOO_LONG)]
    assert len(result.output) < 400_000


def test_a_row_without_end_takes_no_more_memory_than_a_piece() -> None:
    class Endless(io.BytesIO):
        most = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.most = max(self.most, size or 0)
            return super().read(size)

    source = Endless(b"telefoon;naam\n0612312312;" + b"x" * 8_000_000)
    with open_list(source=source) as opened:
        assert opened.layout.names == ("telefoon", "naam")

    assert source.most <= 1024 * 1024


def test_ragged_rows_keep_every_cell_and_the_verdict_its_column() -> None:
    result = read_through(b"tel;naam\n0612312312\n0612312313;Bram;extra;meer\n;\n\n0612312314;Carla\n")

    assert result.addresses == ["0612312312", "0612312313", "", "0612312314"]
    assert result.table()[1:] == [
        ["0612312312", "", *SAID],
        ["0612312313", "Bram", *SAID, "extra", "meer"],
        ["", "", *SAID],
        [],
        ["0612312314", "Carla", *SAID],
    ]
    assert result.remarks == [(2, Remark.SHORT), (3, Remark.SURPLUS)]


def test_old_line_ends_of_the_mac_are_kept() -> None:
    result = read_through(b"tel;naam\r0612312312;Bram\r")

    assert result.output.count(b"\r") == 2
    assert b"\n" not in result.output


def test_mixed_line_ends_are_kept_as_they_are() -> None:
    result = read_through(b"tel;naam\r\n0612312312;Anna\n0612312313;Bram\r\n")

    behind = ";" + ";".join(SAID)
    assert result.output == (
        f"tel;naam;{';'.join(ADDED)}\r\n0612312312;Anna{behind}\n0612312313;Bram{behind}\r\n".encode()
    )


def test_the_hint_of_excel_names_the_separator() -> None:
    result = read_through(b"sep=|\r\nnaam|tel\r\nAnna, A.;B|0612312312\r\n")

    assert result.addresses == ["0612312312"]
    assert result.output.startswith(b"sep=|\r\nnaam|tel|allowed")


def test_a_list_with_a_header_only_is_answered_with_a_header() -> None:
    assert read_through(b"naam;telefoon\n").table() == [["naam", "telefoon", *ADDED]]


def test_every_fault_and_remark_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Fault)
    assert set(REMARKS) == set(Remark)
