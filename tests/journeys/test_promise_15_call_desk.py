import pytest
from django.urls import reverse

from consent.domain.withdrawals import Scope, object_to
from consent.models import CallListEntry, ContactAttempt, Objection, ShownContact
from customers.models import StaffMember
from tests.browser.fixtures import START, Visitor
from tests.consent.domain.call_desk.desk import BY_THE_PERSON, Desk, desk
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DUTIES = [
    "Call with a visible number on which you can be called back.",
    "Say at once your name, on whose behalf you call and what for, and ask whether it suits.",
    "Tell this person in every call that they need not be called again, and record a no at once.",
    "Call only on the permitted days and hours.",
    "Log the call: when, from which number, and how it ended.",
]


def open_list(manager: Visitor, scene: Desk) -> None:
    """A manager lets agents call everybody who may be called about gifts."""
    sign_in(manager, organisation=scene.entity.organisation, role=StaffMember.Role.MARKETING)
    manager.open(reverse("admin:call_list_open"))
    manager.write("Name of the list", "Voorjaar")
    manager.choose("On behalf of", scene.entity.pk)
    manager.choose("For which purpose", scene.purpose.pk)
    manager.press("Open the list")


def begin_calling(agent: Visitor, scene: Desk) -> StaffMember:
    member = sign_in(agent, organisation=scene.entity.organisation, role=StaffMember.Role.CALL_AGENT)
    agent.open(reverse("admin:call_desk"))
    agent.press("Voorjaar")
    agent.press("Show the next contact 1")
    return member


def name_on_screen(agent: Visitor) -> str:
    return agent.page.locator(".desk h2").first.inner_text()


def test_agent_gets_permitted_contacts_and_an_objection_is_one_press(
    visitor: Visitor, staff: Visitor
) -> None:
    scene = desk(people=3)
    open_list(visitor, scene)
    refuser = scene.people[1].contact
    object_to(contact=refuser, scope=Scope(), how=BY_THE_PERSON, occurred_at=START)

    member = begin_calling(staff, scene)
    first = name_on_screen(staff)
    staff.page.locator("#desk-offered").check()
    staff.press("Stop calling me 0")
    second = name_on_screen(staff)

    attempt = ContactAttempt.objects.get()
    assert (first, second) == ("Persoon 0 Jansen", "Persoon 2 Jansen")
    assert (attempt.agent, attempt.number_shown, attempt.objection_offered) == (member, scene.number, True)
    assert Objection.objects.get(contact=attempt.contact).standing is True
    skipped = CallListEntry.objects.get(contact=refuser, call_list__name="Voorjaar")
    assert skipped.skip_code == "D_OBJECTION"
    assert ShownContact.objects.filter(entry__contact=refuser).count() == 0


def test_agent_sees_the_ground_the_number_and_the_duties(visitor: Visitor, staff: Visitor) -> None:
    scene = desk(people=1)
    open_list(visitor, scene)

    begin_calling(staff, scene)

    assert "Number you show +31 20 000 0002" in staff.text
    assert "This person gave permission for this, and it still holds." in staff.text
    duties = staff.page.locator(".desk-duties li").all_inner_texts()
    assert [duty for duty, told in zip(DUTIES, duties, strict=True) if duty not in told] == []


def test_nobody_is_shown_outside_calling_hours(visitor: Visitor, staff: Visitor) -> None:
    scene = desk(people=1)
    open_list(visitor, scene)
    # Eleven at night in Amsterdam; the next day is a Sunday.
    staff.clock.move_to(START.replace(hour=22))

    begin_calling(staff, scene)

    assert "It is outside calling hours. Calling can go on from 2026-11-23 09:00." in staff.text
    assert "Persoon" not in staff.text


def test_somebody_who_calls_us_is_stopped_by_one_press(staff: Visitor) -> None:
    scene = desk(people=1)
    sign_in(staff, organisation=scene.entity.organisation, role=StaffMember.Role.CALL_AGENT)

    staff.open(reverse("admin:inbound_desk"))
    staff.write("Phone number or e-mail address", "020 000 01 00")
    staff.press("Look up")
    staff.press("No contact at all 9")

    assert "All contact is stopped from now." in staff.text
    assert Objection.objects.get().contact == scene.people[0].contact
