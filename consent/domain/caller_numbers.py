import datetime
import enum
import uuid
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from consent.domain.terms import last_moment, term_end
from consent.models import ContactAttempt
from customers.models import CallerNumber, LegalEntity

# Somebody who was called can call back for half a year (Code Telemarketing 2024, art. 6).
REACHABLE_MONTHS: Final = 6


class Use(enum.StrEnum):
    """What a number is good for at one moment; the words stand in the published JSON."""

    TO_COME = "TO_COME"
    IN_USE = "IN_USE"
    REACHABLE = "REACHABLE"
    GONE = "GONE"


@dataclass(frozen=True, kw_only=True)
class Calls:
    """The first and the last day on which a number was shown, and how long it must then be reachable."""

    first_date: datetime.date
    last_date: datetime.date
    reachable_until_date: datetime.date


def find_use(*, number: CallerNumber, at: datetime.datetime) -> Use:
    """Say whether a number may be shown at this moment, or only be called back.

    A call made now must be answerable for six more months: a number that is not reachable for so long has
    had its last call. Source: art. 11.7(8) Tw; Code Telemarketing 2024, art. 6.
    """
    zone, until = number.legal_entity.time_zone, number.reachable_until_date
    today = at.astimezone(ZoneInfo(zone)).date()
    if today < number.in_use_from_date:
        return Use.TO_COME
    if until is None or until >= _half_a_year_after(at, zone):
        return Use.IN_USE
    return Use.REACHABLE if until >= today else Use.GONE


def list_usable_numbers(*, legal_entity_id: uuid.UUID, at: datetime.datetime) -> list[CallerNumber]:
    """List the numbers that a legal entity may show at this moment, the one to show first.

    A number without an end goes before one that is on its way out; of equals the newest.
    """
    rows = CallerNumber.objects.filter(legal_entity=legal_entity_id).select_related("legal_entity")
    usable = (row for row in rows.order_by("pk") if find_use(number=row, at=at) is Use.IN_USE)
    return sorted(
        usable, key=lambda row: (row.reachable_until_date is not None, -row.in_use_from_date.toordinal())
    )


def choose_caller_number(*, legal_entity_id: uuid.UUID, at: datetime.datetime) -> str:
    """Choose the number (E.164) to show in a call at this moment.

    Empty when none is registered: then no call may be placed, as a call is never anonymous (art. 11.7(8) Tw).
    """
    usable = list_usable_numbers(legal_entity_id=legal_entity_id, at=at)
    return str(usable[0].number.as_e164) if usable else ""


def list_published_numbers(
    *, legal_entity: LegalEntity, at: datetime.datetime
) -> list[tuple[CallerNumber, Use]]:
    """List the numbers that people may see or call back: those in use and those that still answer.

    Source: Code Telemarketing 2024, art. 6 (numbers are published on the caller's own pages).
    """
    rows = legal_entity.caller_numbers.select_related("legal_entity").order_by("in_use_from_date", "pk")
    uses = [(row, find_use(number=row, at=at)) for row in rows]
    published = [(row, use) for row, use in uses if use in (Use.IN_USE, Use.REACHABLE)]
    return sorted(published, key=lambda pair: pair[1])


def list_reportable_numbers(*, legal_entity: LegalEntity, at: datetime.datetime) -> list[CallerNumber]:
    """List what a call may be logged with: also a number put out of use since, as the call was made."""
    return [number for number, _use in list_published_numbers(legal_entity=legal_entity, at=at)]


def find_calls(*, number: CallerNumber) -> Calls | None:
    """Find the first and last call made with a number, and until when it must therefore be reachable."""
    made = ContactAttempt.objects.filter(number_shown=number).aggregate(
        first=Min("attempted_at"), last=Max("attempted_at")
    )
    if made["last"] is None:
        return None
    zone = number.legal_entity.time_zone
    return Calls(
        first_date=made["first"].astimezone(ZoneInfo(zone)).date(),
        last_date=made["last"].astimezone(ZoneInfo(zone)).date(),
        reachable_until_date=_half_a_year_after(made["last"], zone),
    )


def _half_a_year_after(moment: datetime.datetime, zone: str) -> datetime.date:
    ends_at = term_end(start=moment, months=REACHABLE_MONTHS, zone=zone)
    return last_moment(ends_at=ends_at).astimezone(ZoneInfo(zone)).date()
