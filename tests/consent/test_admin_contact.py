from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consent.domain.verification import Asking, ask_call_back, code_for
from consent.models import (
    Act,
    AddressVerification,
    Channel,
    ConsentEvent,
    ConsentRecord,
    NoticeVersion,
    Objection,
    OutboxMessage,
    Restriction,
    Source,
    Status,
)
from customers.models import (
    Contact,
    ContactPoint,
    CustomerRelation,
    FormerStanding,
    LegalEntity,
    StaffMember,
    Transaction,
)
from tests import make
from tests.consent.admin_rows import (
    Rows,
    everything,
    given,
    list_of,
    organisation_in,
    page_of,
    signed_in,
    superuser,
)

pytestmark = pytest.mark.django_db
Role = StaffMember.Role


@pytest.fixture
def rows() -> Rows:
    return everything(code="eigen")


@pytest.fixture
def alice(rows: Rows) -> Contact:
    return Contact.objects.get(pk=rows[Contact].pk)


def signed_in_as(role: Role, *, rows: Rows) -> Client:
    member = make.staff_member(organisation=organisation_in(rows), username=role.lower(), role=role)
    return signed_in(member)


def act_of(contact: Contact, slug: str) -> str:
    return reverse("admin:customers_contact_act", args=[contact.pk, slug])


def new_person(rows: Rows) -> tuple[Contact, ContactPoint, NoticeVersion]:
    bob = make.contact(organisation=organisation_in(rows), given_name="Bob")
    version = NoticeVersion.objects.get(pk=rows[NoticeVersion].pk)
    return bob, make.email_point(contact=bob, text="bob@example.org"), version


def test_story_shows_who_what_is_permitted_and_all_that_happened(rows: Rows, alice: Contact) -> None:
    page = signed_in_as(Role.DPO, rows=rows).get(page_of(alice, "change"))

    story = page.context["story"]
    [row] = story.matrix.rows
    assert (str(row.legal_entity), row.purpose.code) == ("eigen B.V.", "offers")
    cells = [[permission.record.status for permission in permissions] for _channel, permissions in row.cells]
    assert cells == [[Status.GIVEN], []]
    assert [entry.event.act for entry in story.timeline] == [
        Act.SUPPRESSED,
        Act.RESTRICTED,
        Act.OBJECTED,
        Act.GIVEN,
    ]
    assert [relation.kind for relation in story.relations] == ["SALE"]
    assert [message.kind for message in story.messages] == ["CONFIRMATION"]


def test_number_is_found_as_it_is_written_here(rows: Rows) -> None:
    bob, _point, _version = new_person(rows)
    make.phone_point(contact=bob, text="+31200000155")

    found = signed_in_as(Role.CALL_AGENT, rows=rows).get(list_of(Contact), {"q": "020-000 01 55"})

    assert [row.pk for row in found.context["cl"].result_list] == [bob.pk]


def test_moment_in_a_heading_is_that_of_the_clock_on_the_wall() -> None:
    event = ConsentEvent(act=Act.GIVEN, occurred_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))

    assert str(event).endswith("2026-07-02 00:30")


def test_story_shows_every_stop_above_everything_else(rows: Rows, alice: Contact) -> None:
    page = signed_in_as(Role.DPO, rows=rows).get(page_of(alice, "change"))

    stops = page.context["story"].stops
    assert [objection.channel for objection in stops.objections] == ["CALL"]
    assert stops.restriction.reason == "Betwist"
    assert [value for value, _block in stops.suppressed] == ["alice@eigen.example.org"]


def test_proof_is_two_clicks_from_the_list_of_contacts(rows: Rows, alice: Contact) -> None:
    client = signed_in_as(Role.DPO, rows=rows)

    listed = client.get(reverse("admin:customers_contact_changelist")).content.decode()
    story = client.get(page_of(alice, "change")).content.decode()

    assert f'href="{page_of(alice, "change")}' in listed
    assert f'href="{page_of(rows[ConsentEvent], "change")}"' in story


def test_story_is_shown_to_an_agent_without_links_they_may_not_follow(rows: Rows, alice: Contact) -> None:
    page = signed_in_as(Role.CALL_AGENT, rows=rows).get(page_of(alice, "change"))

    assert page.status_code == 200
    assert page_of(rows[ConsentEvent], "change") not in page.content.decode()
    assert [act.slug for act in page.context["acts"]] == ["object", "withdraw", "verify", "rights"]


def test_refusal_leads_to_its_own_event(rows: Rows) -> None:
    bob, email, version = new_person(rows)
    form = {
        "notice": str(version.notice_id),
        "contact_point": str(email.pk),
        "act": "REFUSED",
        "actor": "SUBJECT",
        "source": "PHONE_CALL",
    }
    signed_in_as(Role.MARKETING, rows=rows).post(act_of(bob, "permission"), form)

    page = signed_in_as(Role.DPO, rows=rows).get(page_of(bob, "change"))

    [row] = page.context["story"].matrix.rows
    refusal = ConsentEvent.objects.get(subject_id=bob.pk, act=Act.REFUSED)
    assert [(one.look.colour, one.event_id) for one in row.cells[0][1]] == [("stopped", refusal.pk)]


def test_permission_past_its_term_does_not_look_permitted(rows: Rows) -> None:
    bob, email, version = new_person(rows)
    given(contact=bob, point=email, version=version)
    ConsentRecord.objects.filter(contact=bob).update(valid_until=timezone.now() - timedelta(days=1))

    page = signed_in_as(Role.DPO, rows=rows).get(page_of(bob, "change"))

    [row] = page.context["story"].matrix.rows
    assert row.cells[0][1][0].look.colour == "ended"


def test_permission_with_incomplete_proof_does_not_look_permitted(rows: Rows) -> None:
    bob, email, version = new_person(rows)
    given(contact=bob, point=email, version=version)
    ConsentRecord.objects.filter(contact=bob).update(complete=False)

    page = signed_in_as(Role.DPO, rows=rows).get(page_of(bob, "change"))

    [row] = page.context["story"].matrix.rows
    assert row.cells[0][1][0].look.colour == "unclear"


def test_call_to_a_number_that_is_not_verified_does_not_look_permitted(rows: Rows) -> None:
    bob, _email, version = new_person(rows)
    entity, purpose = version.notice.legal_entity, version.notice.purpose
    calls = make.notice_version(
        legal_entity=entity, purpose=purpose, channel=Channel.CALL, code="offers-call"
    )
    point = make.phone_point(contact=bob, text="+31200000155")
    given(contact=bob, point=point, version=calls)
    ConsentRecord.objects.filter(contact=bob).update(complete=True, granted_at=timezone.now())

    client = signed_in(superuser())
    looks = [one.look.colour for one in permissions_on(point, client)]
    ContactPoint.objects.filter(pk=point.pk).update(verified_at=timezone.now(), verified_method="SMS_CODE")
    verified = [one.look.colour for one in permissions_on(point, client)]
    ConsentRecord.objects.filter(contact=bob).update(granted_at=timezone.now() - timedelta(days=200))
    never_called = [one.look.colour for one in permissions_on(point, client)]

    assert (looks, verified, never_called) == (["unclear"], ["allowed"], ["ended"])


def test_permission_for_a_purpose_that_serves_no_more_does_not_look_permitted(rows: Rows) -> None:
    bob, email, version = new_person(rows)
    given(contact=bob, point=email, version=version)
    ConsentRecord.objects.filter(contact=bob).update(complete=True)
    client = signed_in(superuser())
    before = [one.look.colour for one in permissions_on(email, client)]
    version.notice.purpose.legal_entities.clear()

    after = [one.look.colour for one in permissions_on(email, client)]

    assert (before, after) == (["allowed"], ["unclear"])


def permissions_on(point: ContactPoint, client: Client) -> list[Any]:
    page = client.get(page_of(point.contact, "change"))
    cells = [cell for row in page.context["story"].matrix.rows for _channel, cell in row.cells]
    return [one for cell in cells for one in cell if one.record.contact_point == point]


@pytest.mark.parametrize("permissions", [1, 3])
def test_story_asks_the_database_as_often_for_three_permissions_as_for_one(
    rows: Rows, permissions: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bob, _email, version = new_person(rows)
    for number in range(permissions):
        point = make.email_point(contact=bob, text=f"bob{number}@example.org")
        given(contact=bob, point=point, version=version)
    client = signed_in(superuser())

    with django_assert_num_queries(27):  # where they go on journeys is one of them
        page = client.get(page_of(bob, "change"))

    assert len(page.context["story"].timeline) == permissions


def test_objection_is_recorded_for_the_scope_the_person_named(rows: Rows) -> None:
    bob, email, version = new_person(rows)
    given(contact=bob, point=email, version=version)
    client = signed_in_as(Role.CALL_AGENT, rows=rows)
    form = {"legal_entity": str(rows[LegalEntity].pk), "channel": "EMAIL", "source": "PHONE_CALL"}

    answer = client.post(act_of(bob, "object"), form)

    assert answer["Location"] == page_of(bob, "change")
    objection = Objection.objects.get(contact=bob)
    assert (objection.legal_entity_id, objection.purpose_id, objection.channel, objection.standing) == (
        rows[LegalEntity].pk,
        None,
        "EMAIL",
        True,
    )
    event = ConsentEvent.objects.get(subject_id=bob.pk, act=Act.OBJECTED)
    agent = StaffMember.objects.get(username="call_agent")
    assert (event.source, event.staff_id) == (Source.PHONE_CALL, agent.pk)
    assert ConsentRecord.objects.get(contact=bob).status == Status.WITHDRAWN


def test_objection_to_everything_is_one_press_away(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)

    signed_in_as(Role.CALL_AGENT, rows=rows).post(act_of(bob, "object"), {"source": "PHONE_CALL"})

    objection = Objection.objects.get(contact=bob)
    assert (objection.legal_entity_id, objection.purpose_id, objection.channel) == (None, None, "")


def test_one_permission_is_withdrawn(rows: Rows) -> None:
    bob, email, version = new_person(rows)
    given(contact=bob, point=email, version=version)
    record = ConsentRecord.objects.get(contact=bob)

    signed_in_as(Role.MARKETING, rows=rows).post(
        act_of(bob, "withdraw"), {"permission": str(record.pk), "source": "PAPER"}
    )

    record.refresh_from_db()
    assert record.status == Status.WITHDRAWN


def test_withdrawing_offers_only_what_stands(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)

    page = signed_in_as(Role.MARKETING, rows=rows).get(act_of(bob, "withdraw"))

    assert list(page.context["form"].fields["permission"].queryset) == []


def test_permission_by_phone_is_entered_with_its_proof(rows: Rows) -> None:
    bob, email, version = new_person(rows)
    form = {
        "notice": str(version.notice_id),
        "contact_point": str(email.pk),
        "act": "GIVEN",
        "actor": "SUBJECT",
        "occurred_at_0": "2026-11-20",
        "occurred_at_1": "10:30",
        "source": "PHONE_CALL",
        "place": "Klantenservice",
        "proof_reference": "opname 17",
        "notice_version": str(version.pk),
    }

    answer = signed_in_as(Role.MARKETING, rows=rows).post(act_of(bob, "permission"), form)

    assert answer.status_code == 302
    record = ConsentRecord.objects.get(contact=bob)
    assert (record.status, record.complete) == (Status.GIVEN, True)
    assert OutboxMessage.objects.filter(contact=bob).count() == 1


def test_permission_without_a_fitting_address_gets_a_sentence(rows: Rows) -> None:
    bob, _email, version = new_person(rows)
    form = {"notice": str(version.notice_id), "act": "GIVEN", "actor": "SUBJECT", "source": "PHONE_CALL"}

    answer = signed_in_as(Role.MARKETING, rows=rows).post(act_of(bob, "permission"), form)

    assert list(answer.context["form"].errors) == ["contact_point"]
    assert ConsentEvent.objects.filter(subject_id=bob.pk).count() == 0


def test_nothing_about_a_permission_is_chosen_beforehand(rows: Rows) -> None:
    bob, _point, _version = new_person(rows)
    marketing = signed_in_as(Role.MARKETING, rows=rows)

    answer = marketing.post(act_of(bob, "permission"), {"actor": "SUBJECT"})

    assert {"notice", "act", "source"} <= set(answer.context["form"].errors)
    assert 'value="GIVEN" selected' not in answer.content.decode()


def test_sale_is_entered_and_starts_a_relation(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)
    form = {
        "legal_entity": str(rows[LegalEntity].pk),
        "kind": "SALE",
        "obligation_to_pay": "on",
        "occurred_at_0": "2026-11-20",
        "occurred_at_1": "10:30",
        "supplied_kinds": ["EMAIL"],
        "told_at_collection": "on",
        "optout_offered": "on",
        "source": "PHONE_CALL",
    }

    signed_in_as(Role.MARKETING, rows=rows).post(act_of(bob, "transaction"), form)

    relation = CustomerRelation.objects.get(contact=bob)
    assert (relation.kind, relation.email_collection) == ("SALE", "COMPLETE")


def test_sale_without_payment_gets_a_sentence(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)
    form = {
        "legal_entity": str(rows[LegalEntity].pk),
        "kind": "SALE",
        "occurred_at_0": "2026-11-20",
        "occurred_at_1": "10:30",
        "source": "PHONE_CALL",
    }

    answer = signed_in_as(Role.MARKETING, rows=rows).post(act_of(bob, "transaction"), form)

    assert list(answer.context["form"].errors) == ["__all__"]
    assert Transaction.objects.filter(contact=bob).count() == 0


def test_contract_is_ended(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)
    entity = LegalEntity.objects.get(pk=rows[LegalEntity].pk)
    running = make.transaction(contact=bob, legal_entity=entity, runs_on=True)
    form = {"transaction": str(running.pk), "ended_at_0": "2026-04-01", "ended_at_1": "12:00"}

    signed_in_as(Role.MARKETING, rows=rows).post(act_of(bob, "end-contract"), form)

    running.refresh_from_db()
    assert (running.runs_on, running.ended_at is not None) == (False, True)


def test_officer_extends_a_term_with_test_and_opinion(rows: Rows) -> None:
    alice = Contact.objects.get(pk=rows[Contact].pk)
    relation = alice.relations.get()
    form = {
        "relation": str(relation.pk),
        "term_months": "60",
        "balancing_test": "Wij wogen.",
        "opinion_reference": "B-2",
        "opinion": "Kan.",
    }

    signed_in_as(Role.DPO, rows=rows).post(act_of(alice, "longer-term"), form)

    relation.refresh_from_db()
    assert relation.ends_at is not None
    assert relation.ends_at.date().isoformat() == "2025-01-01"


def test_officer_restricts_and_lifts(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)
    client = signed_in_as(Role.DPO, rows=rows)

    client.post(act_of(bob, "restrict"), {"reason": "Juistheid betwist"})
    again = client.post(act_of(bob, "restrict"), {"reason": "Nog eens"})
    client.post(act_of(bob, "lift-restriction"), {"note": "Gebeld"})

    assert list(again.context["form"].errors) == ["__all__"]
    restriction = Restriction.objects.get(contact=bob)
    assert (restriction.reason, restriction.lifted_at is not None) == ("Juistheid betwist", True)


def test_officer_blocks_an_address(rows: Rows) -> None:
    bob, email, _version = new_person(rows)
    client = signed_in_as(Role.DPO, rows=rows)

    client.post(act_of(bob, "block"), {"point": str(email.pk), "reason": "Op verzoek"})

    stops = client.get(page_of(bob, "change")).context["story"].stops
    assert [(value, block.channel, block.lifted_at) for value, block in stops.suppressed] == [
        ("bob@example.org", "", None)
    ]


def test_agent_verifies_a_number_with_the_code_the_person_reads(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)
    phone = make.phone_point(contact=bob, text="+31200000102")
    entity = LegalEntity.objects.get(pk=rows[LegalEntity].pk)
    waiting = ask_call_back(
        asking=Asking(point=phone, legal_entity=entity, language="nl", asked_at=timezone.now())
    )
    client = signed_in_as(Role.CALL_AGENT, rows=rows)
    code = code_for(verification=waiting)
    wrong = "000000" if code != "000000" else "111111"

    refused = client.post(act_of(bob, "verify"), {"verification": str(waiting.pk), "code": wrong})
    client.post(act_of(bob, "verify"), {"verification": str(waiting.pk), "code": code})

    assert list(refused.context["form"].errors) == ["__all__"]
    phone.refresh_from_db()
    assert (phone.verified_method, phone.verified_by.username if phone.verified_by else "") == (
        AddressVerification.Method.CALL_BACK,
        "call_agent",
    )


def test_pages_never_show_the_code_to_staff(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)
    phone = make.phone_point(contact=bob, text="+31200000102")
    entity = LegalEntity.objects.get(pk=rows[LegalEntity].pk)
    waiting = ask_call_back(
        asking=Asking(point=phone, legal_entity=entity, language="nl", asked_at=timezone.now())
    )
    code = code_for(verification=waiting)
    client = signed_in(superuser())

    pages = [act_of(bob, "verify"), page_of(waiting, "change"), page_of(bob, "change")]

    assert [code in client.get(page).content.decode() for page in pages] == [False, False, False]


def test_new_address_starts_unverified(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)

    signed_in_as(Role.MARKETING, rows=rows).post(act_of(bob, "address"), {"address": "020-000 0103"})

    point = ContactPoint.objects.get(contact=bob, kind="PHONE")
    assert (point.value, point.verified_at) == ("+31200000103", None)


def test_address_that_is_none_gets_a_sentence(rows: Rows) -> None:
    bob, _email, _version = new_person(rows)

    answer = signed_in_as(Role.MARKETING, rows=rows).post(act_of(bob, "address"), {"address": "geen"})

    assert list(answer.context["form"].errors) == ["__all__"]


@pytest.mark.parametrize(
    ("role", "slug"),
    [
        (Role.AUDITOR, "object"),
        (Role.ADMINISTRATOR, "object"),
        (Role.CALL_AGENT, "permission"),
        (Role.CALL_AGENT, "restrict"),
        (Role.MARKETING, "restrict"),
        (Role.MARKETING, "block"),
        (Role.MARKETING, "longer-term"),
        (Role.DPO, "transaction"),
    ],
)
def test_act_outside_the_role_is_forbidden(rows: Rows, alice: Contact, role: Role, slug: str) -> None:
    client = signed_in_as(role, rows=rows)

    answers = [client.get(act_of(alice, slug)), client.post(act_of(alice, slug), {"source": "PHONE_CALL"})]

    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("slug", ["object", "withdraw", "permission", "address", "verify"])
def test_act_for_a_contact_of_another_organisation_is_not_found(rows: Rows, slug: str) -> None:
    stranger = everything(code="ander")[Contact]
    client = signed_in_as(Role.MARKETING, rows=rows)

    assert client.get(reverse("admin:customers_contact_act", args=[stranger.pk, slug])).status_code == 404


def test_unknown_act_is_not_found(rows: Rows, alice: Contact) -> None:
    assert signed_in_as(Role.DPO, rows=rows).get(act_of(alice, "erase")).status_code == 404


def test_marketing_adds_a_contact_and_lands_on_its_story(rows: Rows) -> None:
    client = signed_in_as(Role.MARKETING, rows=rows)
    form = {
        "organisation": str(organisation_in(rows).pk),
        "kind": "PERSON",
        "given_name": "Carla",
        "family_name": "Smit",
        "language": "nl",
    }

    answer = client.post(reverse("admin:customers_contact_add"), form)

    carla = Contact.objects.get(given_name="Carla")
    assert answer["Location"] == page_of(carla, "change")
    assert carla.organisation == organisation_in(rows)


def test_marketing_corrects_a_name(rows: Rows, alice: Contact) -> None:
    client = signed_in_as(Role.MARKETING, rows=rows)
    form = {"kind": "PERSON", "given_name": "Alice", "family_name": "de Boer", "language": "nl"}

    answer = client.post(reverse("admin:customers_contact_details", args=[alice.pk]), form)

    alice.refresh_from_db()
    assert (answer.status_code, alice.family_name) == (302, "de Boer")


def test_erased_contact_cannot_be_changed(rows: Rows, alice: Contact) -> None:
    Contact.objects.filter(pk=alice.pk).update(
        given_name="", family_name="", organisation_name="", erased_at=make.NOW
    )
    client = signed_in_as(Role.MARKETING, rows=rows)

    answer = client.post(reverse("admin:customers_contact_details", args=[alice.pk]), {"given_name": "X"})

    assert answer.status_code == 403


def test_timeline_is_paged(rows: Rows) -> None:
    bob, email, version = new_person(rows)
    for _time in range(51):
        given(contact=bob, point=email, version=version)
    client = signed_in_as(Role.DPO, rows=rows)

    first = client.get(page_of(bob, "change"))
    second = client.get(page_of(bob, "change"), {"page": "2"})

    lengths = [len(page.context["story"].timeline) for page in (first, second)]
    assert lengths == [50, 1]


def details_of(contact: Contact) -> str:
    return reverse("admin:customers_contact_details", args=[contact.pk])


def typed(contact: Contact, **changes: str) -> dict[str, str]:
    return {
        "kind": contact.kind,
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "organisation_name": contact.organisation_name,
        "country": contact.country,
        "language": contact.language,
        **changes,
    }


def test_change_of_what_decides_the_rules_keeps_what_held(rows: Rows, alice: Contact) -> None:
    client = signed_in_as(Role.MARKETING, rows=rows)

    client.post(details_of(alice), typed(alice, country="BE", holds_since="2024-05-01"))

    former = FormerStanding.objects.get(contact=alice)
    assert former.country == alice.country
    assert timezone.localtime(former.held_until_at).strftime("%Y-%m-%d %H:%M") == "2024-05-01 00:00"
    assert timezone.now() - former.replaced_at < timedelta(minutes=1)
    assert "Former standings" in client.get(details_of(alice)).content.decode()


def test_change_of_a_name_keeps_nothing(rows: Rows, alice: Contact) -> None:
    signed_in_as(Role.MARKETING, rows=rows).post(details_of(alice), typed(alice, given_name="Alicia"))

    assert Contact.objects.get(pk=alice.pk).given_name == "Alicia"
    assert not FormerStanding.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"country": "BE", "holds_since": "2999-01-01"}, "still to come"),
        ({"given_name": "Alicia", "holds_since": "2024-05-01"}, "leave this empty"),
    ],
    ids=["a day to come", "nothing that decides"],
)
def test_day_that_makes_no_sense_is_refused(
    rows: Rows, alice: Contact, changes: dict[str, str], sentence: str
) -> None:
    page = signed_in_as(Role.MARKETING, rows=rows).post(details_of(alice), typed(alice, **changes))

    assert sentence in page.content.decode()
    assert not FormerStanding.objects.exists()
