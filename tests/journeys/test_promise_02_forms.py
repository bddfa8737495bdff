import pytest
from django.urls import reverse

from consent.models import (
    Act,
    Channel,
    CollectionChoice,
    CollectionField,
    ConsentEvent,
    ConsentRecord,
    Grade,
    Objection,
)
from customers.models import CustomerRelation, StaffMember
from tests import make, scenes
from tests.browser.fixtures import PostOffice, Visitor, text_of
from tests.consent.domain import forms
from tests.journeys.steps import CALLS, NEWSLETTER, ask_for, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_form_has_an_unticked_box_for_each_permission_and_never_wants_the_number(visitor: Visitor) -> None:
    scenes.recipe_book()

    visitor.open("/forms/receptenboekje/")
    boxes = visitor.page.get_by_role("checkbox")
    page = visitor.text

    assert [boxes.nth(place).is_checked() for place in range(boxes.count())] == [False, False]
    assert visitor.page.get_by_label(NEWSLETTER).is_visible()
    assert visitor.page.get_by_label(CALLS).is_visible()
    assert visitor.page.get_by_label("Your phone number (optional)").get_attribute("required") is None
    assert "You can always stop with one click." in page
    visitor.press("privacy statement")
    assert visitor.heading == "Privacy statement"

    ask_for(visitor, NEWSLETTER)

    assert visitor.heading == "Thank you"
    assert list(ConsentRecord.objects.values_list("channel", flat=True)) == [Channel.EMAIL]


def test_caption_beside_the_number_is_read_without_opening_anything(visitor: Visitor) -> None:
    guide = forms.bird_guide()
    point = guide.collection_point
    point.published_at = make.LONG_AGO
    point.save(update_fields=["published_at"])

    visitor.open(f"/forms/{point.code}/")

    caption = visitor.page.get_by_text(guide.notice_version.wording["en"])
    assert caption.is_visible()
    assert visitor.page.locator("details, [title], [aria-expanded]").count() == 0
    number = visitor.page.get_by_label("Your phone number (optional)")
    described = visitor.page.locator(f"#{(number.get_attribute('aria-describedby') or '').split()[0]}")
    assert guide.notice_version.wording["en"] in described.inner_text()


def test_order_form_tells_and_records_a_transaction_never_a_consent(
    visitor: Visitor, post_office: PostOffice
) -> None:
    scenes.paid_trial()

    visitor.open("/forms/proefabonnement/")
    assert not visitor.page.get_by_label("No, do not contact me.").is_checked()
    assert "De Dagpost B.V. may send me offers." in visitor.text
    visitor.write("Your e-mail address", "karin@example.org")
    visitor.press("Send")

    relation = CustomerRelation.objects.get()
    assert (relation.kind, relation.email_collection) == ("SALE", "COMPLETE")
    assert ConsentRecord.objects.count() == 0
    assert list(ConsentEvent.objects.values_list("act", flat=True)) == [Act.RELATION_STARTED]
    assert "De Dagpost B.V. may send me offers." in text_of(post_office.collect_one())


def test_no_on_an_order_form_stops_every_message(visitor: Visitor) -> None:
    scenes.paid_trial()

    visitor.open("/forms/proefabonnement/")
    visitor.write("Your e-mail address", "karin@example.org")
    visitor.tick("No, do not contact me.")
    visitor.press("Send")

    objection = Objection.objects.get()
    assert (objection.purpose, objection.channel, objection.standing) == (None, "", True)


def test_linter_refuses_a_form_that_breaks_a_rule_and_names_it(visitor: Visitor, staff: Visitor) -> None:
    scene = scenes.recipe_book()
    scene.point.published_at = None
    scene.point.save(update_fields=["published_at"])
    CollectionChoice.objects.filter(pk=scene.calls.pk).update(ticked=True)
    phone = CollectionField.objects.get(collection_point=scene.point, name=CollectionField.Name.PHONE)
    phone.required = True
    phone.save(update_fields=["required"])
    sign_in(staff, organisation=scene.entity.organisation, role=StaffMember.Role.MARKETING)

    staff.open(reverse("admin:consent_collectionpoint_publish", args=[scene.point.pk]))

    assert "PRE_TICKED" in staff.whole_page
    assert "REQUIRED_PHONE" in staff.whole_page
    assert "GDPR" in staff.whole_page
    assert staff.page.get_by_role("button", name="Publish").count() == 0
    assert visitor.open("/forms/receptenboekje/").status == 404


def test_form_without_fault_is_published_and_opens(visitor: Visitor, staff: Visitor) -> None:
    point = forms.recipe_book().point
    sign_in(staff, organisation=point.legal_entity.organisation, role=StaffMember.Role.MARKETING)

    staff.open(reverse("admin:consent_collectionpoint_publish", args=[point.pk]))
    staff.press("Publish")

    assert visitor.open(f"/forms/{point.code}/").status == 200
    assert visitor.page.get_by_role("checkbox", checked=True).count() == 0


def test_approved_caption_counts_as_permission_of_the_weaker_kind(visitor: Visitor) -> None:
    guide = forms.bird_guide()
    guide.collection_point.published_at = make.LONG_AGO
    guide.collection_point.save(update_fields=["published_at"])

    visitor.open(f"/forms/{guide.collection_point.code}/")
    visitor.write("Your e-mail address", "fatima@example.org")
    visitor.write("Your phone number", "020 000 01 06")
    visitor.press("Send")

    record = ConsentRecord.objects.get()
    assert (record.channel, record.grade, record.complete) == (Channel.CALL, Grade.C, True)
