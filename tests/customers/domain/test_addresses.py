import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumber_field.phonenumber import PhoneNumber

from customers.domain import addresses
from customers.domain.addresses import AddressHasher, AddressNotUsableError
from customers.domain.key_rings import KeyRing

HUISGROEP, HARTHULP = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize(
    ("text", "country", "value"),
    [
        ("020 000 0101", "NL", "+31200000101"),
        ("020-000 01 01", "NL", "+31200000101"),
        ("(020) 0000101", "NL", "+31200000101"),
        ("020.000.0101", "NL", "+31200000101"),
        ("+31 20 0000101", "NL", "+31200000101"),
        ("+31 (0)20 000 0101", "NL", "+31200000101"),
        ("+31(0)200000101", "NL", "+31200000101"),
        ("+31 020 0000101", "NL", "+31200000101"),
        ("0031 20 0000101", "NL", "+31200000101"),
        ("0031 (0) 20 0000101", "NL", "+31200000101"),
        ("31200000101", "NL", "+31200000101"),
        ("tel:+31200000101", "NL", "+31200000101"),
        ("\u202a+31 20\u00a0000\u200b0101\u202c", "NL", "+31200000101"),
        ("٠٢٠٠٠٠٠١٠١", "NL", "+31200000101"),
        ("06 1234 5679", "NL", "+31612345679"),
        ("06-12345679", "NL", "+31612345679"),
        ("02/200 01 12", "BE", "+3222000112"),
        ("02 200.01.12", "BE", "+3222000112"),
        ("0032 2 200 01 12", "BE", "+3222000112"),
        ("+32 (0)2 200 01 12", "BE", "+3222000112"),
        ("0470/12.34.57", "BE", "+32470123457"),
        ("+31 20 000 0101", "BE", "+31200000101"),
        ("+32 2 200 01 12", "NL", "+3222000112"),
    ],
)
def test_number_is_read_in_every_usual_notation(text: str, country: str, value: str) -> None:
    address = addresses.read_phone(text=text, country=country)

    assert (address.kind, address.value) == ("PHONE", value)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "+", "abc", "112", "0800-FLOWERS", "06CALLME", "+999 12345678", "0" * 600, "020\x000000101"],
)
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(AddressNotUsableError):
        addresses.read_phone(text=text, country="NL")


@pytest.mark.parametrize(
    ("text", "country"),
    [("02/200.01.12", "NL"), ("020 000 010", "NL"), ("020 000 0101", "BE"), ("+31 20 000 01011", "BE")],
)
def test_number_of_another_length_than_its_country_has_is_refused(text: str, country: str) -> None:
    with pytest.raises(AddressNotUsableError):
        addresses.read_phone(text=text, country=country)


@given(
    prefix=st.sampled_from(["0", "+31", "0031", "+32", "0032", "00 31 ", "+31 (0)", "31", "00"]),
    digits=st.text(alphabet="0123456789", min_size=7, max_size=10)
    | st.from_regex(r"[1-9]\d{7,8}", fullmatch=True),
    separator=st.sampled_from(["", " ", "-", ".", "/"]),
    country=st.sampled_from(["NL", "BE", "DE", ""]),
)
def test_usual_notation_is_read_as_the_whole_grammar_reads_it(
    prefix: str, digits: str, separator: str, country: str
) -> None:
    text = f"{prefix}{digits[:2]}{separator}{digits[2:5]}{separator}{digits[5:]}"
    try:
        expected = addresses.read_any_phone(text=text, country=country)
    except AddressNotUsableError:
        with pytest.raises(AddressNotUsableError):
            addresses.read_phone(text=text, country=country)
    else:
        assert addresses.read_phone(text=text, country=country) == expected


HOME = st.from_regex(r"0[1-9]\d{7,8}", fullmatch=True)
DOUBTFUL = st.sampled_from(
    ["0612345678", "06-00000000", "0470123456", "0201234567", "020 987 65 43", "0201111111"]
)


@given(
    texts=st.lists(HOME | DOUBTFUL | st.text(alphabet="0123456789+ -\n\r./()x", max_size=14)),
    country=st.sampled_from(["NL", "BE", "DE", ""]),
)
def test_usual_numbers_are_read_together_as_each_alone(texts: list[str], country: str) -> None:
    alone = [addresses.read_usual_phone(text=text, country=country) for text in texts]

    assert addresses.read_usual_phones(texts=texts, country=country) == alone


@given(value=st.from_regex(r"\+3[12][1-9]\d{7,8}", fullmatch=True))
def test_what_nobody_may_have_is_never_read_as_usual(value: str) -> None:
    number = PhoneNumber.from_string(value)

    assert not (
        addresses.is_placeholder(number=number) and addresses.read_usual_phone(text=value, country="NL")
    )


@pytest.mark.parametrize("text", sorted(addresses.PLACEHOLDERS))
def test_known_placeholder_takes_more_care(text: str) -> None:
    assert addresses.read_usual_phone(text=text, country="NL") == ""


@pytest.mark.parametrize("country", ["", "XX"])
def test_national_number_without_a_country_is_refused(country: str) -> None:
    with pytest.raises(AddressNotUsableError):
        addresses.read_phone(text="020 000 0101", country=country)


@pytest.mark.parametrize(
    ("text", "country", "placeholder"),
    [
        ("0612345678", "NL", True),
        ("06 11 11 11 11", "NL", True),
        ("06 87654321", "NL", True),
        ("020 1234567", "NL", True),
        ("0470 12 34 56", "BE", True),
        ("06 11223344", "NL", False),
        ("020 000 0101", "NL", False),
        ("020 000 0111", "NL", False),
        ("02 200 01 12", "BE", False),
    ],
)
def test_number_nobody_has_is_marked(text: str, country: str, placeholder: object) -> None:
    assert addresses.read_phone(text=text, country=country).placeholder is placeholder


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("alice@example.org", "alice@example.org"),
        (" Alice@Example.ORG\n", "alice@example.org"),
        ("alice+nieuws@example.org", "alice+nieuws@example.org"),
        ("alice@münchen.example", "alice@xn--mnchen-3ya.example"),
        ("alice@xn--mnchen-3ya.example", "alice@xn--mnchen-3ya.example"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_email_is_read_in_one_form(text: str, value: str) -> None:
    address = addresses.read_email(text=text)

    assert (address.kind, address.value, address.raw_input) == ("EMAIL", value, text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "alice",
        "alice@",
        "alice@example",
        "alice@localhost",
        "alice@[127.0.0.1]",
        "alice@example.org.",
        "alice@exämple..org",
        "alice@straße.example",
        "alice@example.org\nBcc: bob@example.org",
        "alice@example.org, bob@example.org",
        "Alice <alice@example.org>",
        "alice @example.org",
        "a\x00lice@example.org",
        "\ud800@example.org",
        f"alice@{'a' * 64}.org",
        f"{'a' * 400}@example.org",
    ],
)
def test_text_that_is_no_email_address_is_refused(text: str) -> None:
    with pytest.raises(AddressNotUsableError):
        addresses.read_email(text=text)


LABELS = st.text(alphabet="aZ09-._+é", min_size=1, max_size=12) | st.sampled_from(
    ["a" * 63, "a" * 64, "xn--a"]
)


@given(
    local=st.text(alphabet="aZ9.+_-'\"é ", max_size=12) | st.just("a" * 64),
    labels=st.lists(LABELS, min_size=1, max_size=5),
    end=st.sampled_from(["", ".", "\n", " ", ".org", ".o", ".1", ".local", "]"]),
)
def test_usual_address_is_read_as_the_whole_grammar_reads_it(local: str, labels: list[str], end: str) -> None:
    text = f"{local}@{'.'.join(labels)}{end}"
    try:
        expected = addresses.read_any_email(text=text)
    except AddressNotUsableError:
        with pytest.raises(AddressNotUsableError):
            addresses.read_email(text=text)
    else:
        assert addresses.read_email(text=text) == expected


@given(text=st.emails())
def test_every_well_formed_address_is_read_as_the_whole_grammar_reads_it(text: str) -> None:
    try:
        expected = addresses.read_any_email(text=text)
    except AddressNotUsableError:
        expected = None

    assert expected is None or addresses.read_email(text=text) == expected


@given(text=st.text(max_size=80), country=st.sampled_from(["NL", "BE", "", "DE"]))
def test_any_text_is_read_or_refused(text: str, country: str) -> None:
    try:
        address = addresses.read_address(text=text, country=country)
    except AddressNotUsableError:
        return

    assert address.value.isascii()
    assert address.raw_input.isprintable()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" (020) 000 01 01 ", "(020) 000 01 01"),
        ("\u202a+31200000101\u202c", "+31200000101"),
        ("\ud800\x00 020 0000101", "020 0000101"),
        (" " * 200 + "020 0000101", "020 0000101"),
    ],
)
def test_number_is_kept_as_typed_without_what_no_database_takes(text: str, kept: str) -> None:
    assert addresses.read_phone(text=text, country="NL").raw_input == kept


def test_postal_address_is_compared_by_country_code_and_street() -> None:
    address = addresses.read_postal(
        street=" Dorpsstraat  1 ", postal_code="1000 aa", city="Amster\ndam", country="NL"
    )

    assert address.value == "NL 1000AA DORPSSTRAAT 1"
    assert (address.street, address.postal_code, address.city) == ("Dorpsstraat 1", "1000AA", "Amster dam")


def test_control_characters_leave_a_postal_address() -> None:
    address = addresses.read_postal(
        street="Dorps\x00straat\u202e 1", postal_code="1000\x00AA", city="Delft\x07", country="NL"
    )

    assert (address.street, address.postal_code, address.city) == ("Dorpsstraat 1", "1000AA", "Delft")


@pytest.mark.parametrize(
    ("street", "postal_code", "city"),
    [
        ("", "1000AA", "Delft"),
        ("Dorpsstraat 1", "1000AA", " "),
        ("D" * 201, "1000AA", "Delft"),
        ("Dorpsstraat 1", "1" * 13, "Delft"),
        ("Dorpsstraat 1", "1000AA", "D" * 101),
    ],
)
def test_incomplete_or_endless_postal_address_is_refused(street: str, postal_code: str, city: str) -> None:
    with pytest.raises(AddressNotUsableError):
        addresses.read_postal(street=street, postal_code=postal_code, city=city, country="NL")


def test_hash_differs_by_organisation_kind_and_key_and_is_found_with_every_key() -> None:
    first, both = KeyRing(keys={1: b"1" * 32}), KeyRing(keys={1: b"1" * 32, 2: b"2" * 32})
    facts = {"kind": "EMAIL", "value": "alice@example.org"}

    old = addresses.hash_address(organisation_id=HUISGROEP, keys=first, **facts)
    new = addresses.hash_address(organisation_id=HUISGROEP, keys=both, **facts)
    elsewhere = addresses.hash_address(organisation_id=HARTHULP, keys=first, **facts)
    every = addresses.hashes_of_address(organisation_id=HUISGROEP, keys=both, **facts)

    assert every == [old, new]
    assert len({old.digest, new.digest, elsewhere.digest}) == 3


@given(key=st.binary(min_size=1, max_size=100), value=st.text(max_size=60))
def test_hash_of_many_at_once_is_that_of_each(key: bytes, value: str) -> None:
    hasher = AddressHasher(organisation_id=HUISGROEP, kind="EMAIL", key=key)

    alone = addresses.hash_address(
        organisation_id=HUISGROEP, kind="EMAIL", value=value, keys=KeyRing(keys={1: key})
    )

    assert hasher.hex_digests([value, "", value])[::2] == [alone.digest.hex()] * 2


@pytest.mark.parametrize(
    ("value", "masked"), [("alice@example.org", "a…@example.org"), ("+31200000101", "…101")]
)
def test_mask_shows_enough_for_the_owner(value: str, masked: str) -> None:
    assert addresses.mask(value=value) == masked
