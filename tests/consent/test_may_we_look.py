"""“May we?” in a real browser: asked by keyboard alone, and answered first of all."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Page

from customers.models import StaffMember
from tests import make
from tests.browser.axe import faults_on
from tests.consent.asking_scene import customer, shop
from tests.consent.test_admin_axe import WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The day before the law of July 2026: somebody who bought may be called about the same, and not about more.
BEFORE = make.NOW.replace(month=6, day=30, hour=12)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
FOCUSED = "document.activeElement.name || document.activeElement.type"


@pytest.fixture(autouse=True)
def before_the_change_of_law() -> Iterator[None]:
    with time_machine.travel(BEFORE, tick=True):
        yield


@pytest.fixture
def page(chromium: Browser, live_server: Any) -> Iterator[Page]:
    lamps = shop()
    customer(entity=lamps, name="Anna", number=101)
    make.staff_member(organisation=lamps.organisation, username="fg", role=StaffMember.Role.DPO)
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/may-we/")
    page.get_by_label("Username").fill("fg")
    page.get_by_label("Password").fill("een lang wachtwoord voor proeven")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    context.close()


def tab_to(page: Page, name: str) -> None:
    for _press in range(40):
        if page.evaluate(FOCUSED) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(name)


def ask(page: Page, *, group: str) -> str:
    """Fill in the question by keyboard and send it; the title of the page that answers."""
    tab_to(page, "address")
    page.keyboard.press("Control+a")
    page.keyboard.type("+31200000101")
    for name, first_letters in (
        ("legal_entity", "lampen"),
        ("purpose", "offers"),
        ("channel", "Phone"),
        ("product_group", group),
    ):
        tab_to(page, name)
        page.keyboard.type(first_letters)
    page.keyboard.press("Tab")
    tab_to(page, "submit")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page.title()


def test_question_is_asked_by_keyboard_and_the_verdict_is_said_first(page: Page) -> None:
    yes = ask(page, group="Lampen")
    heading = page.locator("section.answer h2").inner_text()
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        faults += faults_on(page)
        assert not page.evaluate(TOO_WIDE)
    no = ask(page, group="Meubels")

    assert (yes.partition(" | ")[0], heading) == (
        "Yes, lampenwinkel B.V. may call.",
        "✓ Yes, lampenwinkel B.V. may call.",
    )
    assert no.partition(" | ")[0] == "No, lampenwinkel B.V. may not call."
    assert faults == []
