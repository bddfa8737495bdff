import pytest

from customers.models import LegalEntity, StaffMember
from tests.browser.fixtures import Visitor
from tests.consent.asking_scene import customer, shop
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "020-000 01 01"


def customers_of_a_shop() -> LegalEntity:
    lamps = shop()
    customer(entity=lamps, name="Anna", number=101)
    customer(entity=lamps, name="Bram", number=102)
    return lamps


def choose(staff: Visitor, *, date: str = "", then: str = "") -> None:
    staff.choose("On whose behalf?", "lampenwinkel")
    staff.choose("For what?", "offers")
    staff.choose("Over which channel?", "CALL")
    staff.choose("About which products?", "lampen")
    for name, day in (("at_date", date), ("then_date", then)):
        if day:
            staff.page.locator(f"[name={name}]").fill(day)


def test_the_same_question_has_the_answer_of_its_day(staff: Visitor) -> None:
    lamps = customers_of_a_shop()
    sign_in(staff, organisation=lamps.organisation, role=StaffMember.Role.MARKETING)

    staff.page.locator("#may-we-address").fill(NUMBER)
    staff.follow(staff.page.locator("form.find button"))
    choose(staff)
    staff.follow(staff.page.locator("form.act [type=submit]"))
    today = staff.text
    staff.page.locator("details.more > summary").click()
    choose(staff, date="2026-05-03")
    staff.follow(staff.page.locator("form.act [type=submit]"))
    in_may = staff.text

    assert "No, lampenwinkel B.V. may not call." in today
    assert "since 1 July 2026 that is no longer enough to call them" in today
    assert "art. 11.7(2) and (4) Tw" in today
    assert "NL-2026-07-01" in today
    assert "Yes, lampenwinkel B.V. may call." in in_may
    assert "NL-2021-07-01" in in_may
    assert "Holds until June 30, 2026, 11:59 p.m." in in_may


def test_a_team_sees_whom_a_change_of_law_takes_away(staff: Visitor) -> None:
    lamps = customers_of_a_shop()
    sign_in(staff, organisation=lamps.organisation, role=StaffMember.Role.MARKETING)

    staff.press("What if?")
    choose(staff, date="2026-06-30", then="2026-07-02")
    staff.press("Compare")

    assert "You will lose 2 people" in staff.text
    people = staff.page.locator("section[aria-labelledby=list-heading] tbody tr").all_inner_texts()
    assert sorted(row.split("\t")[1] for row in people) == ["+31200000101", "+31200000102"]
    assert "Calling customers has ended" in people[0]
