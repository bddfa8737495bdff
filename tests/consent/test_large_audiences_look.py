"""A manager and a large audience in a real browser: counted in the background, and called from its page."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Page

from consent.domain import audiences
from consent.models import CallList, Job
from consent.tasks import work_job
from customers.models import StaffMember
from tests import make
from tests.consent.domain.call_desk.desk import MONDAY, Desk, desk
from tests.consent.test_admin_screening_look import Looker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(audiences, "AT_MOST", 2)
    return desk(people=5)


@pytest.fixture
def manager(scene: Desk, chromium: Browser, live_server: Any) -> Iterator[Page]:
    make.staff_member(
        organisation=scene.entity.organisation, username="mark", role=StaffMember.Role.MARKETING
    )
    context = chromium.new_context(base_url=live_server.url, locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("Username").fill("mark")
    page.get_by_label("Password").fill("een lang wachtwoord voor proeven")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    context.close()


def work(page: Page) -> None:
    """Let a worker do what waits, and look again."""
    work_job(job_id=str(Job.objects.latest("created_at").pk))
    page.reload()


def test_large_audience_is_counted_and_called(manager: Page, scene: Desk) -> None:
    asked = f"legal_entity={scene.entity.code}&purpose={scene.purpose.code}&channel=CALL"
    looker = Looker(page=manager)

    manager.goto(f"/admin/audience/?{asked}")
    looker.look("many people")
    manager.get_by_role("button", name="Count everybody").click()
    manager.get_by_role("link", name="Stop renewing").click()
    looker.look("counting")
    work(manager)
    counted = manager.locator("#numbers-heading").inner_text()
    looker.look("counted")
    manager.get_by_role("link", name="Open a call list").click()
    looker.look("open")
    manager.get_by_label("Name of the list").fill("Winter")
    manager.get_by_role("button", name="Open the list").click()
    manager.get_by_role("link", name="Stop renewing").click()
    looker.look("filling")
    work(manager)
    looker.look("filled")

    assert looker.faults == []
    assert counted == "5 of 5 may be reached"
    assert CallList.objects.get(name="Winter").entries.count() == 5


def test_large_list_is_made_and_taken(manager: Page, scene: Desk) -> None:
    asked = f"legal_entity={scene.entity.code}&purpose={scene.purpose.code}&channel=CALL"
    looker = Looker(page=manager)

    manager.goto(f"/admin/audience/?{asked}")
    manager.get_by_role("button", name="Export as CSV").click()
    manager.get_by_role("link", name="Stop renewing").click()
    looker.look("making")
    work(manager)
    looker.look("made")
    with manager.expect_download() as taken:
        manager.get_by_role("link", name="Download the file").click()

    assert looker.faults == []
    assert len(taken.value.path().read_text().splitlines()) == 6
