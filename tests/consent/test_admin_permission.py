"""A permission shows what the last act left and, beside it, what the engine answers now."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consent.domain.withdrawals import Scope, object_to
from consent.models import Channel, ConsentRecord
from customers.models import Contact, ContactPoint, StaffMember
from tests import make, preference_scenes
from tests.consent.admin_rows import BY_PHONE, list_of, page_of, signed_in
from tests.preference_scenes import House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def house() -> House:
    return preference_scenes.house()


@pytest.fixture
def officer(house: House) -> Client:
    staff = make.staff_member(organisation=house.organisation, username="fg", role=StaffMember.Role.DPO)
    return signed_in(staff)


def permission(house: House, *, name: str, ended: bool = False) -> ConsentRecord:
    contact = make.contact(organisation=house.organisation, given_name=name)
    make.permission_event(
        contact_point=make.email_point(contact=contact, text=f"{name.lower()}@example.org"),
        notice_version=house.by_email,
        occurred_at=make.NOW - timedelta(days=9),
        valid_until=make.NOW - timedelta(days=1) if ended else None,
    )
    return ConsentRecord.objects.get(contact=contact)


def told(client: Client) -> dict[str, tuple[str, str]]:
    """The stored state and the answer of everybody on the list."""
    listed = client.get(list_of(ConsentRecord)).context["cl"].result_list
    return {one.contact.given_name: (one.status, one.answered.decision.code) for one in listed}


def test_list_says_what_was_left_and_what_may_be_done(house: House, officer: Client) -> None:
    for name in ("Anna", "Bram"):
        permission(house, name=name)
    permission(house, name="Carla", ended=True)
    object_to(
        contact=Contact.objects.get(given_name="Bram"),
        scope=Scope(),
        how=BY_PHONE,
        occurred_at=make.NOW - timedelta(days=1),
    )

    said = told(officer)
    page = officer.get(list_of(ConsentRecord)).content.decode()

    assert said == {
        "Anna": ("ConsentGiven", "A_CONSENT"),
        "Bram": ("ConsentWithdrawn", "D_OBJECTION"),
        "Carla": ("ConsentGiven", "D_EXPIRED"),
    }
    assert "May we, now?" in page
    assert f"/admin/may-we/?contact={Contact.objects.get(given_name='Bram').pk}" in page


def test_page_of_one_permission_says_both_and_leads_to_the_whole_answer(
    house: House, officer: Client
) -> None:
    record = permission(house, name="Carla", ended=True)

    page = officer.get(page_of(record, "change")).content.decode()

    address = f"/admin/may-we/?contact={record.contact_id}&amp;legal_entity=lampenwinkel&amp;purpose=offers"
    assert f'<a href="{address}&amp;channel=EMAIL">' in page
    assert "Permission expired" in page
    assert officer.get(f"{address.replace('&amp;', '&')}&channel=EMAIL").status_code == 200


def test_purpose_that_serves_the_entity_no_more_has_no_answer(house: House, officer: Client) -> None:
    record = permission(house, name="Anna")
    house.offers.legal_entities.clear()

    pages = [
        officer.get(address).status_code for address in (list_of(ConsentRecord), page_of(record, "change"))
    ]

    assert pages == [200, 200]


def test_permission_to_process_is_asked_by_an_address_of_the_contact(house: House, officer: Client) -> None:
    profiling = make.purpose(
        organisation=house.organisation,
        legal_entities=[house.shop],
        code="profiling",
        channels=[Channel.NONE],
    )
    version = make.notice_version(
        legal_entity=house.shop, purpose=profiling, channel=Channel.NONE, code="profiling"
    )
    record = permission(house, name="Anna")
    point = ContactPoint.objects.get(contact=record.contact)
    make.permission_event(contact_point=point, notice_version=version)
    ConsentRecord.objects.filter(purpose=profiling).update(contact_point=None)
    ConsentRecord.objects.exclude(purpose=profiling).delete()

    assert told(officer) == {"Anna": ("ConsentGiven", "A_CONSENT")}


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(
    house: House, officer: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for one in range(number):
        permission(house, name=f"P{one}")
    officer.get(list_of(ConsentRecord))

    with django_assert_num_queries(14):
        officer.get(list_of(ConsentRecord))
