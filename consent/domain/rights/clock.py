"""How long there is to answer a person about their own data."""

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from consent.domain.rulebook.public_holidays import find_closed_holidays
from consent.domain.terms import term_end
from consent.models import RightsRequest
from customers.models import LegalEntity

ANSWER_MONTHS: Final = 1
EXTENDED_MONTHS: Final = 3
PROOF_WORKING_DAYS: Final = 5
FRIDAY: Final = 5


def first_term(*, kind: str, received_at: datetime.datetime, legal_entity: LegalEntity) -> datetime.datetime:
    """Find the end of the term to answer: a month (art. 12(3) GDPR); five working days for proof of consent.

    It ends at 24:00 of the last day, in the zone of the legal entity.
    """
    if kind != RightsRequest.Kind.PROOF:
        return term_end(start=received_at, months=ANSWER_MONTHS, zone=legal_entity.time_zone)
    zone = ZoneInfo(legal_entity.time_zone)
    day = add_working_days(
        day=received_at.astimezone(zone).date(), days=PROOF_WORKING_DAYS, country=legal_entity.country
    )
    next_day = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), zone)
    return next_day.astimezone(datetime.UTC)


def extended_term(*, received_at: datetime.datetime, legal_entity: LegalEntity) -> datetime.datetime:
    """Find the end of the term with the two further months that complex or many requests allow."""
    return term_end(start=received_at, months=EXTENDED_MONTHS, zone=legal_entity.time_zone)


def add_working_days(*, day: datetime.date, days: int, country: str) -> datetime.date:
    """Count working days from the day after: no weekends, no public holidays of the country."""
    while days:
        day += datetime.timedelta(days=1)
        if day.isoweekday() <= FRIDAY and day not in find_closed_holidays(country, day.year):
            days -= 1
    return day
