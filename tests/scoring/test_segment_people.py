from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.domain.withdrawals import Scope, object_to
from customers.models import Contact, LegalEntity, StaffAct, StaffMember
from scoring.domain import segments
from scoring.models import Segment, SegmentMember
from tests import make
from tests.consent.admin_rows import BY_PHONE, signed_in
from tests.scoring import make_scores
from tests.scoring.domain.campaigns.scene import NOW, marketer, shop
from tests.scoring.domain.house import processing

pytestmark = pytest.mark.django_db


@pytest.fixture
def entity() -> LegalEntity:
    entity = shop()
    processing("profiling", entity)
    return entity


@pytest.fixture
def client(entity: LegalEntity) -> Client:
    return signed_in(marketer(entity))


@pytest.fixture
def segment(entity: LegalEntity) -> Segment:
    return make_scores.segment(legal_entity=entity)


@pytest.fixture
def alice(entity: LegalEntity) -> Contact:
    contact = make.contact(organisation=entity.organisation, given_name="Alice", family_name="Lampman")
    make.email_point(contact=contact, text="alice@example.org")
    return contact


def page(name: str, segment: Segment, *more: Any) -> str:
    return reverse(f"admin:scoring_segment_{name}", args=[segment.pk, *more])


def test_somebody_is_looked_for_put_in_and_taken_out_with_a_trail(
    client: Client, segment: Segment, alice: Contact
) -> None:
    found = client.get(page("people", segment), {"q": "Alice@Example.org"}).context["found"]
    client.post(page("put_in", segment), {"contact": str(alice.pk)})
    member = segment.members.get()
    asked = client.get(page("take_out", segment, member.pk)).content.decode()
    still = segment.members.count()
    client.post(page("take_out", segment, member.pk))

    acts = StaffAct.objects.filter(contact_id=alice.pk, act__in=["ADDED", "DELETED"]).order_by("pk")
    assert found == [(alice, False)]
    assert "Alice Lampman is in “Kansrijk” since" in asked
    assert (member.contact, still, segment.members.count()) == (alice, 1, 0)
    assert list(acts.values_list("act", flat=True)) == ["ADDED", "DELETED"]


def test_who_objected_to_profiling_is_not_put_in(client: Client, segment: Segment, alice: Contact) -> None:
    object_to(contact=alice, scope=Scope(), how=BY_PHONE, occurred_at=NOW)

    answer = client.post(page("put_in", segment), {"contact": str(alice.pk)}, follow=True)

    assert "This person may not be profiled" in answer.content.decode()
    assert segment.members.count() == 0


def test_who_is_in_it_twice_is_in_it_once_since_the_first_time(segment: Segment, alice: Contact) -> None:
    first = segments.put_in(segment=segment, contact=alice, since_at=make.NOW)
    second = segments.put_in(segment=segment, contact=alice, since_at=make.NOW)

    assert first == second


def test_segment_of_a_model_is_not_kept_by_hand(client: Client, entity: LegalEntity, alice: Contact) -> None:
    model = make_scores.score_model(legal_entity=entity)
    decided = make_scores.segment(legal_entity=entity, code="heet", model=model, band_code="heet")

    shown = client.get(page("people", decided)).content.decode()
    answer = client.post(page("put_in", decided), {"contact": str(alice.pk)})
    with pytest.raises(segments.NotByHandError):
        segments.put_in(segment=decided, contact=alice, since_at=NOW)

    assert "nobody is put in or taken out by hand" in shown
    assert answer.status_code == 403


def test_somebody_of_another_organisation_is_neither_found_nor_put_in(
    client: Client, segment: Segment
) -> None:
    other = make.organisation(code="ander", name="Ander")
    stranger = make.contact(organisation=other, given_name="Alice", family_name="Vreemd")

    found = client.get(page("people", segment), {"q": "Vreemd"}).context["found"]
    answer = client.post(page("put_in", segment), {"contact": str(stranger.pk)})

    assert (found, answer.status_code) == ([], 404)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (StaffMember.Role.AUDITOR, (200, 403)),
        (StaffMember.Role.CALL_AGENT, (403, 403)),
        (StaffMember.Role.ADMINISTRATOR, (403, 403)),
    ],
)
def test_others_see_or_change_no_more_than_their_role(
    role: StaffMember.Role, expected: tuple[int, int], entity: LegalEntity, segment: Segment, alice: Contact
) -> None:
    staff = make.staff_member(organisation=entity.organisation, username="ander", role=role)
    client = signed_in(staff)

    seen = client.get(page("people", segment)).status_code
    changed = client.post(page("put_in", segment), {"contact": str(alice.pk)}).status_code

    assert (seen, changed) == expected


@pytest.mark.parametrize("people", [1, 3])
def test_page_takes_as_few_queries_for_many_as_for_one(
    people: int, client: Client, entity: LegalEntity, segment: Segment
) -> None:
    for number in range(people):
        contact = make.contact(organisation=entity.organisation, given_name=f"Lezer{number}")
        SegmentMember.objects.create(segment=segment, contact=contact, since_at=NOW)

    with CaptureQueriesContext(connection) as queries:
        client.get(page("people", segment))

    assert len(queries) == 10


def test_long_list_has_pages(client: Client, entity: LegalEntity, segment: Segment) -> None:
    for number in range(51):
        contact = make.contact(organisation=entity.organisation, given_name=f"Lezer{number}")
        SegmentMember.objects.create(segment=segment, contact=contact, since_at=NOW)

    first = client.get(page("people", segment)).context["page"]
    second = client.get(page("people", segment), {"page": "2"}).context["page"]

    assert (len(first), len(second), first.paginator.count) == (50, 1, 51)
