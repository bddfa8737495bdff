from datetime import date, datetime

import pytest

from consent.domain.caller_numbers import (
    Use,
    choose_caller_number,
    find_calls,
    find_use,
    list_published_numbers,
)
from consent.domain.engine.question import put_question
from consent.models import Channel, ContactAttempt
from customers.models import CallerNumber, LegalEntity, uuid7
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def entity() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("at", "use"),
    [
        ("2023-12-31T23:59:59+01:00", Use.TO_COME),
        ("2024-01-01T00:00:00+01:00", Use.IN_USE),
        # Midnight in Amsterdam is still the evening before in Greenwich.
        ("2026-02-28T22:59:59+00:00", Use.IN_USE),
        ("2026-02-28T23:00:00+00:00", Use.REACHABLE),
        ("2026-08-31T23:59:59+02:00", Use.REACHABLE),
        ("2026-09-01T00:00:00+02:00", Use.GONE),
    ],
)
def test_number_has_its_last_call_six_months_before_its_end(entity: LegalEntity, at: str, use: Use) -> None:
    number = make.caller_number(
        legal_entity=entity, in_use_from_date=date(2024, 1, 1), reachable_until_date=date(2026, 8, 31)
    )

    # The last of February plus six months is 28 August: both days and all between still reach it.
    assert find_use(number=number, at=moment(at)) is use


def test_number_without_an_end_stays_in_use(entity: LegalEntity) -> None:
    number = make.caller_number(legal_entity=entity)

    assert find_use(number=number, at=moment("2099-01-01T12:00+00:00")) is Use.IN_USE


def chosen(entity: LegalEntity) -> str:
    return choose_caller_number(legal_entity_id=entity.pk, at=make.NOW)


def test_no_number_means_no_call(entity: LegalEntity) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="stroomkring", name="Stroomkring N.V.")
    make.caller_number(legal_entity=sister)
    make.caller_number(legal_entity=entity, number="+31200000003", in_use_from_date=date(2026, 11, 22))
    make.caller_number(legal_entity=entity, number="+31200000004", reachable_until_date=date(2027, 5, 20))

    assert chosen(entity) == ""
    assert choose_caller_number(legal_entity_id=uuid7(), at=make.NOW) == ""


def test_number_on_its_way_out_is_shown_last_and_the_newest_first(entity: LegalEntity) -> None:
    found = []
    for number, start, until in [
        ("+31200000003", date(2026, 1, 1), date(2027, 5, 21)),
        ("+31200000004", date(2024, 1, 1), None),
        ("+31200000005", date(2025, 1, 1), None),
    ]:
        make.caller_number(
            legal_entity=entity, number=number, in_use_from_date=start, reachable_until_date=until
        )
        found.append(chosen(entity))

    assert found == ["+31200000003", "+31200000004", "+31200000005"]


def test_numbers_in_use_or_still_answered_are_published(entity: LegalEntity) -> None:
    for last_digit, start, until in [
        (3, date(2027, 1, 1), None),
        (4, date(2020, 1, 1), date(2026, 11, 20)),
        (5, date(2020, 1, 1), date(2026, 11, 21)),
        (6, date(2024, 1, 1), None),
    ]:
        make.caller_number(
            legal_entity=entity,
            number=f"+3120000000{last_digit}",
            in_use_from_date=start,
            reachable_until_date=until,
        )

    published = list_published_numbers(legal_entity=entity, at=make.NOW)

    assert [(row.number.as_e164, use) for row, use in published] == [
        ("+31200000006", Use.IN_USE),
        ("+31200000005", Use.REACHABLE),
    ]


def call(number: CallerNumber, at: str) -> None:
    contact = make.contact(organisation=number.legal_entity.organisation)
    purpose = make.purpose(
        organisation=number.legal_entity.organisation,
        legal_entities=[number.legal_entity],
        code=f"p{ContactAttempt.objects.count()}",
    )
    ContactAttempt.objects.create(
        organisation=contact.organisation,
        legal_entity=number.legal_entity,
        contact=contact,
        contact_point=make.phone_point(contact=contact),
        purpose=purpose,
        attempted_at=moment(at),
        outcome=ContactAttempt.Outcome.NO_ANSWER,
        number_shown=number,
    )


def test_number_must_answer_half_a_year_after_its_last_call(entity: LegalEntity) -> None:
    number = make.caller_number(legal_entity=entity)
    call(make.caller_number(legal_entity=entity, number="+31200000003"), "2026-11-20T12:00+01:00")
    before = find_calls(number=number)
    call(number, "2026-08-31T23:30+00:00")
    call(number, "2026-05-01T12:00+00:00")

    calls = find_calls(number=number)

    assert before is None
    assert calls is not None
    # Half past eleven in Greenwich is the first of September in Amsterdam.
    assert (calls.first_date, calls.last_date) == (date(2026, 5, 1), date(2026, 9, 1))
    assert calls.reachable_until_date == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("numbers", "at", "shown"),
    [
        ([], "2026-03-01T12:00+01:00", ""),
        ([("2024-01-01", None)], "2023-12-31T23:59:59+01:00", ""),
        ([("2024-01-01", None)], "2024-01-01T00:00:00+01:00", "+31200000300"),
        # Six months before its end a number has had its last call, also at the end of a month.
        ([("2024-01-01", "2026-08-31")], "2026-02-28T23:59:59+01:00", "+31200000300"),
        ([("2024-01-01", "2026-08-31")], "2026-03-01T00:00:00+01:00", ""),
        ([("2024-01-01", "2027-02-28")], "2026-08-31T23:59:59+02:00", "+31200000300"),
        ([("2024-01-01", "2027-02-28")], "2026-09-01T00:00:00+02:00", ""),
        ([("2024-01-01", "2028-02-28")], "2027-08-31T12:00:00+02:00", ""),
        ([("2024-01-01", "2028-02-29")], "2027-08-31T12:00:00+02:00", "+31200000300"),
        # Without an end before one on its way out; of equals the newest, then the first that was entered.
        ([("2025-01-01", "2027-12-31"), ("2024-01-01", None)], "2026-03-01T12:00+01:00", "+31200000301"),
        ([("2024-01-01", None), ("2025-01-01", None)], "2026-03-01T12:00+01:00", "+31200000301"),
        ([("2024-01-01", None), ("2024-01-01", None)], "2026-03-01T12:00+01:00", "+31200000300"),
        ([("2024-01-01", None), ("2026-03-02", None)], "2026-03-01T23:59:59+01:00", "+31200000300"),
        ([("2024-01-01", None), ("2026-03-02", None)], "2026-03-02T00:00:00+01:00", "+31200000301"),
    ],
)
def test_desk_and_engine_choose_the_same_number(
    entity: LegalEntity, numbers: list[tuple[str, str | None]], at: str, shown: str
) -> None:
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity], channels=[Channel.CALL])
    for place, (first, last) in enumerate(numbers):
        make.caller_number(
            legal_entity=entity,
            number=f"+312000003{place:02}",
            in_use_from_date=date.fromisoformat(first),
            reachable_until_date=date.fromisoformat(last) if last else None,
        )

    by_desk = choose_caller_number(legal_entity_id=entity.pk, at=moment(at))
    by_engine = put_question(
        legal_entity=entity.code, purpose=purpose.code, channel="CALL", now=moment(at)
    ).caller_number

    assert (by_desk, by_engine) == (shown, shown)
