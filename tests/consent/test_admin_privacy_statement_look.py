"""The pages about privacy statements in a browser: axe, a phone, and without scripts."""

import datetime
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from consent.domain.notices import new_version
from consent.domain.privacy.publishing import (
    Change,
    publish_privacy_statement,
    withdraw_privacy_statement,
)
from consent.models import PrivacyStatementVersion, StatementPart
from customers.models import StaffMember
from tests import make
from tests.browser.axe import faults_on
from tests.consent.admin_rows import list_of, page_of
from tests.consent.domain.privacy.scene import rewrite, shop, whole_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "een lang wachtwoord voor proeven"
SUMMARY = {"nl": "Wij hebben een belteam.", "en": "We have a call team."}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def draft() -> PrivacyStatementVersion:
    first = publish_privacy_statement(version=whole_draft(shop()), published_at=make.LONG_AGO)
    second = new_version(version=first)
    del second.parts[StatementPart.AUTOMATED]
    rewrite(second, StatementPart.RIGHTS, en="You may see your data, correct it and object.")
    return rewrite(second, StatementPart.RECIPIENTS, nl="Ons belteam.", en="Our call team in Zwolle.")


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def officer(
    request: pytest.FixtureRequest, draft: PrivacyStatementVersion, chromium: Browser, live_server: Any
) -> Iterator[Page]:
    organisation = draft.legal_entity.organisation
    make.staff_member(organisation=organisation, username="fg", role=StaffMember.Role.DPO, password=PASSWORD)
    context = chromium.new_context(
        base_url=live_server.url, locale="en-GB", java_script_enabled=request.param
    )
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("fg")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    yield page
    context.close()


def look_at(page: Page, name: str) -> list[object]:
    """Axe needs scripts, and so does the measuring; a page without them is the same page."""
    found: list[object] = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        found += [(name, width, fault) for fault in faults_on(page)]
        if page.evaluate(TOO_WIDE):
            found.append((name, width, "too wide"))
    return found


@pytest.mark.parametrize("officer", [True], indirect=True, ids=["with scripts"])
def test_pages_are_accessible_and_fit_a_phone(officer: Page, draft: PrivacyStatementVersion) -> None:
    incomplete = rewrite(new_version(version=draft), StatementPart.TERMS, nl="", en="")
    pages = {
        "list": list_of(PrivacyStatementVersion),
        "add": reverse("admin:consent_privacystatementversion_add"),
        "draft": page_of(draft, "change"),
        "publish": page_of(draft, "publish"),
        "faults": page_of(incomplete, "publish"),
        "compare": page_of(draft, "compare"),
        "preview": page_of(draft, "preview"),
        "published": page_of(draft.legal_entity.privacy_statements.get(number=1), "change"),
    }

    found: list[object] = []
    for name, address in pages.items():
        officer.goto(address)
        found += look_at(officer, f"statement-{name}")
    publish_privacy_statement(
        version=draft, published_at=make.NOW, change=Change(summary=SUMMARY, is_material=True)
    )
    for name in ("change", "announce"):
        officer.goto(page_of(draft, name))
        found += look_at(officer, f"statement-material-{name}")

    assert found == []


@pytest.mark.parametrize("officer", [True], indirect=True, ids=["with scripts"])
def test_version_to_come_is_accessible_and_fits_a_phone(
    officer: Page, draft: PrivacyStatementVersion
) -> None:
    begin = timezone.now() + datetime.timedelta(days=40)
    coming = publish_privacy_statement(
        version=draft, published_at=begin, change=Change(summary=SUMMARY, is_material=True)
    )
    pages = {
        "change": page_of(coming, "change"),
        "withdraw": page_of(coming, "withdraw"),
        "public": "/privacy/lampenwinkel/",
        "public-ahead": "/privacy/lampenwinkel/2/",
        "public-changes": "/privacy/lampenwinkel/2/changes/",
    }

    found: list[object] = []
    for name, address in pages.items():
        officer.goto(address)
        found += look_at(officer, f"coming-{name}")
    withdraw_privacy_statement(version=coming, withdrawn_at=timezone.now())
    for name in ("public-ahead", "public-changes", "change"):
        officer.goto(pages[name])
        found += look_at(officer, f"withdrawn-{name}")

    assert found == []


@pytest.mark.parametrize("officer", [True], indirect=True, ids=["with scripts"])
def test_ending_a_policy_telling_of_a_breach_and_the_password_are_accessible(
    officer: Page, draft: PrivacyStatementVersion
) -> None:
    entity, staff = draft.legal_entity, StaffMember.objects.get()
    policy = make.house_policy(legal_entity=entity, decided_by=staff)
    breach = make.incident(legal_entity=entity)
    pages = {
        "policy": page_of(policy, "change"),
        "letter": reverse("admin:consent_incident_letter", args=[breach.pk]),
        "password": reverse("admin:export_evidence"),
    }

    found: list[object] = []
    for name, address in pages.items():
        officer.goto(address)
        found += look_at(officer, f"guarded-{name}")

    assert found == []


def test_officer_changes_checks_and_publishes(officer: Page, draft: PrivacyStatementVersion) -> None:
    officer.goto(page_of(draft, "change"))
    terms = officer.get_by_role("group", name="How long we keep your data")
    terms.get_by_label("English").fill("Light ideas for a year, customers for three years.")
    officer.get_by_role("button", name="Save and continue editing").click()
    officer.get_by_role("link", name="Check and publish").click()
    officer.get_by_role("group", name="What changes").get_by_label("Dutch").fill("Wij hebben een belteam.")
    officer.get_by_role("group", name="What changes").get_by_label("English").fill("We have a call team.")
    officer.get_by_label("Material change").check()
    officer.get_by_role("button", name="Publish version 2").click()
    officer.wait_for_url("**/change/")

    draft.refresh_from_db()
    assert (draft.published_at is not None, draft.is_material) == (True, True)
    assert draft.parts["TERMS"]["en"] == "Light ideas for a year, customers for three years."
    officer.goto("/privacy/lampenwinkel/")
    assert "We have a call team." in officer.locator(".versions").inner_text()
