import logging

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from consent.domain.engine.answering import ask
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.ledger.reconciling import find_differences
from consent.models import Act, ConsentEvent
from customers.models import Contact, StaffMember
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in, text_of
from tests.consent.domain.erasing.dump import tables_with
from tests.journeys.steps import CALLS, NEWSLETTER, ask_for, begin_act, give_password_again, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "kanarie@example.org"
WORDS = (EMAIL, "kanarie", "200000199", "127.0.0.0")


def join(visitor: Visitor, post_office: PostOffice) -> None:
    ask_for(visitor, NEWSLETTER, CALLS, email=EMAIL, phone="020 000 01 99")
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")
    post_office.collect()


def erase(staff: Visitor, contact: Contact) -> None:
    """The officer writes the request down, and answers it."""
    sign_in(staff, organisation=contact.organisation, role=StaffMember.Role.DPO)
    begin_act(staff, contact=contact, act="Write down a rights request")
    staff.choose("What does the person ask?", "ERASURE")
    staff.choose("How do you know who it is?", "CALL_BACK")
    staff.press("Write the request down")
    staff.open(reverse("admin:consent_rightsrequest_changelist"))
    staff.follow(staff.page.locator("#result_list tbody th a").first)
    staff.press("Erase this person")
    give_password_again(staff)
    staff.write("Type the name of the person, or one of their addresses", EMAIL)
    staff.press("Erase everything about this person")


def answer_for(address: str) -> str:
    question = put_question(
        legal_entity="harthulp", purpose="newsletter", channel="EMAIL", now=timezone.now()
    )
    [found] = ask(question=question, asked=[Asked(text=address)])
    return str(found.decision.code)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the product wrote; the mail server and the browser of the tests stand outside it."""
    outside = ("mail.log", "asyncio", "playwright")
    return "\n".join(row.getMessage() for row in caplog.records if not row.name.startswith(outside))


def test_after_erasure_nobody_finds_the_person_and_only_they_come_back(
    visitor: Visitor, staff: Visitor, post_office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scenes.recipe_book()
    join(visitor, post_office)
    first = Contact.objects.get()
    assert answer_for(EMAIL) == "A_CONSENT"
    events = list(ConsentEvent.objects.order_by("sequence").values())

    erase(staff, first)

    farewell = post_office.collect()[-1]
    assert "Your data is erased" in text_of(farewell)
    # In this test the officer sits in the person's network, and what staff did stays known.
    assert tables_with(WORDS) == {"public.customers_staffact": ["127.0.0.0"]}
    assert [word for word in WORDS if word in logged(caplog)] == []
    assert list(ConsentEvent.objects.order_by("sequence").values())[: len(events)] == events
    assert list(find_differences()) == []
    call_command("seal_ledger")
    call_command("verify_ledger", "--evidence")
    assert answer_for(EMAIL) == "D_SUPPRESSED"

    ask_for(visitor, NEWSLETTER, email=EMAIL)

    assert answer_for(EMAIL) == "D_SUPPRESSED"
    second = Contact.objects.get(erased_at=None)
    assert ConsentEvent.objects.get(subject_id=second.pk).act == Act.REQUESTED

    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")

    assert answer_for(EMAIL) == "A_CONSENT"
    assert first.pk != second.pk
