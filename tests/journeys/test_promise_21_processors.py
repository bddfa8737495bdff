from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from consent.domain.notifying import delivering, guarding
from customers.models import Contact, StaffMember
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in
from tests.journeys.steps import NEWSLETTER, ask_for, give_password_again, sign_in
from tests.webhook_receiver import running_receiver

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def deliver() -> None:
    """What the worker does every ten seconds."""
    guard = guarding.Guard(loopback=True, resolve=guarding.resolve)
    while found := delivering.claim_next(now=timezone.now()):
        delivering.deliver(notification=found, guard=guard, now=timezone.now())


def write(staff: Visitor, **values: str) -> None:
    for name, value in values.items():
        staff.page.locator(f"[name={name}]").fill(value)


def add_endpoint(staff: Visitor, *, url: str) -> str:
    """Register a processor and the program of it that is told; answers the secret, shown once."""
    staff.open(reverse("admin:consent_processor_add"))
    write(staff, name="Bezorgd Mail B.V.", service="Sends the newsletters")
    write(staff, contact_email="privacy@bezorgd.example.com")
    for box in ("Stichting HartHulp", "E-mail addresses"):
        staff.tick(box)
    write(staff, in_use_from_date="2026-01-01", review_date="2027-01-01")
    staff.page.locator("[name=_save]").click()
    staff.page.wait_for_url("**/processor/")
    staff.open(reverse("admin:consent_endpoint_add"))
    give_password_again(staff)
    write(staff, name="Mailing list", url=url)
    staff.page.locator("[name=processor]").select_option(label="Bezorgd Mail B.V.")
    for box in ("Permission withdrawn or refused", "Personal data erased", "Stichting HartHulp"):
        staff.tick(box)
    staff.page.locator("[name=_save]").click()
    return str(staff.page.locator("#secret").input_value())


def test_processor_hears_of_a_withdrawal_by_signed_webhook(
    visitor: Visitor, staff: Visitor, post_office: PostOffice, settings: Any
) -> None:
    settings.WEBHOOK_LOOPBACK = True
    scenes.recipe_book()
    ask_for(visitor, NEWSLETTER)
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")
    [confirmation] = post_office.collect()
    alice = Contact.objects.get()
    sign_in(staff, organisation=alice.organisation, role=StaffMember.Role.DPO)

    with running_receiver() as receiver:
        secret = add_endpoint(staff, url=receiver.url)
        visitor.open(link_in(confirmation, "unsubscribe"))
        visitor.press("Stop this")
        deliver()
        [got] = receiver.got

    payload = Webhook(secret).verify(got.body, dict(got.headers))
    assert payload["type"] == "permission.withdrawn"
    assert payload["data"]["addresses"] == [{"kind": "EMAIL", "value": "alice@example.org"}]
    staff.open(reverse("admin:customers_contact_change", args=[alice.pk]))
    assert "Who outside was told" in staff.text
    assert "Mailing list" in staff.text
