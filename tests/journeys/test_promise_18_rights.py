import zipfile

import pytest
from django.urls import reverse

from consent.models import RightsRequest
from customers.models import Contact, Organisation, StaffMember
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in, text_of
from tests.journeys.steps import NEWSLETTER, ask_for, begin_act, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_rights(visitor: Visitor, post_office: PostOffice) -> None:
    """A person with a permission asks for a link to their choices, and goes on to their rights."""
    scenes.recipe_book()
    ask_for(visitor, NEWSLETTER)
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")
    post_office.collect()
    visitor.open("/preferences/")
    visitor.write("Your e-mail address or phone number", "alice@example.org")
    visitor.press("Send me a link")
    visitor.open(link_in(post_office.collect_one(), "preferences"))
    visitor.press("Get a copy of your data, have it erased, and your other rights")


def test_person_downloads_everything_we_hold_at_once(visitor: Visitor, post_office: PostOffice) -> None:
    open_rights(visitor, post_office)

    visitor.tick("Give me a copy of everything you hold about me")
    visitor.press("Send my request")
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_role("button", name="Download my data").click()

    with zipfile.ZipFile(taken.value.path()) as archive:
        page = archive.read("jawoord.html").decode()
    assert "alice@example.org" in page
    assert "the newsletter" in page


def test_request_is_answered_by_the_officer_within_its_clock(
    visitor: Visitor, staff: Visitor, post_office: PostOffice
) -> None:
    open_rights(visitor, post_office)

    visitor.tick("Only store my data for now, and do not use it")
    visitor.write("Is there something we should know?", "My name is wrong.")
    visitor.press("Send my request")
    assert "You get an answer before 22 December 2026" in visitor.text
    sign_in(staff, organisation=Organisation.objects.get(), role=StaffMember.Role.DPO)
    staff.open(reverse("admin:consent_rightsrequest_changelist"))
    staff.follow(staff.page.locator("#result_list tbody th a").first)
    assert "My name is wrong." in staff.text
    staff.press("Restrict processing")
    staff.write("Reason", "The name is contested.")
    staff.press("Restrict and tell the person")

    assert "From now on we only store your data" in text_of(post_office.collect()[-1])
    visitor.open("/preferences/rights/")
    assert "Done on 21 November 2026" in visitor.text


def test_letter_is_written_down_and_its_person_hears_of_every_step(
    staff: Visitor, visitor: Visitor, post_office: PostOffice
) -> None:
    scenes.recipe_book()
    ask_for(visitor, NEWSLETTER)
    post_office.collect()
    alice = Contact.objects.get()
    sign_in(staff, organisation=alice.organisation, role=StaffMember.Role.DPO)

    begin_act(staff, contact=alice, act="Write down a rights request")
    staff.choose("What does the person ask?", "ERASURE")
    staff.choose("How did the person tell us?", "PAPER")
    staff.press("Write the request down")
    request = RightsRequest.objects.get()
    staff.open(reverse("admin:consent_rightsrequest_change", args=[request.pk]))
    staff.press("Take more time")
    staff.write("Why does it take longer?", "We have to look in three archives.")
    staff.press("Extend and tell the person")

    received, extended = post_office.collect()
    assert "Answer before: 22 December 2026" in text_of(received)
    assert "We have to look in three archives." in text_of(extended)
    assert "22 February 2027" in text_of(extended)
