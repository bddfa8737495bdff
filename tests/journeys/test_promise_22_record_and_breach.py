import pytest

from consent import tasks
from consent.models import Channel, Incident, Job
from customers.models import StaffMember
from tests import make
from tests.browser.fixtures import Visitor
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RECORD = "/admin/records-of-processing/lampenwinkel/"


def test_the_officer_sees_what_falls_short_and_mends_it(staff: Visitor) -> None:
    entity = make.legal_entity(organisation=make.organisation())
    make.purpose(organisation=entity.organisation, legal_entities=[entity])
    sign_in(staff, organisation=entity.organisation, role=StaffMember.Role.DPO)

    staff.open(RECORD)
    assert "Nothing is said about security." in staff.text
    staff.follow(staff.page.get_by_role("link", name="Write it").first)
    staff.page.get_by_role("group", name="Measures").get_by_label("Dutch").fill("Inloggen in twee stappen.")
    staff.page.get_by_role("group", name="Measures").get_by_label("English").fill("Two steps to log in.")
    staff.page.get_by_label("Last reviewed").fill("2026-11-01")
    staff.press("Save")
    staff.open(RECORD)

    assert "Nothing is said about security." not in staff.text
    assert "Two steps to log in." in staff.text


def test_the_officer_finds_who_was_in_a_list_that_got_lost(staff: Visitor) -> None:
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    alice = make.contact(organisation=entity.organisation)
    make.permission_event(
        contact_point=make.email_point(contact=alice),
        notice_version=make.notice_version(legal_entity=entity, purpose=purpose, channel=Channel.EMAIL),
    )
    sign_in(staff, organisation=entity.organisation, role=StaffMember.Role.DPO)

    staff.open(f"/admin/audience/?legal_entity=lampenwinkel&purpose={purpose.code}&channel=EMAIL")
    with staff.page.expect_download():
        staff.page.get_by_role("button", name="Export as CSV").click()
    write_down(staff)
    staff.follow(staff.page.get_by_role("link", name="People concerned"))
    staff.follow(staff.page.get_by_role("link", name="Search for people"))
    staff.press("Search")
    assert "Alice Jansen" in staff.text
    staff.press("Keep them with this data breach")
    tasks.work_job(job_id=str(Job.objects.get(kind="INCIDENT").pk))
    staff.page.reload()
    staff.follow(staff.page.get_by_role("link", name="To the people found"))

    assert "1 person" in staff.text
    assert Incident.objects.get().people.get().contact_id == alice.pk


def write_down(officer: Visitor) -> None:
    """An export went to the wrong person, an hour after it was made."""
    officer.open("/admin/consent/incident/add/")
    officer.page.get_by_role("combobox", name="Legal entity").select_option(label="Lampenwinkel B.V.")
    officer.page.get_by_role("textbox", name="In a few words").fill("Lijst verkeerd gemaild")
    officer.page.get_by_label("Somebody saw or got data who should not").check()
    officer.page.get_by_role("textbox", name="What happened").fill("Een lijst ging naar een verkeerd adres.")
    for name in ("happened_from", "noticed_at"):
        officer.page.locator(f"[name={name}_0]").fill("2026-11-20")
        officer.page.locator(f"[name={name}_1]").fill("00:00")
    officer.press("Save and continue editing")
