"""The desks in a real browser: by keyboard alone, without and with scripts, and what axe finds."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser, Page

from consent.models import ContactAttempt, Objection, ShownContact
from customers.models import StaffMember
from tests import make
from tests.browser.axe import faults_on
from tests.consent.domain.call_desk.desk import MONDAY, Desk, desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "een lang wachtwoord voor proeven"
WIDTHS = (1280, 360)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
Open = Callable[..., Page]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def sign_in(chromium: Browser, live_server: Any) -> Iterator[Open]:
    contexts = []

    def start(staff: StaffMember, *, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, locale="en-GB", java_script_enabled=scripts, timezone_id="UTC"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto("/admin/login/?next=/admin/call-desk/")
        page.get_by_label("Username").fill(staff.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        return page

    yield start
    for context in contexts:
        context.close()


def press(page: Page, key: str) -> None:
    """Press a key, or Alt and a digit, and wait for the page that comes of it."""
    before = page.url
    if key.startswith("Alt+"):
        press_access_key(page, key[-1])
    else:
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state()


def press_access_key(page: Page, digit: str) -> None:
    """As the browser gets it: Playwright sends no text along with Alt, and then no access key works."""
    session = page.context.new_cdp_session(page)
    key = {"key": digit, "code": f"Digit{digit}", "windowsVirtualKeyCode": ord(digit), "modifiers": 1}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": digit, "unmodifiedText": digit, **key})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    session.detach()


def tab_to(page: Page, words: str) -> None:
    """Go on with Tab until what has the focus says these words."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.locator("a:focus, button:focus, input:focus")
        if said.count() and words in (said.inner_text() or said.get_attribute("name") or ""):
            return
    raise AssertionError(words)


def test_desk_is_worked_by_keyboard_alone_without_scripts(sign_in: Open) -> None:
    scene = desk(people=3)
    page = sign_in(scene.agent, scripts=False)

    tab_to(page, scene.call_list.name)
    press(page, "Enter")
    press(page, "Alt+1")
    first = page.locator("h2").first.inner_text()
    press(page, "Alt+0")
    second = page.locator("h2").first.inner_text()
    tab_to(page, "objection_offered")
    page.keyboard.press("Space")
    tab_to(page, "No answer")
    press(page, "Enter")
    third = page.locator("h2").first.inner_text()

    assert [first, second, third] == ["Persoon 0 Jansen", "Persoon 1 Jansen", "Persoon 2 Jansen"]
    assert Objection.objects.get().contact == scene.people[0].contact
    attempts = ContactAttempt.objects.order_by("attempted_at").values_list("outcome", "objection_offered")
    assert list(attempts) == [("CONVERSATION", False), ("NO_ANSWER", True)]


def test_key_without_a_moment_leads_to_the_moment(sign_in: Open) -> None:
    scene = desk(people=2)
    page = sign_in(scene.agent, scripts=False)
    page.goto(reverse("admin:call_list", args=[scene.call_list.pk]))
    press(page, "Alt+1")

    press_access_key(page, "5")
    page.get_by_text("Fill in when to call back.").wait_for()

    assert page.locator("input:focus").get_attribute("name") == "call_back_at_0"


def test_key_ticks_that_the_objection_was_offered(sign_in: Open) -> None:
    scene = desk(people=2)
    page = sign_in(scene.agent, scripts=False)
    page.goto(reverse("admin:call_list", args=[scene.call_list.pk]))
    press(page, "Alt+1")

    press_access_key(page, "6")
    page.locator("[name=objection_offered]:checked").wait_for()
    press(page, "Alt+1")

    assert ContactAttempt.objects.get().objection_offered


def test_who_calls_us_is_looked_up_without_a_tab(sign_in: Open) -> None:
    scene = desk(people=1)
    page = sign_in(scene.agent, scripts=False)
    page.goto(reverse("admin:inbound_desk"))

    page.keyboard.type(scene.people[0].value)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Persoon 0 Jansen").wait_for()
    found = page.locator("input:focus").count()
    press_access_key(page, "0")
    page.get_by_text("The objection is recorded and counts from now.").wait_for()

    objected = {objection.contact for objection in Objection.objects.all()}
    assert (found, objected) == (0, {scene.people[0].contact})


def test_enter_in_a_field_records_nothing(sign_in: Open) -> None:
    scene = desk(people=2)
    page = sign_in(scene.agent, scripts=False)
    page.goto(reverse("admin:call_list", args=[scene.call_list.pk]))
    press(page, "Alt+1")

    tab_to(page, "objection_offered")
    page.keyboard.press("Enter")
    page.get_by_text("Choose what came of the call.").wait_for()

    assert ContactAttempt.objects.count() == 0


def test_single_keys_work_only_when_turned_on_and_nowhere_is_typed(sign_in: Open) -> None:
    scene = desk(people=3)
    page = sign_in(scene.agent)
    page.goto(reverse("admin:call_list", args=[scene.call_list.pk]))
    press(page, "Alt+1")

    page.keyboard.press("2")
    page.wait_for_timeout(200)
    off = ContactAttempt.objects.count()
    page.get_by_label("The digit alone is enough").check()
    page.get_by_label("Date").focus()
    page.keyboard.press("2")
    page.wait_for_timeout(200)
    typing = ContactAttempt.objects.count()
    page.get_by_label("The digit alone is enough").focus()
    press(page, "2")
    page.locator("h1").click()
    page.keyboard.press("6")
    press(page, "1")

    assert (off, typing) == (0, 0)
    attempts = ContactAttempt.objects.order_by("attempted_at").values_list("outcome", "objection_offered")
    assert list(attempts) == [("NO_ANSWER", False), ("CONVERSATION", True)]


def everywhere(scene: Desk, page: Page) -> Iterator[str]:
    """Every state of the desks, one after the other."""
    yield reverse("admin:call_desk")
    yield reverse("admin:call_list", args=[scene.call_list.pk])
    page.goto(reverse("admin:call_list", args=[scene.call_list.pk]))
    press(page, "Alt+1")
    shown = reverse("admin:call_contact", args=[ShownContact.objects.order_by("-shown_at")[0].pk])
    yield shown
    page.goto(shown)
    press(page, "Alt+0")
    yield page.url
    yield f"{shown}correct/"
    yield shown
    yield reverse("admin:inbound_desk")


def test_desks_have_no_faults_that_axe_finds_and_fit_a_phone(sign_in: Open) -> None:
    scene = desk(people=3)
    make.caller_number(legal_entity=scene.entity, number="+31200000003")
    page = sign_in(scene.agent)

    faults: dict[tuple[str, int], object] = {}
    for address in everywhere(scene, page):
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults[address, width] = [*faults_on(page), *(["too wide"] if page.evaluate(TOO_WIDE) else [])]
    page.goto(reverse("admin:inbound_desk"))
    page.get_by_label("Phone number or e-mail address").fill(scene.people[1].value)
    page.keyboard.press("Enter")
    page.get_by_text("The person asks to be called").click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        faults["found", width] = [*faults_on(page), *(["too wide"] if page.evaluate(TOO_WIDE) else [])]

    assert {where: found for where, found in faults.items() if found} == {}


def test_pages_of_a_manager_have_no_faults_that_axe_finds(sign_in: Open) -> None:
    scene = desk(people=3)
    manager = make.staff_member(
        organisation=scene.entity.organisation, username="mark", role=StaffMember.Role.MARKETING
    )
    page = sign_in(manager)

    faults: dict[tuple[str, int], object] = {}
    key = [scene.call_list.pk]
    pages = {name: reverse(f"admin:{name}", args=key) for name in ("call_list", "call_list_script")}
    for name, address in (pages | {"open": reverse("admin:call_list_open")}).items():
        page.goto(address)
        assert page.url.endswith(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults[name, width] = [*faults_on(page), *(["too wide"] if page.evaluate(TOO_WIDE) else [])]

    assert {where: found for where, found in faults.items() if found} == {}


def test_inbound_desk_stops_calls_by_one_key(sign_in: Open) -> None:
    scene = desk()
    page = sign_in(scene.agent, scripts=False)
    page.goto(reverse("admin:inbound_desk"))

    page.get_by_label("Phone number or e-mail address").fill("020 000 01 00")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop calls").wait_for()
    press_access_key(page, "0")
    page.get_by_text("The objection is recorded and counts from now.").wait_for()

    assert page.url.endswith("/admin/inbound-desk/")
    assert sorted(Objection.objects.values_list("channel", flat=True)) == ["AUTOMATED_CALL", "CALL"]
