from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page

from consent.models import Job, ScreeningRun
from consent.tasks import work_job
from tests.browser.axe import faults_on
from tests.consent.domain.screening.scene import LIST, Shop, shop
from tests.consent.test_admin_axe import WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def scene() -> Shop:
    return shop()


@pytest.fixture
def marketer(scene: Shop, sign_in: Callable[[str], Page]) -> Page:
    return sign_in("mark")


@dataclass(kw_only=True)
class Looker:
    """Looks at each page at both widths, and keeps what is wrong with it."""

    page: Page
    faults: list[object] = field(default_factory=list)

    def look(self, name: str) -> None:
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            found, too_wide = faults_on(self.page), self.page.evaluate(TOO_WIDE)
            if found or too_wide:
                self.faults.append((name, width, found, too_wide))

    def look_at(self, name: str, address: str) -> None:
        self.page.goto(f"/admin/consent/{address}")
        self.look(name)


def test_a_list_is_screened_by_keyboard_and_every_page_is_sound(
    marketer: Page, scene: Shop, tmp_path: Path
) -> None:
    file, looker = tmp_path / "lijst.csv", Looker(page=marketer)
    file.write_bytes(LIST + b'"Daan;daan@example.org\r\n')

    looker.look_at("upload", "screeningrun/screen/")
    marketer.get_by_label("File").set_input_files(file)
    marketer.get_by_role("button", name="Continue").press("Enter")
    marketer.wait_for_url("**/begin/")
    looker.look("begin")
    ask(marketer, scene)
    job, run = Job.objects.get(), ScreeningRun.objects.get()
    looker.look_at("waiting", f"screeningrun/{run.pk}/change/?still=1")
    looker.look_at("job", f"job/{job.pk}/change/?still=1")
    looker.look_at("cancel", f"job/{job.pk}/cancel/")
    work_job(job_id=str(job.pk))
    looker.look_at("result", f"screeningrun/{run.pk}/change/")
    with marketer.expect_download() as download:
        marketer.get_by_role("link", name="Download the result").press("Enter")
    looker.look_at("list", "screeningrun/")

    assert looker.faults == []
    assert download.value.path().read_text().splitlines()[1].startswith("Anna;anna@example.org;true;")


def ask(page: Page, scene: Shop) -> None:
    page.get_by_label("On behalf of").select_option(str(scene.entity.pk))
    page.get_by_label("For which purpose").select_option(str(scene.offers.pk))
    page.get_by_label("Over which channel").select_option("EMAIL")
    page.get_by_role("button", name="Screen this list").press("Enter")
    page.wait_for_url("**/change/")
