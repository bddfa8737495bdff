import hashlib
import hmac
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from phonenumber_field.phonenumber import PhoneNumber

from customers.domain.key_rings import KeyRing
from customers.models import ContactPoint

SEQUENCES = ("01234567890", "09876543210")
# Numbers that cannot be assigned and stand for people in the sample: never placeholders.
EXEMPT_PREFIXES = ("+312000001", "+32220001")
PLACEHOLDERS = frozenset({"+31612345678", "+31600000000", "+32470123456", "+32400000000"})
SHORTEST_SEQUENCE = 6
# How the numbers end that may be nobody's: in part of a sequence, or in one digit five times.
DOUBTFUL_ENDS = frozenset(
    digits[start : start + SHORTEST_SEQUENCE]
    for digits in SEQUENCES
    for start in range(len(digits) - SHORTEST_SEQUENCE + 1)
) | frozenset(before + 5 * digit for before in "0123456789" for digit in "0123456789")
# Under the newer standard these name another domain than Python's codec finds: no mail to a stranger.
CHANGED_BY_IDNA_2008 = "ßς\u200c\u200d"
# Letters on a dial (0800-FLOWERS) are no way people write a number here; "tel", "ext" and "x" are.
WORD = re.compile(r"[^\W\d_]{4}")
# What follows the country code: anything else was written for the other country, or cut off.
NATIONAL = {31: re.compile(r"\d{9}"), 32: re.compile(r"\d{8}|4\d{8}")}
# How nearly everybody here writes a number: read without the library's whole grammar, to the same result.
BETWEEN_DIGITS = " -./()"
SEPARATORS = str.maketrans("", "", BETWEEN_DIGITS)
ABROAD = re.compile(r"\+(?:31[1-9]\d{8}|32(?:[1-9]\d{7}|4\d{8}))", re.ASCII)
AT_HOME = {
    "NL": ("31", re.compile(r"0[1-9]\d{8}", re.ASCII)),
    "BE": ("32", re.compile(r"0(?:[1-9]\d{7}|4\d{8})", re.ASCII)),
}
# As nearly every address is written: read without the whole grammar, to the same result.
USUAL_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
LONGEST_USUAL_EMAIL = 254
LONGEST_INPUT = 500
HASH_BLOCK = 64
LONGEST_STREET, LONGEST_POSTAL_CODE, LONGEST_CITY = 200, 12, 100


class AddressNotUsableError(ValueError):
    """The text is no e-mail address, phone number or postal address of the kind asked for."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address in the one form we compare by, beside what was typed."""

    kind: str
    value: str
    raw_input: str
    placeholder: bool = False
    street: str = ""
    postal_code: str = ""
    city: str = ""


@dataclass(frozen=True, kw_only=True)
class AddressHash:
    """The keyed hash of one address, and the version of the key that made it."""

    digest: bytes
    key_version: int


def read_email(*, text: str) -> Address:
    """Read an e-mail address: lower case, international domain in ASCII; a +tag is part of the address.

    Raises AddressNotUsableError.
    """
    usual = read_usual_email(text=text)
    if usual:
        return Address(kind=ContactPoint.Kind.EMAIL, value=usual, raw_input=text)
    return read_any_email(text=text)


def read_usual_email(*, text: str) -> str:
    """Read an address in the usual notation; empty when it takes more care."""
    return text.lower() if len(text) <= LONGEST_USUAL_EMAIL and USUAL_EMAIL.fullmatch(text) else ""


def read_any_email(*, text: str) -> Address:
    """Read an e-mail address by the whole grammar; raises AddressNotUsableError."""
    local, at, domain = text.strip().rpartition("@")
    if any(letter in domain for letter in CHANGED_BY_IDNA_2008):
        raise AddressNotUsableError(text)
    try:
        value = f"{local}{at}{domain.encode('idna').decode('ascii')}".lower()
        EmailValidator(allowlist=[])(value)
    except (ValidationError, UnicodeError) as error:
        raise AddressNotUsableError(text) from error
    if value.endswith("]"):
        raise AddressNotUsableError(text)
    return Address(kind=ContactPoint.Kind.EMAIL, value=value, raw_input=_as_kept(text))


def read_phone(*, text: str, country: str) -> Address:
    """Read a phone number in any usual notation as E.164; a national one is read in this country.

    Raises AddressNotUsableError when no number of a possible length is found.
    """
    usual = read_usual_phone(text=text, country=country)
    if usual:
        return Address(kind=ContactPoint.Kind.PHONE, value=usual, raw_input=_as_kept(text))
    return read_any_phone(text=text, country=country)


def read_usual_phone(*, text: str, country: str) -> str:
    """Read a Dutch or Belgian number in a usual notation as E.164; empty when it takes more care.

    What may be a placeholder takes more care: where the subscriber's own digits begin, the library knows.
    """
    bare = text.translate(SEPARATORS)
    if bare.startswith("00") and country in AT_HOME:
        bare = f"+{bare[2:]}"
    if bare.startswith("+"):
        value = bare if ABROAD.fullmatch(bare) else ""
    elif country in AT_HOME:
        code, pattern = AT_HOME[country]
        value = f"+{code}{bare[1:]}" if pattern.fullmatch(bare) else ""
    else:
        value = ""
    return "" if value[-SHORTEST_SEQUENCE:] in DOUBTFUL_ENDS else value


def read_usual_phones(*, texts: Sequence[str], country: str) -> list[str]:
    """Read each as `read_usual_phone` does; those written as at home are read all at once."""
    together = "\n".join(texts)
    if any(mark in together for mark in BETWEEN_DIGITS):
        together = together.translate(SEPARATORS)
    lines = together.split("\n") if texts else []
    if country not in AT_HOME or len(lines) != len(texts):
        return [read_usual_phone(text=text, country=country) for text in texts]
    code, pattern = AT_HOME[country]
    start, is_usual = f"+{code}", pattern.fullmatch
    return [
        start + line[1:]
        if is_usual(line) and line[-SHORTEST_SEQUENCE:] not in DOUBTFUL_ENDS
        else read_usual_phone(text=text, country=country)
        for text, line in zip(texts, lines, strict=True)
    ]


def read_any_phone(*, text: str, country: str) -> Address:
    """Read a phone number with the library's whole grammar; raises AddressNotUsableError."""
    try:
        number = PhoneNumber.from_string(_without_spoken_zero(text), region=country)
    except phonenumbers.NumberParseException as error:
        raise AddressNotUsableError(text) from error
    if WORD.search(text):
        raise AddressNotUsableError(text)
    if not number.is_valid() and not _could_be_assigned(number):
        raise AddressNotUsableError(text)
    value = number.as_e164
    return Address(
        kind=ContactPoint.Kind.PHONE,
        value=value,
        raw_input=_as_kept(text),
        placeholder=is_placeholder(number=number),
    )


def is_placeholder(*, number: PhoneNumber) -> bool:
    """Say whether nobody has this number: a known one, one digit repeated, or a plain sequence.

    Source: rules, "The question". The ranges of the sample are exempt.
    """
    value = number.as_e164
    if value.startswith(EXEMPT_PREFIXES):
        return False
    subscriber = _subscriber_digits(number)
    repeated = len(set(subscriber)) == 1
    sequence = len(subscriber) >= SHORTEST_SEQUENCE and any(subscriber in digits for digits in SEQUENCES)
    return value in PLACEHOLDERS or repeated or sequence


def read_postal(*, street: str, postal_code: str, city: str, country: str) -> Address:
    """Read a postal address; compared by country, postal code and street line.

    Raises AddressNotUsableError when street or town is missing, or a part is too long to be one.
    """
    street, city = _on_one_line(street), _on_one_line(city)
    postal_code = re.sub(r"\s", "", _on_one_line(postal_code)).upper()
    if not street or not city or _too_long(street, postal_code, city):
        raise AddressNotUsableError(street)
    value = f"{country} {postal_code} {street}".upper()
    return Address(
        kind=ContactPoint.Kind.POSTAL,
        value=value,
        raw_input=f"{street}, {postal_code} {city}",
        street=street,
        postal_code=postal_code,
        city=city,
    )


def read_address(*, text: str, country: str) -> Address:
    """Read an e-mail address or a phone number, whichever it is; raises AddressNotUsableError."""
    return read_email(text=text) if "@" in text else read_phone(text=text, country=country)


def hash_address(*, organisation_id: uuid.UUID, kind: str, value: str, keys: KeyRing) -> AddressHash:
    """Hash an address with the newest key; organisations get different hashes of one address."""
    return AddressHash(
        digest=_digest(keys.keys[keys.newest], organisation_id, kind, value), key_version=keys.newest
    )


def hashes_of_address(
    *, organisation_id: uuid.UUID, kind: str, value: str, keys: KeyRing
) -> list[AddressHash]:
    """Hash an address with every key there ever was, for looking it up."""
    return [
        AddressHash(digest=_digest(key, organisation_id, kind, value), key_version=version)
        for version, key in sorted(keys.keys.items())
    ]


class AddressHasher:
    """Hashes many addresses of one kind: the work that is the same for all is done once (HMAC, RFC 2104)."""

    def __init__(self, *, organisation_id: uuid.UUID, kind: str, key: bytes) -> None:
        block = (hashlib.sha256(key).digest() if len(key) > HASH_BLOCK else key).ljust(HASH_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._inner.update(f"{organisation_id}|{kind}|".encode())
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def hex_digests(self, values: Iterable[str]) -> list[str]:
        """Hash each address as `hash_address` does, in hexadecimal."""
        digests, new_inner, new_outer = [], self._inner.copy, self._outer.copy
        for value in values:
            inner, outer = new_inner(), new_outer()
            inner.update(value.encode())
            outer.update(inner.digest())
            digests.append(outer.hexdigest())
        return digests


def mask(*, value: str) -> str:
    """Show enough of an address for its owner to recognise it, and no more."""
    local, at, domain = value.rpartition("@")
    if at:
        return f"{local[:1]}…@{domain}"
    return f"…{value[-3:]}"


def _digest(key: bytes, organisation_id: uuid.UUID, kind: str, value: str) -> bytes:
    return hmac.digest(key, f"{organisation_id}|{kind}|{value}".encode(), hashlib.sha256)


def _as_kept(text: str) -> str:
    return _on_one_line(text)[:LONGEST_INPUT]


def _on_one_line(text: str) -> str:
    """Take out line breaks, control characters and the marks that turn the reading direction."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (
        " " if letter.isspace() else letter for letter in text if letter.isspace() or letter.isprintable()
    )
    return " ".join("".join(kept).split())


def _too_long(street: str, postal_code: str, city: str) -> bool:
    return len(street) > LONGEST_STREET or len(postal_code) > LONGEST_POSTAL_CODE or len(city) > LONGEST_CITY


def _without_spoken_zero(text: str) -> str:
    return re.sub(r"^(\s*(?:\+|00)\s*\d{2})\s*\(0\)", r"\1 ", text)


def _could_be_assigned(number: PhoneNumber) -> bool:
    national = NATIONAL.get(number.country_code)
    if national is None:
        return bool(phonenumbers.is_possible_number(number))
    return national.fullmatch(str(number.national_number)) is not None


def _subscriber_digits(number: PhoneNumber) -> str:
    national = str(number.national_number)
    return national[phonenumbers.length_of_national_destination_code(number) or 1 :]
