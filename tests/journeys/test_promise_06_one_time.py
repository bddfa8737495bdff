import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.domain import attempts
from consent.domain.attempts import NewAttempt
from consent.models import Act, CollectionChoice, ConsentEvent, ConsentRecord, ContactAttempt, Purpose
from customers.models import ContactPoint, StaffMember
from tests import make, scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in
from tests.consent.domain import forms
from tests.journeys.steps import CALLS, ask_for, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Outcome = ContactAttempt.Outcome


def permit_one_call(visitor: Visitor) -> CollectionChoice:
    """Fatima leaves her number beside the caption "we may call you once"."""
    guide = forms.bird_guide()
    Purpose.objects.filter(pk=guide.notice_version.notice.purpose_id).update(uses=1)
    guide.collection_point.published_at = make.LONG_AGO
    guide.collection_point.save(update_fields=["published_at"])
    visitor.open(f"/forms/{guide.collection_point.code}/")
    visitor.write("Your e-mail address", "fatima@example.org")
    visitor.write("Your phone number", "020 000 01 06")
    visitor.press("Send")
    return guide


def call(agent: StaffMember, outcome: ContactAttempt.Outcome) -> None:
    record = ConsentRecord.objects.select_related("contact_point", "legal_entity", "purpose").get()
    assert record.contact_point is not None
    now = timezone.now()
    attempt = NewAttempt(
        contact_point=record.contact_point,
        legal_entity=record.legal_entity,
        purpose=record.purpose,
        attempted_at=now,
        outcome=outcome,
        agent=agent,
        number_shown=record.legal_entity.caller_numbers.first()
        or make.caller_number(legal_entity=record.legal_entity),
        objection_offered=True,
    )
    attempts.log_attempt(attempt=attempt, recorded_at=now)


def test_permission_for_one_call_is_used_up_by_one_conversation(visitor: Visitor, staff: Visitor) -> None:
    guide = permit_one_call(visitor)
    organisation = guide.collection_point.legal_entity.organisation
    agent = sign_in(staff, organisation=organisation, role=StaffMember.Role.CALL_AGENT)

    call(agent, Outcome.NO_ANSWER)
    unanswered = ConsentRecord.objects.get().uses_spent
    call(agent, Outcome.CONVERSATION)

    record = ConsentRecord.objects.get()
    assert (unanswered, record.uses_spent, record.uses) == (0, 1, 1)
    assert ConsentEvent.objects.get(act=Act.USED).refers_to_id == record.grant_event_id
    staff.open(reverse("admin:customers_contact_change", args=[record.contact_id]))
    assert "Used up" in staff.whole_page


def test_permission_lasts_as_long_as_the_notice_states(visitor: Visitor, post_office: PostOffice) -> None:
    scene = scenes.recipe_book()
    Purpose.objects.filter(code="newsletter").update(term_months=12)

    ask_for(visitor, scene.newsletter.notice_version.wording["en"])
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")

    # A year later, at the end of that day in Amsterdam.
    ends = datetime.datetime(2027, 11, 21, 23, 0, tzinfo=datetime.UTC)
    assert ConsentRecord.objects.get().valid_until == ends


def test_first_call_is_due_within_six_months(visitor: Visitor) -> None:
    scenes.recipe_book()

    ask_for(visitor, CALLS, phone="020 000 01 01")

    record = ConsentRecord.objects.get()
    assert record.contact_point == ContactPoint.objects.get(kind=ContactPoint.Kind.PHONE)
    assert record.first_contact_due_at == datetime.datetime(2027, 5, 21, 22, 0, tzinfo=datetime.UTC)
    assert record.first_used_at is None
