"""The officer's start page and a department's digest in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser, Page

from customers.models import StaffMember
from tests import make
from tests.consent.board_scene import Board, board, count
from tests.consent.test_admin_screening_look import Looker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Role = StaffMember.Role


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=True):
        yield


@pytest.fixture
def scene() -> Board:
    return board()


def sign_in(page: Page, name: str) -> None:
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("een lang wachtwoord voor proeven")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "login" not in url)


@pytest.mark.parametrize("language", ["en-GB", "nl-NL"])
@pytest.mark.parametrize("role", [Role.DPO, Role.MARKETING, Role.CALL_AGENT])
def test_the_start_page_is_sound_empty_and_full(
    scene: Board, chromium: Browser, live_server: Any, role: Role, language: str
) -> None:
    make.staff_member(organisation=scene.organisation, username="iemand", role=role)
    context = chromium.new_context(base_url=live_server.url, locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    looker = Looker(page=page)
    sign_in(page, "iemand")

    if language == "nl-NL":
        page.get_by_role("button", name="Nederlands").click()
        page.wait_for_load_state()
    looker.look("not counted")
    count()
    page.goto("/admin/")
    looker.look("counted")
    if role != Role.CALL_AGENT:
        page.goto(reverse("admin:digest_preview", args=[scene.marketing.pk]))
        looker.look("digest")
    context.close()

    assert looker.faults == []
