import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from customers.models import StaffMember
from scoring.models import AttributeName, ContactAttribute
from tests import make
from tests.browser.axe import faults_on
from tests.consent.test_admin_axe import TOO_WIDE, WIDTHS
from tests.scoring.domain.house import house
from tests.scoring.make import attribute_name

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "address;churn;region\nalice@example.org;0,83;Utrecht\nalice@example.org;83%;\nbob@example.org;0,1;\n"


@pytest.fixture
def marketer(sign_in: Callable[[str], Page]) -> Page:
    entity = house().entity
    attribute_name(legal_entity=entity, name="churn", kind=AttributeName.Kind.PROBABILITY)
    attribute_name(legal_entity=entity)
    make.email_point(contact=make.contact(organisation=entity.organisation))
    make.staff_member(organisation=entity.organisation, username="mark", role=StaffMember.Role.MARKETING)
    return sign_in("mark")


def look(page: Page, name: str) -> list[object]:
    faults: list[object] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"take-up-{name}-{width}.png", full_page=True)
        found, too_wide = faults_on(page), page.evaluate(TOO_WIDE)
        faults += [(name, width, found, too_wide)] if found or too_wide else []
    return faults


def test_list_is_brought_by_keyboard_and_every_page_is_sound(marketer: Page, tmp_path: Path) -> None:
    file = tmp_path / "lijst.csv"
    file.write_text(LIST)

    marketer.goto("/admin/scoring/attributename/")
    faults = look(marketer, "kinds")
    marketer.goto("/admin/scoring/attributename/add/")
    faults += look(marketer, "kind")
    marketer.goto("/admin/scoring/contactattribute/")
    faults += look(marketer, "list")
    marketer.get_by_role("link", name="Take up a list").press("Enter")
    marketer.wait_for_url("**/take-up/")
    faults += look(marketer, "form")
    marketer.get_by_role("button", name="Take up the list").press("Enter")
    faults += look(marketer, "errors")
    marketer.get_by_label("Legal entity").select_option(index=1)
    marketer.get_by_label("Whence does it come?").select_option("IMPORTED")
    marketer.get_by_label("File").set_input_files(file)
    marketer.get_by_role("button", name="Take up the list").press("Enter")
    marketer.get_by_text("Rows kept: 1. Known already: 0. Not kept: 2.").wait_for()
    faults += look(marketer, "report")
    marketer.goto("/admin/scoring/behaviourevent/take-up/")
    faults += look(marketer, "behaviour")

    assert faults == []
    assert ContactAttribute.objects.count() == 2
