import datetime

import pytest
from django.urls import reverse

from consent.domain.ledger.evidence import open_evidence
from consent.models import (
    Act,
    ConsentEvent,
    ConsentRecord,
    Grade,
    PrivacyStatementVersion,
    ShownForm,
    Source,
    Status,
)
from customers.models import ContactPoint, StaffMember
from tests import make, scenes
from tests.browser.fixtures import START, PostOffice, Visitor, link_in
from tests.journeys.steps import NEWSLETTER, ask_for, begin_act, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_permission_holds_who_what_when_where_how_and_the_wording(
    visitor: Visitor, staff: Visitor, post_office: PostOffice
) -> None:
    scene = scenes.recipe_book()

    ask_for(visitor, NEWSLETTER)
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")

    record = ConsentRecord.objects.get()
    assert (record.contact_point, record.legal_entity, record.purpose.code, record.channel) == (
        ContactPoint.objects.get(value="alice@example.org"),
        scene.entity,
        "newsletter",
        "EMAIL",
    )
    assert (record.status, record.grade, record.complete) == (Status.GIVEN, Grade.A, True)
    asked, confirmed = ConsentEvent.objects.order_by("sequence")
    assert [(asked.act, asked.source), (confirmed.act, confirmed.source)] == [
        (Act.REQUESTED, Source.WEB_FORM),
        (Act.CONFIRMED, Source.CONFIRMATION_LINK),
    ]
    assert START < asked.occurred_at < confirmed.occurred_at < START + datetime.timedelta(minutes=5)
    assert confirmed.refers_to_id == asked.pk
    notice = scene.newsletter.notice_version
    assert (notice.pk, notice.content_hash) == (confirmed.notice_version_id, confirmed.notice_hash)
    assert notice.wording["en"] == NEWSLETTER
    assert PrivacyStatementVersion.objects.get().content_hash == confirmed.privacy_statement_hash
    assert NEWSLETTER in ShownForm.objects.get(content_hash=confirmed.shown_form_hash).content
    proof = open_evidence(event=asked)
    assert (proof["typed"]["EMAIL"], proof["page"], proof["browser"]) == (
        "alice@example.org",
        f"{visitor.site}/forms/receptenboekje/",
        "Chrome",
    )

    sign_in(staff, organisation=scene.entity.organisation, role=StaffMember.Role.DPO)
    staff.open(reverse("admin:consent_consentevent_change", args=[asked.pk]))

    assert NEWSLETTER in staff.whole_page
    assert "alice@example.org" in staff.whole_page
    assert staff.page.locator("main form, #content form").count() == 0


def test_permission_that_lacks_the_wording_is_kept_and_does_not_count_as_proven(staff: Visitor) -> None:
    scene = scenes.recipe_book()
    contact = make.contact(organisation=scene.entity.organisation)
    make.phone_point(contact=contact)
    sign_in(staff, organisation=scene.entity.organisation, role=StaffMember.Role.MARKETING)

    begin_act(staff, contact=contact, act="Record a permission")
    staff.choose("Which permission?", scene.calls.notice_version.notice.pk)
    staff.choose("On which address?", contact.points.get().pk)
    staff.choose("What did the person say?", Act.GIVEN.value)
    staff.choose("How?", Source.PHONE_CALL.value)
    staff.write("Where?", "Service desk")
    staff.write("Proof", "REC-2026-0001")
    staff.press("Record the permission")

    record = ConsentRecord.objects.get()
    assert (record.status, record.complete) == (Status.GIVEN, False)
    assert "Evidence incomplete" in staff.whole_page
