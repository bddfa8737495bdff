"""Switching the language on a page with a form: what was ticked or typed stays, and nothing is recorded."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.models import Act, ConsentEvent, LinkRequest
from customers.models import ContactPoint
from tests import make, preference_scenes
from tests.preference_scenes import A_MONTH_AGO, NOON, boxes, form_with, open_choices

pytestmark = pytest.mark.django_db

MAILING = "Ja, Lampenwinkel B.V. mag mij aanbiedingen mailen."
MAILING_EN = "Yes, Lampenwinkel B.V. may e-mail me offers."
CALLING = "Ja, Lampenwinkel B.V. mag mij bellen met aanbiedingen."
CALLING_EN = "Yes, Lampenwinkel B.V. may call me with offers."
NOT_SAVED = "You have not saved your changes yet."
CHOICES = "/preferences/choices/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


def switched(client: Client, filled: dict[str, object], *, to: str = "en") -> str:
    answer = client.post(CHOICES, {**filled, "action": "", "switch_language": to})

    assert answer.status_code == 200
    assert client.cookies["language"].value == to
    return answer.content.decode()


def test_ticks_stay_and_nothing_is_recorded(client: Client) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)
    filled = form_with(open_choices(client, house=house), on=(MAILING,), off=(CALLING,))

    page = switched(client, filled)

    assert boxes(page) == {MAILING_EN: True, CALLING_EN: False}
    assert NOT_SAVED in page
    assert list(ConsentEvent.objects.values_list("act", flat=True)) == [Act.GIVEN]
    assert boxes(client.get(CHOICES).content.decode()) == {MAILING_EN: False, CALLING_EN: True}


def test_switch_writes_nothing_to_the_database(client: Client) -> None:
    house = preference_scenes.house()
    filled = form_with(open_choices(client, house=house), on=(MAILING,))

    with CaptureQueriesContext(connection) as queries:
        switched(client, filled)

    assert [query["sql"][:6] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert len(queries) == 10


def test_ticks_that_came_through_a_switch_are_saved(client: Client) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)
    filled = form_with(open_choices(client, house=house), on=(MAILING,), off=(CALLING,))

    client.post(CHOICES, form_with(switched(client, filled)))

    assert list(ConsentEvent.objects.order_by("sequence").values_list("act", "channel", "language")) == [
        (Act.GIVEN, "CALL", "nl"),
        (Act.ADDRESS_VERIFIED, "", "en"),
        (Act.WITHDRAWN, "CALL", "en"),
        (Act.GIVEN, "EMAIL", "en"),
    ]


def test_page_without_changes_says_nothing_of_saving(client: Client) -> None:
    house = preference_scenes.house()

    page = switched(client, form_with(open_choices(client, house=house)))

    assert NOT_SAVED not in page


def test_what_was_saved_is_still_told_in_the_other_language(client: Client) -> None:
    house = preference_scenes.house()
    client.post(CHOICES, form_with(open_choices(client, house=house), on=(MAILING,)))

    page = switched(client, form_with(client.get(CHOICES).content.decode()))

    assert "Your choices are saved" in page


def test_tick_is_not_carried_to_a_wording_that_replaced_it(client: Client) -> None:
    house = preference_scenes.house()
    filled = form_with(open_choices(client, house=house), on=(MAILING,))
    make.notice_version(
        legal_entity=house.shop,
        purpose=house.offers,
        number=2,
        wording={"nl": "Ja, ook van partners.", "en": "Yes, from partners too."},
    )

    page = switched(client, filled)

    assert boxes(page) == {"Yes, from partners too.": False, CALLING_EN: False}


def test_stop_in_another_tab_is_not_hidden_by_a_tick(client: Client) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)
    filled = form_with(open_choices(client, house=house))
    client.post(CHOICES, {"action": "stop"})

    page = switched(client, filled)

    assert boxes(page) == {MAILING_EN: False, CALLING_EN: False}


def test_form_that_is_not_ours_shows_the_truth_with_its_fault(client: Client) -> None:
    house = preference_scenes.house()
    filled = form_with(open_choices(client, house=house), on=(MAILING,))

    page = switched(client, filled | {"shown": "made-up"})

    assert "This page was not complete." in page
    assert boxes(page) == {MAILING_EN: False, CALLING_EN: False}


def test_details_that_were_typed_stay(client: Client) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house)
    typed = {"given_name": "Aliza", "email": "new@example", "switch_language": "en"}

    page = client.post("/preferences/details/", typed).content.decode()

    assert re.findall(r'<html lang="(\w+)"', page) == ["en"]
    assert re.findall(r'name="(?:given_name|email)" value="([^"]*)"', page) == ["Aliza", "new@example"]
    assert "error-summary" not in page
    assert ContactPoint.objects.filter(kind="EMAIL").count() == 1


def test_number_to_block_stays_and_is_not_blocked(client: Client) -> None:
    preference_scenes.house()

    page = client.post("/preferences/block/lampenwinkel/", {"number": "0201", "switch_language": "en"})

    assert 'value="0201"' in page.content.decode()
    assert "Block a phone number" in page.content.decode()
    assert not ConsentEvent.objects.exists()


def test_address_to_ask_a_link_for_stays_and_asks_nothing(client: Client) -> None:
    page = client.post("/preferences/", {"address": "alice@example.org", "switch_language": "en"})

    assert 'value="alice@example.org"' in page.content.decode()
    assert '<html lang="en">' in page.content.decode()
    assert not LinkRequest.objects.exists()
