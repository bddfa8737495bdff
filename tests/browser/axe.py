"""What axe finds on a page, once the page is there."""

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def axe_on(page: Page) -> AxeResults:
    """A click ends when the next page begins, which is still empty then: axe needs all of it."""
    page.wait_for_load_state()
    return Axe().run(page, options={"runOnly": WCAG})


def faults_on(page: Page) -> list[str]:
    """Each fault as its rule and where it is first met."""
    return [f"{fault['id']}: {fault['nodes'][0]['target']}" for fault in axe_on(page).response["violations"]]
