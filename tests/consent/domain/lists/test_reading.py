import csv
import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consent.domain.lists.reading import VERDICT, read_through

# No "=", "@", "+" or "-": what is mended as a formula has tests of its own.
CELL = st.text(alphabet=' ab;,|"\n9é', max_size=6)

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str]:
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=30))
    separator = draw(st.sampled_from([";", ",", "\t", "|"]))
    return rows, separator, draw(st.sampled_from(["\n", "\r\n"]))


@unhurried
@given(tables(), st.integers(150, 400))
def test_sound_tables_are_read_as_the_library_reads_them(
    table: tuple[list[list[str]], str, str], size: int
) -> None:
    rows, separator, ending = table
    names = ["telefoon", *(f"kolom {number}" for number in range(3))][: len(rows[0]) if rows else 2]
    hint = io.StringIO()
    writer = csv.writer(hint, delimiter=separator, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])

    result = read_through(f"sep={separator}{ending}{hint.getvalue()}".encode(), size=size)

    read = list(csv.reader(io.StringIO(hint.getvalue(), newline=""), delimiter=separator))[1:]
    assert result.addresses == [row[0] for row in read]
    assert result.table()[2:] == [[*row, *VERDICT] for row in read]
    assert result.remarks == []


@unhurried
@given(st.text(alphabet='a1;,"\n\r\0=+é', max_size=400), st.integers(60, 200))
def test_no_text_is_too_bad_and_no_row_gets_lost(text: str, size: int) -> None:
    data = f"sep=;\ntelefoon;naam\n{text}".encode()

    result = read_through(data, size=size)

    asked = sum(row[2:10] == list(VERDICT) for row in result.table())
    assert asked == len(result.addresses)


@unhurried
@given(st.text(alphabet='a1;,"\n=+é', max_size=300))
def test_where_reading_is_broken_off_changes_nothing(text: str) -> None:
    data = f"sep=;\ntelefoon;naam\n{text}".encode()

    whole, cut = read_through(data), read_through(data, size=60)

    assert whole.addresses == cut.addresses
    assert whole.remarks == cut.remarks
    assert whole.output == cut.output
