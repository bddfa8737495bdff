import datetime
import re
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from consent.domain import verification
from consent.models import Act, AddressVerification, ConsentEvent, OutboxMessage
from customers.models import ContactPoint
from tests import make, scenes
from tests.consent.test_collection_pages import NOON, fill_in
from tests.consent.test_confirm_pages import send_all

pytestmark = pytest.mark.django_db


def ask_for_calls(client: Client, *, number: str = "020 000 01 01") -> scenes.RecipeBook:
    scene = scenes.recipe_book()
    fill_in(
        client,
        "receptenboekje",
        EMAIL="alice@example.org",
        PHONE=number,
        **{f"choice_{scene.calls.pk}": "on"},
    )
    return scene


def code_in(folder: Path) -> str:
    (text,) = [place.read_text() for place in folder.glob("*.txt")]
    found = re.search(r"\b(\d{6})\b", text)
    assert found
    return found.group(1)


def test_digits_stay_when_the_language_is_switched_and_are_no_try(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.SMS_GATEWAY = f"file:{tmp_path}"
    with time_machine.travel(NOON + datetime.timedelta(minutes=1), tick=False):
        ask_for_calls(client)
        client.post("/verify/", {"action": "sms"})

        page = client.post("/verify/code/", {"code": "123", "switch_language": "en"}).content.decode()

    assert 'value="123"' in page
    assert '<html lang="en">' in page
    assert "error-summary" not in page
    assert AddressVerification.objects.get().tries == 0


def test_code_by_text_message_verifies_the_number(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.SMS_GATEWAY = f"file:{tmp_path}"
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    with time_machine.travel(NOON + datetime.timedelta(minutes=1), tick=False):
        ask_for_calls(client)
    with time_machine.travel(NOON + datetime.timedelta(minutes=1), tick=False):
        thanks = client.get("/forms/receptenboekje/thanks/").content.decode()
        client.post("/verify/", {"action": "sms"})
        send_all(now=timezone.now())
        wrong = client.post("/verify/code/", {"code": "abc"}).content.decode()
        page = client.post("/verify/code/", {"code": code_in(tmp_path)}).content.decode()

    assert "/verify/" in thanks
    assert "error-summary" in wrong
    assert "…101" in page
    point = ContactPoint.objects.get(kind="PHONE")
    assert (point.verified_method, point.verified_at) == (
        ContactPoint.Verification.SMS_CODE,
        NOON + datetime.timedelta(minutes=1),
    )
    assert ConsentEvent.objects.filter(act=Act.ADDRESS_VERIFIED).count() == 1
    kept = OutboxMessage.objects.get(kind=OutboxMessage.Kind.PHONE_CODE)
    assert code_in(tmp_path).encode() not in bytes(kept.ciphertext)


def test_agent_who_calls_hears_the_code_on_the_screen(client: Client) -> None:
    scene = ask_for_calls(client)
    agent = make.staff_member(organisation=scene.entity.organisation)
    with time_machine.travel(NOON + datetime.timedelta(minutes=1), tick=False):
        page = client.post("/verify/", {"action": "call"}, follow=True).content.decode()
        waiting = AddressVerification.objects.get()
        code = verification.code_for(verification=waiting)
        verification.confirm_call_back(
            verification_id=waiting.pk, typed=code, agent=agent, checked_at=timezone.now()
        )
        after = client.get("/verify/call/").content.decode()

    assert f"{code[:3]} {code[3:]}" in page
    assert f"{code[:3]} {code[3:]}" not in after
    point = ContactPoint.objects.get(kind="PHONE")
    assert (point.verified_method, point.verified_by) == (ContactPoint.Verification.CALL_BACK, agent)


def test_placeholder_number_gets_no_code_and_the_same_page(client: Client) -> None:
    ask_for_calls(client, number="0612345678")

    with time_machine.travel(NOON + datetime.timedelta(minutes=1), tick=False):
        answer = client.post("/verify/", {"action": "sms"}, follow=True)

    assert answer.status_code == 200
    assert AddressVerification.objects.count() == 0
    assert ContactPoint.objects.get(kind="PHONE").placeholder is True


def test_code_that_expired_asks_for_a_new_one(client: Client) -> None:
    ask_for_calls(client)
    with time_machine.travel(NOON + datetime.timedelta(minutes=1), tick=False) as clock:
        client.post("/verify/", {"action": "sms"})
        code = verification.code_for(verification=AddressVerification.objects.get())
        clock.shift(datetime.timedelta(minutes=11))
        page = client.post("/verify/code/", {"code": code})

    assert page.status_code == 200
    assert "error-summary" in page.content.decode()
    assert ContactPoint.objects.get(kind="PHONE").verified_at is None


def test_visitor_without_a_number_gets_a_calm_page() -> None:
    answers = [Client().get(url).status_code for url in ("/verify/", "/verify/code/", "/verify/call/")]

    assert answers == [404, 404, 404]
