import pytest

from consent.domain.lists.problems import Fault, ListNotReadableError
from tests.consent.domain.lists.reading import read_through


@pytest.mark.parametrize(
    "name",
    [
        *("Telefoon", "telefoonnummer", "TEL.", "Mobiel", "GSM-nummer", "phone", "Phone number", "number"),
        *("Mobile", "Telefoon 1", "adres", "address"),
    ],
)
def test_the_name_finds_the_column_of_numbers(name: str) -> None:
    data = f"klantnummer;{name};datum\n0612312300;0612312312;2026-11-01\n".encode()

    assert read_through(data).addresses == ["0612312312"]


@pytest.mark.parametrize("name", ["E-mail", "email", "E-mailadres", "mail", "Email address", "adres"])
def test_the_name_finds_the_column_of_mail_addresses(name: str) -> None:
    data = f"id,{name},tel\n1,anna@example.org,0612312312\n".encode()

    assert read_through(data, kind="EMAIL").addresses == ["anna@example.org"]


def test_without_a_name_the_contents_find_the_column() -> None:
    data = b"a;b;c\n2026-11-01;x;020-0000101\n2026-11-02;y;+31 20 000 0102\n"

    assert read_through(data).addresses == ["020-0000101", "+31 20 000 0102"]


def test_without_header_the_first_row_is_data() -> None:
    result = read_through(b"Anna;0612312312\nBram;0612312313\n")

    assert not result.layout.header
    assert result.addresses == ["0612312312", "0612312313"]


def test_of_two_names_the_column_that_holds_addresses_counts() -> None:
    data = b"telefoon;mobiel\n;0612312312\n;0612312313\n"

    assert read_through(data).addresses == ["0612312312", "0612312313"]


@pytest.mark.parametrize("wanted", ["werk", "WERK", "2"])
def test_somebody_can_choose_the_column(wanted: str) -> None:
    data = b"prive;werk\n0612312312;0201231231\n"

    assert read_through(data, column=wanted).addresses == ["0201231231"]


def test_a_column_that_is_not_there_is_said() -> None:
    with pytest.raises(ListNotReadableError) as caught:
        read_through(b"prive;werk\n0612312312;0201231231\n", column="thuis")

    assert caught.value.fault == Fault.NO_SUCH_COLUMN


def test_no_column_with_addresses_is_said() -> None:
    with pytest.raises(ListNotReadableError) as caught:
        read_through(b"naam;plaats\nAnna;Amsterdam\n")

    assert caught.value.fault == Fault.NO_ADDRESS_COLUMN


def test_contacts_are_named_by_their_own_column() -> None:
    key = "01890a5d-ac96-774b-bcce-b302099a8057"

    result = read_through(f"contact,tel\n{key},0612312312\n".encode())

    assert result.contacts == [key]


def test_post_needs_a_column_of_contacts() -> None:
    with pytest.raises(ListNotReadableError) as caught:
        read_through(b"naam;adres\nAnna;Straat 1\n", kind="POSTAL")

    assert caught.value.fault == Fault.NO_CONTACT_COLUMN


TITLED = b"Bellijst oktober;;\n\nuitgedraaid op 1-10-2026\nKlant;Nr;Plaats\nAnna;0201234567;Ede\nBram;?;Ede\n"


@pytest.mark.parametrize("usual", [b"Nr", b"Telefoon"])
def test_what_stands_above_the_header_is_no_data(usual: bytes) -> None:
    result = read_through(TITLED.replace(b"Nr", usual))

    assert result.layout.names == ("Klant", usual.decode(), "Plaats")
    assert result.addresses == ["0201234567", "?"]
    assert result.table()[0] == ["Bellijst oktober", "", ""]
    assert result.table()[3][:4] == ["Klant", usual.decode(), "Plaats", "allowed"]
    assert result.remarks == []


@pytest.mark.parametrize(
    "first",
    [b"0201234569;;\n", b"Dirk;0201234569;\n", b"telefoon;;\n", b"?;;\n", b"?;;\n0201234569;D.;Ede\n"],
)
def test_no_row_with_an_address_is_taken_for_a_title(first: bytes) -> None:
    body = b"0201234567;Anna;Ede\n0201234568;Bram;Ede\n"

    result = read_through(first + body, column="1")

    rows = (first + body).decode().splitlines()
    assert result.layout.above == 0
    assert result.addresses == [row.split(";")[0] for row in rows[int(result.layout.header) :]]
    assert result.layout.header == ("0201234569" not in rows[0])
