from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from consent.models import ApiKey
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.browser.axe import faults_on
from tests.consent.admin_rows import list_of, page_of
from tests.consent.test_admin_axe import PASSWORD, WIDTHS, give_password_again

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADD = "/admin/consent/apikey/add/"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def entity() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


@pytest.fixture
def administrator(entity: LegalEntity, chromium: Browser, live_server: Any) -> Iterator[Page]:
    role = StaffMember.Role.ADMINISTRATOR
    make.staff_member(organisation=entity.organisation, username="beheer", role=role, password=PASSWORD)
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("beheer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    give_password_again(page)
    yield page
    context.close()


def found_on(page: Page) -> dict[int, Any]:
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = (faults_on(page), page.evaluate(TOO_WIDE))
    return found


def test_pages_of_keys_have_no_faults_and_fit_a_phone(administrator: Page, entity: LegalEntity) -> None:
    key = make.api_key(legal_entity=entity, made_at=timezone.now()).key
    fine: dict[int, Any] = {width: ([], False) for width in WIDTHS}

    for address in (list_of(ApiKey), ADD, *(page_of(key, name) for name in ("change", "rotate", "revoke"))):
        administrator.goto(address)
        assert found_on(administrator) == fine


def test_key_is_made_and_is_gone_from_the_next_page(administrator: Page) -> None:
    administrator.goto(ADD)
    administrator.get_by_label("Legal entity").select_option(label="Lampenwinkel B.V.")
    administrator.get_by_label("Name").fill("Kiezer van het callcenter")
    administrator.get_by_label("Ask whether contact is allowed").check()
    administrator.get_by_role("button", name="Make the key").press("Enter")

    token = administrator.get_by_label("The key", exact=True).input_value()
    assert token.startswith("jw_")
    assert found_on(administrator) == {width: ([], False) for width in WIDTHS}
    administrator.get_by_role("link", name="I have copied it").click()
    assert token not in administrator.content()
