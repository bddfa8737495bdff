"""What a list or a program tells that somebody is: read row by row, each value by its kind."""

import datetime
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from scoring.domain.told import (
    Fault,
    FaultyRowError,
    names_somebody,
    read_key,
    read_moment_told,
    read_texts,
)
from scoring.models import AttributeName

Kind = AttributeName.Kind
WHO: Final = frozenset({"contact", "address", "known_since"})
LONGEST: Final = 200
MOST: Final = Decimal("999999999999.999999")
SMALLEST: Final = Decimal("0.000001")
# As 1,234: in one list a thousand and more, in the other a little over one.
THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
YES: Final = frozenset({"yes", "ja", "oui", "true", "waar", "1", "y", "j"})
NO: Final = frozenset({"no", "nee", "non", "false", "onwaar", "0", "n"})


class Value(NamedTuple):
    """A value as text, and as a number where it is one."""

    text: str
    number: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What one row tells of one person, who is named by key or by an address."""

    contact_id: uuid.UUID | None
    address: str
    since: datetime.datetime
    values: Mapping[str, Value]


def read_known(
    *, row: object, kinds: Mapping[str, str], zone: str, since: datetime.datetime, now: datetime.datetime
) -> Known:
    """Read one row by the kinds of attributes that are kept; without a moment of its own it is known `since`.

    A row counts as a whole: with one value that does not fit none is kept. Raises FaultyRowError.
    """
    texts = read_texts(row=row, longest={"address": 500}, otherwise=LONGEST)
    told = {name: text for name, text in texts.items() if name not in WHO and text}
    if not told.keys() <= kinds.keys():
        raise FaultyRowError(Fault.UNKNOWN_ATTRIBUTE)
    if not told:
        raise FaultyRowError(Fault.NOTHING_TOLD)
    moment = texts.get("known_since", "")
    contact_id, address = read_key(text=texts.get("contact", "")), texts.get("address", "")
    if (contact_id is None) == (not address):
        raise FaultyRowError(Fault.NOBODY_NAMED)
    return Known(
        contact_id=contact_id,
        address=address,
        since=read_moment_told(text=moment, zone=zone, now=now) if moment else since,
        values={name: READ[kinds[name]](text) for name, text in told.items()},
    )


def _words(text: str) -> Value:
    if names_somebody(text=text):
        raise FaultyRowError(Fault.NAMES_SOMEBODY)
    return Value(text)


def _number(text: str) -> Value:
    """With a point or a comma before the decimals, kept to six of them; a sign for thousands is refused."""
    if THOUSANDS.fullmatch(text):
        raise FaultyRowError(Fault.NO_NUMBER)
    try:
        # Adding zero takes the sign off a zero.
        number = Decimal(text.replace(",", ".")).quantize(SMALLEST) + 0
    except InvalidOperation:
        raise FaultyRowError(Fault.NO_NUMBER) from None
    if not number.is_finite() or abs(number) > MOST:
        raise FaultyRowError(Fault.NO_NUMBER)
    return Value(f"{number.normalize():f}", number)


def _probability(text: str) -> Value:
    try:
        value = _number(text)
    except FaultyRowError:
        raise FaultyRowError(Fault.NO_PROBABILITY) from None
    if value.number is None or not 0 <= value.number <= 1:
        raise FaultyRowError(Fault.NO_PROBABILITY)
    return value


def _date(text: str) -> Value:
    try:
        return Value(datetime.date.fromisoformat(text).isoformat())
    except ValueError:
        raise FaultyRowError(Fault.NO_DATE) from None


def _yes_or_no(text: str) -> Value:
    if text.lower() not in YES | NO:
        raise FaultyRowError(Fault.NO_YES_OR_NO)
    return Value("yes" if text.lower() in YES else "no")


READ: Final[Mapping[str, Callable[[str], Value]]] = {
    Kind.TEXT: _words,
    Kind.NUMBER: _number,
    Kind.PROBABILITY: _probability,
    Kind.DATE: _date,
    Kind.YES_NO: _yes_or_no,
}
