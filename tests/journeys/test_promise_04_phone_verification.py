import re
from pathlib import Path
from typing import Any

import pytest

from consent.models import Act, Actor, ConsentEvent, ConsentRecord, Status
from customers.models import ContactPoint, StaffMember
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor
from tests.journeys.steps import CALLS, ask_for, begin_act, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def phone() -> ContactPoint:
    return ContactPoint.objects.get(kind=ContactPoint.Kind.PHONE)


def test_number_is_verified_with_the_code_of_a_text_message(
    visitor: Visitor, post_office: PostOffice, settings: Any, tmp_path: Path
) -> None:
    settings.SMS_GATEWAY = f"file:{tmp_path}"
    scenes.recipe_book()

    ask_for(visitor, CALLS, phone="020 000 01 01")
    assert (ConsentRecord.objects.get().status, phone().verified_at) == (Status.GIVEN, None)
    visitor.press("Verify my number")
    visitor.press("Send me a code by text message")
    post_office.collect()
    (message,) = tmp_path.glob("*.txt")
    code = re.findall(r"\b\d{6}\b", message.read_text())[0]
    visitor.write("The code from the text message", "000000" if code != "000000" else "000001")
    visitor.press("This is my number")
    assert visitor.title.startswith("Error:")
    visitor.write("The code from the text message", code)
    visitor.press("This is my number")

    assert visitor.heading == "Your number is verified"
    assert phone().verified_method == ContactPoint.Verification.SMS_CODE
    email = ContactPoint.objects.get(kind=ContactPoint.Kind.EMAIL)
    assert email.verified_at is None
    event = ConsentEvent.objects.get(act=Act.ADDRESS_VERIFIED)
    assert (event.contact_point_id, event.actor) == (phone().pk, Actor.SUBJECT)


def test_number_is_verified_by_an_agent_who_hears_the_code(
    visitor: Visitor, staff: Visitor, post_office: PostOffice
) -> None:
    scene = scenes.recipe_book()

    ask_for(visitor, CALLS, phone="020 000 01 01")
    visitor.press("Verify my number")
    visitor.press("Call me for it")
    shown = visitor.page.locator(".wording").inner_text()
    agent = sign_in(staff, organisation=scene.entity.organisation, role=StaffMember.Role.CALL_AGENT)
    begin_act(staff, contact=phone().contact, act="Verify a number by call-back")
    staff.write("Code that the person reads to you", shown)
    staff.press("Check the code")
    visitor.press("I read the code: show what came of it")

    assert visitor.heading == "Your number is verified"
    assert (phone().verified_method, phone().verified_by) == (ContactPoint.Verification.CALL_BACK, agent)
    assert ConsentEvent.objects.get(act=Act.ADDRESS_VERIFIED).staff_id == agent.pk
