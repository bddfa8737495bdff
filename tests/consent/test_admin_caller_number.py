from datetime import date

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from consent.models import ContactAttempt
from customers.models import CallerNumber, LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in

pytestmark = pytest.mark.django_db
NONE_LEFT = "Lampenwinkel B.V. has no number to show now: nobody may be called on its behalf."
UNUSED = (
    "No call with this number is on record here. Was it used elsewhere? Then keep it reachable until six "
    "months after the last call."
)


@pytest.fixture
def entity(clock: time_machine.Traveller) -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


def administrator(entity: LegalEntity, username: str = "beheer") -> Client:
    member = make.staff_member(
        organisation=entity.organisation, username=username, role=StaffMember.Role.ADMINISTRATOR
    )
    client = signed_in(member)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def call(number: CallerNumber) -> None:
    contact = make.contact(organisation=number.legal_entity.organisation)
    ContactAttempt.objects.create(
        organisation=contact.organisation,
        legal_entity=number.legal_entity,
        contact=contact,
        contact_point=make.phone_point(contact=contact),
        purpose=make.purpose(organisation=contact.organisation, legal_entities=[number.legal_entity]),
        attempted_at=make.NOW,
        outcome=ContactAttempt.Outcome.NO_ANSWER,
        number_shown=number,
    )


def form(entity: LegalEntity, *, start: str = "2024-01-01", until: str = "") -> dict[str, str]:
    return {
        "legal_entity": str(entity.pk),
        "number": "+31200000002",
        "label": "",
        "in_use_from_date": start,
        "reachable_until_date": until,
    }


def warnings(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request) if message.level_tag == "warning"]  # type: ignore[attr-defined]


def test_administrator_registers_a_number(entity: LegalEntity) -> None:
    answer = administrator(entity).post(reverse("admin:customers_callernumber_add"), form(entity))

    number = CallerNumber.objects.get()
    assert (number.number.as_e164, number.reachable_until_date) == ("+31200000002", None)
    assert warnings(answer) == []


def test_number_of_another_organisation_is_neither_shown_nor_taken(entity: LegalEntity) -> None:
    other = make.legal_entity(organisation=make.organisation(code="ander", name="Ander"), code="ander")
    foreign = make.caller_number(legal_entity=other)
    client = administrator(entity)

    page = client.get(page_of(foreign, "change"))
    answer = client.post(reverse("admin:customers_callernumber_add"), form(other))

    assert page.status_code == 302
    assert list(answer.context["adminform"].form.errors) == ["legal_entity"]


@pytest.mark.parametrize(
    ("until", "errors"),
    [
        (
            "2027-05-20",
            ["The last call with it was on 21 November 2026: keep it reachable until 21 May 2027."],
        ),
        ("2027-05-21", []),
    ],
)
def test_number_ends_no_sooner_than_half_a_year_after_its_last_call(
    entity: LegalEntity, until: str, errors: list[str]
) -> None:
    number = make.caller_number(legal_entity=entity)
    call(number)

    answer = administrator(entity).post(page_of(number, "change"), form(entity, until=until))

    found = answer.context["adminform"].form.errors if errors else {}
    number.refresh_from_db()
    assert found == ({"reachable_until_date": errors} if errors else {})
    assert number.reachable_until_date == (None if errors else date(2027, 5, 21))


def test_number_that_was_called_with_stays_what_it_was(entity: LegalEntity) -> None:
    number = make.caller_number(legal_entity=entity)
    call(number)

    changed = form(entity, start="2026-11-22") | {"number": "+31200000009"}
    answer = administrator(entity).post(page_of(number, "change"), changed)

    number.refresh_from_db()
    assert answer.context["adminform"].form.errors == {
        "in_use_from_date": ["The first call with this number was on 21 November 2026."]
    }
    assert number.number.as_e164 == "+31200000002"


def test_ending_the_last_number_warns_that_nobody_may_be_called(entity: LegalEntity) -> None:
    number = make.caller_number(legal_entity=entity)

    answer = administrator(entity).post(page_of(number, "change"), form(entity, until="2027-01-01"))

    assert warnings(answer) == [UNUSED, NONE_LEFT]


def test_list_shows_the_use_and_the_last_call_of_each_number(entity: LegalEntity) -> None:
    call(make.caller_number(legal_entity=entity))
    make.caller_number(legal_entity=entity, number="+31200000003", reachable_until_date=date(2027, 1, 1))
    make.caller_number(legal_entity=entity, number="+31200000004", in_use_from_date=date(2027, 1, 1))
    make.caller_number(legal_entity=entity, number="+31200000005", reachable_until_date=date(2026, 1, 1))

    page = administrator(entity).get(list_of(CallerNumber)).content.decode()

    words = ("In use</span>", "Only to call back</span>", "To come</span>", "No longer reachable</span>")
    assert [page.count(word) for word in words] == [1, 1, 1, 1]
    assert page.count("21 Nov") + page.count("Nov. 21, 2026") == 1
