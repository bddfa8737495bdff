import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from consent import tasks
from consent.models import Act, Actor, ConsentEvent
from customers.models import CustomerRelation, StaffMember
from tests import scenes
from tests.browser.fixtures import Visitor
from tests.journeys.steps import begin_act, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Ordered on 21 November 2026: three years later, at the end of that day in Amsterdam.
ENDS = datetime.datetime(2029, 11, 21, 23, 0, tzinfo=datetime.UTC)


def order(visitor: Visitor) -> CustomerRelation:
    scenes.paid_trial()
    visitor.open("/forms/proefabonnement/")
    visitor.write("Your e-mail address", "karin@example.org")
    visitor.press("Send")
    return CustomerRelation.objects.get()


def test_relation_starts_with_a_transaction_and_ends_on_time(visitor: Visitor) -> None:
    relation = order(visitor)
    assert (relation.ends_at, relation.ended_at) == (ENDS, None)

    visitor.clock.move_to(ENDS - datetime.timedelta(seconds=30))
    early = tasks.expire_relations()
    visitor.clock.move_to(ENDS + datetime.timedelta(days=3))
    ended = [tasks.expire_relations() for _run in range(2)]

    assert (early, ended) == (0, [1, 0])
    relation.refresh_from_db()
    assert (relation.ended_at, relation.reason_ended) == (
        relation.ended_at,
        CustomerRelation.Ending.TERM,
    )
    event = ConsentEvent.objects.get(act=Act.RELATION_ENDED)
    assert (event.occurred_at, event.actor, event.relation_id) == (ENDS, Actor.SYSTEM, relation.pk)


def test_relation_is_ended_by_hand_with_a_command(visitor: Visitor) -> None:
    order(visitor)
    visitor.clock.move_to(ENDS + datetime.timedelta(seconds=1))
    said = StringIO()

    call_command("expire_relations", stdout=said)

    assert "1" in said.getvalue()
    assert CustomerRelation.objects.get().ended_at is not None


def test_new_order_moves_the_end(visitor: Visitor) -> None:
    relation = order(visitor)
    visitor.clock.move_to(datetime.datetime(2028, 3, 1, 12, tzinfo=datetime.UTC))

    visitor.open("/forms/proefabonnement/")
    visitor.write("Your e-mail address", "karin@example.org")
    visitor.press("Send")

    relation.refresh_from_db()
    assert relation.ends_at == datetime.datetime(2031, 3, 1, 23, 0, tzinfo=datetime.UTC)


def test_longer_term_takes_a_balancing_test_and_an_opinion(visitor: Visitor, staff: Visitor) -> None:
    relation = order(visitor)
    sign_in(staff, organisation=relation.organisation, role=StaffMember.Role.DPO)

    begin_act(staff, contact=relation.contact, act="Keep relations longer")
    staff.choose("Which relation?", relation.pk)
    staff.write("Term in months", "48")
    staff.press("Record the longer term")
    refused = (staff.title.startswith("Error:"), CustomerRelation.objects.get().ends_at)
    staff.write("Balancing test", "Subscribers return after four years; a no is always heard.")
    staff.write("Reference of the opinion", "CBT-2026-7")
    staff.page.get_by_label("Opinion", exact=True).fill("Positive, with a yearly review.")
    staff.press("Record the longer term")

    assert refused == (True, ENDS)
    relation.refresh_from_db()
    assert relation.ends_at == datetime.datetime(2030, 11, 21, 23, 0, tzinfo=datetime.UTC)
    staff.open(reverse("admin:customers_contact_change", args=[relation.contact_id]))
    assert "2030" in staff.whole_page
