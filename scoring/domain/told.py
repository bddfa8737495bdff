"""What a program or a file tells that somebody did: read row by row, and why a row is not kept."""

import datetime
import enum
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.engine.moments import MomentNotReadableError, read_moment
from scoring.models import CLOCK_DIFFERENCE, BehaviourEvent

KINDS: Final = frozenset(BehaviourEvent.Kind.values)
LONGEST: Final = {"address": 500, "subject": 200, "source": 100, "external_id": 100}
FIELDS: Final = frozenset({*LONGEST, "contact", "kind", "value", "occurred_at"})
MOST: Final = Decimal("999999999999.99")
CENT: Final = Decimal("0.01")
AN_ADDRESS: Final = re.compile(r"[^\s/@]+@[^\s/@]+\.[^\s/@]+")
A_NUMBER: Final = re.compile(r"(?<![\w/-])(?:\+|0)(?:[ ().-]*\d){8,}(?![\w-])")


class Fault(enum.StrEnum):
    """Why a row is not kept."""

    NO_ROW = "NO_ROW"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    NO_TEXT = "NO_TEXT"
    TOO_LONG = "TOO_LONG"
    UNKNOWN_KIND = "UNKNOWN_KIND"
    NO_MOMENT = "NO_MOMENT"
    FROM_THE_FUTURE = "FROM_THE_FUTURE"
    NO_AMOUNT = "NO_AMOUNT"
    NAMES_SOMEBODY = "NAMES_SOMEBODY"
    NOBODY_NAMED = "NOBODY_NAMED"
    UNKNOWN_PERSON = "UNKNOWN_PERSON"
    SEVERAL_PEOPLE = "SEVERAL_PEOPLE"
    NOT_LOOKED_AT = "NOT_LOOKED_AT"
    UNKNOWN_ATTRIBUTE = "UNKNOWN_ATTRIBUTE"
    NOTHING_TOLD = "NOTHING_TOLD"
    NO_NUMBER = "NO_NUMBER"
    NO_PROBABILITY = "NO_PROBABILITY"
    NO_DATE = "NO_DATE"
    NO_YES_OR_NO = "NO_YES_OR_NO"
    NEWER_KNOWN = "NEWER_KNOWN"


SENTENCES: Final[Mapping[Fault, StrPromise]] = {
    Fault.NO_ROW: _("This is no event: write its fields with their values."),
    Fault.UNKNOWN_FIELD: _(
        "A field is not known here: use contact or address, kind, occurred_at, subject, source, value and "
        "external_id."
    ),
    Fault.NO_TEXT: _("A field holds something other than text on one line."),
    Fault.TOO_LONG: _("A field is too long."),
    Fault.UNKNOWN_KIND: _("This kind of behaviour is not known."),
    Fault.NO_MOMENT: _("The moment cannot be read: write it as 2026-06-30T23:59."),
    Fault.FROM_THE_FUTURE: _("It lies more than five minutes in the future."),
    Fault.NO_AMOUNT: _("The value is no amount with at most two decimals."),
    Fault.NAMES_SOMEBODY: _("It names an e-mail address or phone number: say what was looked at, never who."),
    Fault.NOBODY_NAMED: _("Name the person once: by the key of the contact, or by an address."),
    Fault.UNKNOWN_PERSON: _("Nobody is known by this key or address."),
    Fault.SEVERAL_PEOPLE: _("Several people have this address: name the contact by its key."),
    Fault.NOT_LOOKED_AT: _("This person is not looked at: they objected, withdrew or are restricted."),
    Fault.UNKNOWN_ATTRIBUTE: _("It holds an attribute that is not kept here: add its kind first."),
    Fault.NOTHING_TOLD: _("No attribute has a value in this row."),
    Fault.NO_NUMBER: _(
        "A value is no number of at most twelve digits, or its comma may stand for thousands: write a point."
    ),
    Fault.NO_PROBABILITY: _("A probability is a number from 0 to 1, such as 0.83."),
    Fault.NO_DATE: _("A value is no date: write it as 2026-06-30."),
    Fault.NO_YES_OR_NO: _("A value is neither yes nor no."),
    Fault.NEWER_KNOWN: _("Something else is known already since then or later."),
}


class FaultyRowError(ValueError):
    """The row is not kept; `fault` says why, and nothing of the row is in it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing somebody did, as it was told; the person is named by key or by an address."""

    kind: str
    occurred_at: datetime.datetime
    contact_id: uuid.UUID | None
    address: str
    subject: str
    source: str
    external_id: str
    value: Decimal | None


def read_told(*, row: object, zone: str, now: datetime.datetime) -> Told:
    """Read one row; a moment without offset is in this zone.

    Never from the future, since it would score before it happened, and never with an address in it: who it
    was stands in the key alone. Raises FaultyRowError.
    """
    texts = _texts(row)
    told = Told(
        kind=_kind(texts.get("kind", "")),
        occurred_at=read_moment_told(text=texts.get("occurred_at", ""), zone=zone, now=now),
        contact_id=read_key(text=texts.get("contact", "")),
        address=texts.get("address", ""),
        subject=texts.get("subject", ""),
        source=texts.get("source", ""),
        external_id=texts.get("external_id", ""),
        value=_amount(texts.get("value", "")),
    )
    if (told.contact_id is None) == (not told.address):
        raise FaultyRowError(Fault.NOBODY_NAMED)
    if names_somebody(text=f"{told.subject}\n{told.source}") or AN_ADDRESS.search(told.external_id):
        raise FaultyRowError(Fault.NAMES_SOMEBODY)
    return told


def names_somebody(*, text: str) -> bool:
    """Say whether an e-mail address or a phone number stands in a text."""
    return bool(AN_ADDRESS.search(text) or A_NUMBER.search(text))


def _texts(row: object) -> dict[str, str]:
    if isinstance(row, Mapping) and not row.keys() <= FIELDS:
        raise FaultyRowError(Fault.UNKNOWN_FIELD)
    return read_texts(row=row, longest=LONGEST, otherwise=100)


def read_texts(*, row: object, longest: Mapping[str, int], otherwise: int) -> dict[str, str]:
    """Read the fields of a row as text on one line, none longer than it may be; raises FaultyRowError."""
    if not isinstance(row, Mapping):
        raise FaultyRowError(Fault.NO_ROW)
    told = {name: value for name, value in row.items() if value is not None}
    return {name: _text(value, longest.get(name, otherwise)) for name, value in told.items()}


def _text(value: object, longest: int) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise FaultyRowError(Fault.NO_TEXT)
    text = str(value).strip()
    if not text.isprintable():
        raise FaultyRowError(Fault.NO_TEXT)
    if len(text) > longest:
        raise FaultyRowError(Fault.TOO_LONG)
    return text


def _kind(text: str) -> str:
    if text not in KINDS:
        raise FaultyRowError(Fault.UNKNOWN_KIND)
    return text


def read_moment_told(*, text: str, zone: str, now: datetime.datetime) -> datetime.datetime:
    """Read a moment that lies not in the future; raises FaultyRowError."""
    try:
        moment = read_moment(text=text, zone=zone)
    except MomentNotReadableError:
        raise FaultyRowError(Fault.NO_MOMENT) from None
    if moment > now + CLOCK_DIFFERENCE:
        raise FaultyRowError(Fault.FROM_THE_FUTURE)
    return moment


def read_key(*, text: str) -> uuid.UUID | None:
    """Read the key of a contact; None where there is none. Raises FaultyRowError."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise FaultyRowError(Fault.UNKNOWN_PERSON) from None


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text)
        exact = amount.quantize(CENT)
    except InvalidOperation:
        raise FaultyRowError(Fault.NO_AMOUNT) from None
    if exact != amount or abs(exact) > MOST:
        raise FaultyRowError(Fault.NO_AMOUNT)
    return exact
