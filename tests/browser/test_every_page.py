"""What holds on every public page, in every state, in both languages."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils.text import slugify
from playwright.sync_api import Browser, Page

from tests.browser.axe import axe_on
from tests.browser.fixtures import PostOffice, Visitor
from tests.browser.states import STATES, WITH_ERRORS, Stage
from tests.test_words import dutch, texts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 1280)
# A page 1280 wide at 400 % zoom (WCAG 2.2, 1.4.10).
NARROWEST = 320
HEIGHT = 900


@pytest.fixture(params=["nl", "en"])
def stage(
    request: pytest.FixtureRequest,
    chromium: Browser,
    site: str,
    clock: time_machine.Traveller,
    post_office: PostOffice,
    settings: Any,
    tmp_path: Any,
) -> Iterator[Stage]:
    """A browser in which axe can run; the pages themselves have no script."""
    settings.SMS_GATEWAY = f"file:{tmp_path}"
    context = chromium.new_context(locale=request.param, viewport={"width": WIDTHS[0], "height": HEIGHT})
    yield Stage(visitor=Visitor(context=context, site=site, clock=clock), post_office=post_office)
    context.close()


@pytest.mark.parametrize("name", STATES)
def test_page_is_accessible(stage: Stage, name: str, request: pytest.FixtureRequest) -> None:
    STATES[name](stage)
    page = stage.page
    language = request.node.callspec.params["stage"]

    assert page.locator("script").count() == 0
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    check_headings(page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => +h.tagName[1])"))
    check_errors(stage, name, language)
    if language == "nl":
        assert not english_texts() & {line.strip() for line in page.locator("main").inner_text().splitlines()}
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        keep_picture(page, f"{name}, {language}, {width}")
        found = axe_on(page)
        assert found.violations_count == 0, found.generate_report()


def keep_picture(page: Page, name: str) -> None:
    """Pictures of every page to look at, when SCREENSHOTS names a folder for them."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{slugify(name)}.png", full_page=True)


FAULTY = """
<html><body><h1>A</h1><img src="x"><a href="x"></a><input><p style="color: #ccc">Too pale</p></body></html>
"""


def test_a_page_with_faults_would_be_found(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(FAULTY)

    found = axe_on(page)

    rules = {violation["id"] for violation in found.response["violations"]}
    assert {"image-alt", "link-name", "label", "color-contrast", "html-has-lang", "document-title"} <= rules
    page.close()


@cache
def english_texts() -> frozenset[str]:
    """Every text that reads otherwise in Dutch."""
    known = dutch()
    return frozenset(one.text for one in texts() if known.get(one.text, one.text) != one.text)


def check_headings(levels: list[int]) -> None:
    """The page's own heading is the highest; no level is skipped on the way down."""
    assert 1 in levels
    for above, below in zip([1, *levels], levels, strict=False):
        assert below <= above + 1, levels


def check_errors(stage: Stage, name: str, language: str) -> None:
    """The mistake is told first, has the focus, and leads to its field, which tells it again."""
    title, summary = stage.page.title(), stage.page.locator(".error-summary")
    prefix = {"nl": "Fout: ", "en": "Error: "}[language]
    assert title.startswith(prefix) == (name in WITH_ERRORS), title
    assert summary.count() == (1 if name in WITH_ERRORS else 0)
    if name not in WITH_ERRORS:
        return
    # A browser gives the focus when it has drawn the page.
    stage.page.wait_for_function(
        "document.activeElement.className == 'error-summary'", polling=50, timeout=5000
    )
    links = summary.locator("a")
    told_once = {link.get_attribute("href") for link in links.all()}
    assert 0 < links.count() == len(told_once)
    for place in range(links.count()):
        field = stage.page.locator(links.nth(place).get_attribute("href"))
        told = field.get_attribute("aria-describedby").split()
        wording = " ".join(stage.page.locator(f"#{part}").inner_text() for part in told)
        assert links.nth(place).inner_text() in wording
        assert field.get_attribute("aria-invalid") == "true"
