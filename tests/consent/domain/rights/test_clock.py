from datetime import UTC, date, datetime

import pytest

from consent.domain.rights.clock import add_working_days, extended_term, first_term
from consent.models import RightsRequest
from customers.models import LegalEntity

SHOP = LegalEntity(country="NL", time_zone="Europe/Amsterdam")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("2026-11-21T12:00", "2026-12-21T23:00"),
        ("2026-01-31T12:00", "2026-02-28T23:00"),
        ("2028-01-31T12:00", "2028-02-29T23:00"),
        ("2026-11-21T23:30", "2026-12-22T23:00"),
    ],
    ids=["a month", "shorter month", "leap year", "after midnight here"],
)
def test_answer_is_due_a_month_later_at_midnight_here(received: str, until: str) -> None:
    due = first_term(kind=RightsRequest.Kind.ERASURE, received_at=at(received), legal_entity=SHOP)

    assert due == at(until)


def test_extension_gives_two_months_more() -> None:
    assert extended_term(received_at=at("2026-11-30T12:00"), legal_entity=SHOP) == at("2027-02-28T23:00")


@pytest.mark.parametrize(
    ("day", "until", "country"),
    [
        (date(2026, 11, 23), date(2026, 11, 30), "NL"),
        (date(2026, 11, 21), date(2026, 11, 27), "NL"),
        (date(2026, 12, 23), date(2026, 12, 31), "NL"),
        (date(2026, 12, 24), date(2027, 1, 4), "NL"),
        (date(2026, 7, 20), date(2026, 7, 28), "BE"),
        (date(2026, 7, 20), date(2026, 7, 27), "NL"),
    ],
    ids=["a week", "on Saturday", "Christmas", "New Year", "national day", "no national day"],
)
def test_working_days_leave_out_weekends_and_holidays(day: date, until: date, country: str) -> None:
    assert add_working_days(day=day, days=5, country=country) == until


def test_proof_of_consent_is_due_after_five_working_days() -> None:
    due = first_term(kind=RightsRequest.Kind.PROOF, received_at=at("2026-11-23T12:00"), legal_entity=SHOP)

    assert due == at("2026-11-30T23:00")
