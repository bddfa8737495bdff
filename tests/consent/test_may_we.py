"""The page that answers “May we?”, and the panel with the same answers on the page of a contact."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consent.domain.withdrawals import Scope, object_to
from customers.models import Contact, LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import BY_PHONE, signed_in, superuser
from tests.consent.asking_scene import BY_CALL, BY_EMAIL, DAY_BEFORE, buy, customer, shop

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
PAGE = "/admin/may-we/"


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def lamps() -> LegalEntity:
    return shop()


@pytest.fixture
def anna(lamps: LegalEntity) -> Contact:
    return customer(entity=lamps, name="Anna", number=101)


def member(entity: LegalEntity, role: Role = Role.DPO, *, only: LegalEntity | None = None) -> Client:
    staff = make.staff_member(
        organisation=entity.organisation,
        username=f"staff-{role.lower()}",
        role=role,
        legal_entities=[only] if only else [],
    )
    return signed_in(staff)


def codes_on(page: Any) -> list[tuple[str, str]]:
    return [(card.answer.address, card.answer.decision.code) for card in page.context["cards"]]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.MARKETING, 200),
        (Role.CALL_AGENT, 200),
        (Role.DPO, 200),
        (Role.AUDITOR, 200),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_page_is_for_everybody_who_sees_contacts(lamps: LegalEntity, role: Role, status: int) -> None:
    client = member(lamps, role)

    page, start = client.get(PAGE), client.get(reverse("admin:index"))

    assert page.status_code == status
    assert [link["url"] for link in start.context["pages"] if link["url"] == PAGE] == [PAGE] * (status == 200)


def test_page_needs_a_login() -> None:
    assert Client().get(PAGE)["Location"] == f"/admin/login/?next={PAGE}"


def test_yes_is_told_in_words_with_its_proof(lamps: LegalEntity, anna: Contact) -> None:
    page = member(lamps).post(PAGE, {**BY_EMAIL, "address": " Anna@Example.org "})

    [card] = page.context["cards"]
    assert card.verdict == "Yes, lampenwinkel B.V. may send this e-mail."
    assert (card.main.code, card.others) == ("A_SOFT_OPTIN", [])
    assert [told.code for told in card.duties] == [
        "O_SENDER_IDENTITY",
        "O_POSTAL_OR_NUMBER",
        "O_UNSUBSCRIBE_LINK",
        "O_LIST_UNSUBSCRIBE",
    ]
    sale, relation = anna.transactions.get(), anna.relations.get()
    assert [proof.url for proof in card.proofs] == [
        reverse("admin:customers_transaction_change", args=[sale.pk]),
        reverse("admin:customers_customerrelation_change", args=[relation.pk]),
    ]
    assert card.until == "No end date. Only something that happens, such as a withdrawal, changes this."
    text = page.content.decode()
    assert all(f'href="{proof.url}"' in text for proof in card.proofs)
    assert f'href="{reverse("admin:customers_contact_change", args=[anna.pk])}"' in text


def test_no_is_told_with_every_reason(lamps: LegalEntity, anna: Contact) -> None:
    make.caller_number(legal_entity=lamps)
    object_to(contact=anna, scope=Scope(channel="CALL"), how=BY_PHONE, occurred_at=make.NOW)

    page = member(lamps).post(PAGE, {**BY_CALL, "address": "020-000 01 01", "product_group": "meubels"})

    [card] = page.context["cards"]
    assert card.verdict == "No, lampenwinkel B.V. may not call."
    assert [told.code for told in (card.main, *card.others)] == [
        "D_OBJECTION",
        "D_REL_ENDED_20260701",
        "D_REL_NOT_SIMILAR",
    ]
    assert card.duties == []
    assert (card.number, card.hours) == ("", "")
    assert card.until == ("No end date. Only something that happens, such as a new permission, changes this.")


def test_answer_is_given_in_dutch(lamps: LegalEntity, anna: Contact) -> None:
    client = member(lamps)
    client.cookies.load({"language": "nl"})

    page = client.post(PAGE, {**BY_CALL, "address": "020-0000101"})

    assert "sinds 1 juli 2026" in page.context["cards"][0].main.sentence


def test_agent_gets_no_link_to_proof_they_may_not_open(lamps: LegalEntity, anna: Contact) -> None:
    page = member(lamps, Role.CALL_AGENT).post(PAGE, {**BY_EMAIL, "address": "anna@example.org"})

    assert [proof.url for proof in page.context["cards"][0].proofs] == ["", ""]


def test_address_in_a_link_is_not_read(lamps: LegalEntity, anna: Contact) -> None:
    page = member(lamps).get(PAGE, {**BY_EMAIL, "address": "anna@example.org"})

    assert (page.context["cards"], page.context["form"].is_bound) == ([], False)
    assert "anna@example.org" not in page.content.decode()


def test_question_begins_in_the_box_on_the_start_page(lamps: LegalEntity) -> None:
    client = member(lamps)

    start = client.get(reverse("admin:index")).content.decode()
    page = client.post(PAGE, {"address": "anna@example.org"})

    assert f'method="post" action="{PAGE}"' in start
    assert (page.context["form"].is_bound, page.context["cards"]) == (False, [])
    assert 'value="anna@example.org"' in page.content.decode()


def test_box_is_not_for_who_sees_no_contacts(lamps: LegalEntity) -> None:
    start = member(lamps, Role.ADMINISTRATOR).get(reverse("admin:index")).content.decode()

    assert PAGE not in start


def test_link_from_a_contact_answers_for_each_of_their_addresses(lamps: LegalEntity, anna: Contact) -> None:
    make.email_point(contact=anna, text="tweede@example.org")

    page = member(lamps).get(PAGE, {**BY_EMAIL, "contact": str(anna.pk), "address": "x@example.org"})

    assert sorted(codes_on(page)) == [
        ("anna@example.org", "A_SOFT_OPTIN"),
        ("tweede@example.org", "A_SOFT_OPTIN"),
    ]


@pytest.mark.parametrize("channel", ["POST", "NONE"])
def test_contact_without_such_an_address_gets_an_answer(
    lamps: LegalEntity, anna: Contact, channel: str
) -> None:
    page = member(lamps).get(PAGE, {**BY_CALL, "channel": channel, "contact": str(anna.pk)})

    code = {"POST": "D_ADDRESS_INVALID", "NONE": "D_NO_BASIS"}[channel]
    assert [found for _address, found in codes_on(page)] == [code]


def test_of_one_number_the_contact_named_is_asked_about(lamps: LegalEntity, anna: Contact) -> None:
    other = make.contact(organisation=lamps.organisation, given_name="Bob")
    make.email_point(contact=other, text="anna@example.org")
    asked = {**BY_EMAIL, "address": "anna@example.org"}
    client = member(lamps)

    anybody, named = client.post(PAGE, asked), client.post(PAGE, {**asked, "contact": str(anna.pk)})

    assert [codes_on(page)[0][1] for page in (anybody, named)] == ["D_NO_BASIS", "A_SOFT_OPTIN"]


def test_answer_is_that_of_the_moment_asked_about(lamps: LegalEntity, anna: Contact) -> None:
    client, asked = member(lamps), {**BY_CALL, "address": "020-0000101"}

    pages = [client.post(PAGE, {**asked, **moment}) for moment in ({}, DAY_BEFORE, {"at_date": "2024-01-01"})]

    assert [codes_on(page)[0][1] for page in pages] == ["D_REL_ENDED_20260701", "A_REL_SALE", "D_NO_BASIS"]
    assert pages[1].context["cards"][0].at == "June 30, 2026, 11:59 p.m."


def test_what_was_recorded_later_is_left_out(lamps: LegalEntity, anna: Contact) -> None:
    asked = {**BY_CALL, **DAY_BEFORE, "address": "020-0000101", "known_at_date": "2025-03-09"}

    page = member(lamps).post(PAGE, asked)

    assert codes_on(page) == [("+31200000101", "D_NO_BASIS")]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"address": ""}, "address"),
        ({"legal_entity": "ander"}, "legal_entity"),
        ({"purpose": "x"}, "purpose"),
        ({"channel": "FAX"}, "channel"),
        ({"product_group": "x"}, "product_group"),
        ({"at_date": "gisteren"}, "at"),
        ({"at_time": "12:00"}, "at"),
        ({"known_at_date": "2026-02-30"}, "known_at"),
        ({"contact": "x"}, "contact"),
    ],
)
def test_unusable_question_is_refused_at_its_field(
    lamps: LegalEntity, said: dict[str, str], field: str
) -> None:
    shop(code="ander")

    page = member(lamps).post(PAGE, {**BY_CALL, "address": "020-0000101", **said})

    assert (page.status_code, page.context["cards"]) == (200, [])
    assert list(page.context["form"].errors) == [field]


def test_contact_of_another_organisation_is_refused(lamps: LegalEntity) -> None:
    stranger = customer(entity=shop(code="ander"), name="Bob", number=102)

    page = member(lamps).get(PAGE, {**BY_EMAIL, "contact": str(stranger.pk)})

    assert (page.context["cards"], list(page.context["form"].errors)) == ([], ["contact"])
    assert "bob@example.org" not in page.content.decode()


def test_staff_of_one_legal_entity_ask_for_that_one_alone(lamps: LegalEntity) -> None:
    sister = shop(organisation=lamps.organisation, code="stroomkring")
    client = member(lamps, only=sister)

    page = client.post(PAGE, {**BY_CALL, "address": "020-0000101"})

    entities = page.context["form"].fields["legal_entity"].queryset
    assert [entity.code for entity in entities] == ["stroomkring"]
    assert list(page.context["form"].errors) == ["legal_entity"]


@pytest.mark.parametrize("sales", [1, 3])
def test_answer_takes_as_many_queries_for_three_sales_as_for_one(
    lamps: LegalEntity, anna: Contact, sales: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for group in ("meubels", "lampen")[: sales - 1]:
        buy(contact=anna, entity=lamps, group=group)
    client = signed_in(superuser())

    # What is sent in the admin is one transaction: in a test a savepoint and its release.
    with django_assert_num_queries(9):
        page = client.post(PAGE, {**BY_EMAIL, "address": "anna@example.org"})

    assert codes_on(page) == [("anna@example.org", "A_SOFT_OPTIN")]


def test_contact_page_tells_what_may_be_done_now(lamps: LegalEntity, anna: Contact) -> None:
    sister = shop(organisation=lamps.organisation, code="stroomkring")

    page = member(lamps).get(reverse("admin:customers_contact_change", args=[anna.pk]))

    answers = page.context["answers"]
    said = [
        (
            str(row.legal_entity),
            str(row.product_group),
            [[verdict.look.colour for verdict in verdicts] for _channel, verdicts in row.cells],
        )
        for row in answers.rows
    ]
    assert answers.channels == ["E-mail", "Phone call"]
    assert said == [
        ("lampenwinkel B.V.", "Lampen", [["allowed"], ["stopped"]]),
        (str(sister), "None", [["stopped"], ["stopped"]]),
    ]


def test_verdict_on_a_contact_page_leads_to_the_whole_answer(lamps: LegalEntity, anna: Contact) -> None:
    client = member(lamps)
    story = client.get(reverse("admin:customers_contact_change", args=[anna.pk]))
    [row] = story.context["answers"].rows
    [(_email, [verdict]), _call] = row.cells

    page = client.get(verdict.url)

    assert codes_on(page) == [("anna@example.org", "A_SOFT_OPTIN")]
    assert "@" not in verdict.url


def test_contact_page_tells_each_address_apart(lamps: LegalEntity, anna: Contact) -> None:
    make.email_point(contact=anna, text="tweede@example.org")

    page = member(lamps).get(reverse("admin:customers_contact_change", args=[anna.pk]))

    [row] = page.context["answers"].rows
    cells = [sorted(verdict.address for verdict in verdicts) for _channel, verdicts in row.cells]
    assert cells == [["anna@example.org", "tweede@example.org"], [""]]


def test_staff_of_one_legal_entity_see_its_verdicts_alone(lamps: LegalEntity, anna: Contact) -> None:
    sister = shop(organisation=lamps.organisation, code="stroomkring")
    client = member(lamps, only=sister)

    page = client.get(reverse("admin:customers_contact_change", args=[anna.pk]))

    assert [row.legal_entity for row in page.context["answers"].rows] == [sister]


@pytest.mark.parametrize("sales", [1, 3])
def test_contact_page_asks_two_queries_a_verdict_however_much_is_known(
    lamps: LegalEntity, anna: Contact, sales: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for group in ("meubels", "lampen")[: sales - 1]:
        buy(contact=anna, entity=lamps, group=group)
        make.email_point(contact=anna, text=f"{group}@example.org")
    client = signed_in(superuser())

    # Three of them for what they did, what is known, and which journeys they go.
    with django_assert_num_queries(25):
        page = client.get(reverse("admin:customers_contact_change", args=[anna.pk]))

    # One for each product group that was bought.
    assert len(page.context["answers"].rows) == min(sales, 2)


def test_address_is_asked_for_and_not_called_optional(lamps: LegalEntity, anna: Contact) -> None:
    client = member(lamps)

    begun = client.get(PAGE).context["form"]
    without = client.post(PAGE, {**BY_CALL, "address": ""}).context["form"]
    of_contact = client.get(PAGE, {**BY_CALL, "contact": str(anna.pk)}).context["form"]

    assert [form.fields["address"].required for form in (begun, without, of_contact)] == [True, True, False]
    assert without.errors == {"address": ["Give an e-mail address or phone number, or ask from a contact."]}
    assert of_contact.errors == {}


def test_no_says_until_when_and_not_that_it_holds(lamps: LegalEntity, anna: Contact) -> None:
    client = member(lamps)

    denied = client.post(PAGE, {**BY_CALL, "address": "+31200000101"}).content.decode()
    allowed = client.post(PAGE, {**BY_EMAIL, "address": "anna@example.org"}).content.decode()

    assert ("<dt>Until when</dt>" in denied, "<dt>Holds until</dt>" in denied) == (True, False)
    assert ("<dt>Until when</dt>" in allowed, "<dt>Holds until</dt>" in allowed) == (False, True)
