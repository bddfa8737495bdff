from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consent.models import Processor
from customers.models import LegalEntity, StaffMember
from scoring.models import AttributeName, BehaviourEvent, ContactAttribute
from tests import make
from tests.scoring.domain.house import house
from tests.scoring.make import attribute_name

pytestmark = pytest.mark.django_db
BEHAVIOUR = "/admin/scoring/behaviourevent/take-up/"
ATTRIBUTES = "/admin/scoring/contactattribute/take-up/"
DID = "address;kind;occurred_at;subject\nalice@example.org;PAGE_VISIT;2026-01-02;/lampen/\n"
IS = "address;churn\nalice@example.org;0,83\n"


@pytest.fixture
def entity() -> LegalEntity:
    found = house()
    attribute_name(legal_entity=found.entity, name="churn", kind=AttributeName.Kind.PROBABILITY)
    make.email_point(contact=make.contact(organisation=found.entity.organisation))
    return found.entity


@pytest.fixture
def marketer(client: Client, entity: LegalEntity) -> Client:
    staff = make.staff_member(
        organisation=entity.organisation, username="mark", role=StaffMember.Role.MARKETING
    )
    client.force_login(staff)
    return client


def bring(client: Client, page: str, entity: LegalEntity, text: str | bytes, **more: Any) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("lijst.csv", content)
    return client.post(page, {"legal_entity": str(entity.pk), "file": file, **more})


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_list_of_what_people_did_is_taken_up_once(marketer: Client, entity: LegalEntity) -> None:
    answers = [bring(marketer, BEHAVIOUR, entity, DID, sender="kassa") for _time in range(2)]

    assert [
        (one.context["taken"].kept, one.context["taken"].known, one.context["faults"]) for one in answers
    ] == [(1, 0, []), (0, 1, [])]
    assert list(BehaviourEvent.objects.values_list("sender", "subject", "via")) == [
        ("kassa", "/lampen/", "FILE")
    ]


def test_rows_that_were_not_kept_are_named_with_why(marketer: Client, entity: LegalEntity) -> None:
    future = "alice@example.org;SEARCH;2999-01-01;x\n"

    page = bring(
        marketer, BEHAVIOUR, entity, f"{DID}{future}bob@example.org;SEARCH;2026-01-02;x\n", sender="x"
    )

    assert [line for line, _sentence in page.context["faults"]] == [3, 4]
    assert [str(sentence) in said(page) for _line, sentence in page.context["faults"]] == [True, True]


def test_list_of_what_people_are_is_taken_up(marketer: Client, entity: LegalEntity) -> None:
    page = bring(marketer, ATTRIBUTES, entity, IS.encode("utf-16"), origin="IMPORTED")

    assert page.context["taken"].kept == 1
    assert list(ContactAttribute.objects.values_list("name", "value")) == [("churn", "0.83")]


def test_bought_list_needs_whence_it_came(marketer: Client, entity: LegalEntity) -> None:
    party: Processor = make.processor(legal_entities=[entity])
    whence = {"origin": "BOUGHT", "seller": "Adressen B.V.", "processor": str(party.pk)}

    refused = bring(marketer, ATTRIBUTES, entity, IS, **whence)
    taken = bring(marketer, ATTRIBUTES, entity, IS, **whence, told_at_0="2026-01-02", told_at_1="12:00")

    assert list(refused.context["form"].errors) == ["origin"]
    assert taken.context["taken"].kept == 1


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("address;shoe-size\nalice@example.org;43\n", "file"),
        ("address;churn\n" + "alice@example.org;0.1\n" * 5_001, "file"),
        ("", "file"),
        (b"\x00\x01\x02" * 500, "file"),
        (b"PK\x03\x04broken", "file"),
    ],
    ids=["unknown column", "too many rows", "empty", "no text", "broken workbook"],
)
def test_list_that_cannot_be_taken_up_is_refused_whole(
    marketer: Client, entity: LegalEntity, text: str | bytes, field: str
) -> None:
    page = bring(marketer, ATTRIBUTES, entity, text, origin="IMPORTED")

    assert (page.status_code, list(page.context["form"].errors)) == (HTTPStatus.OK, [field])
    assert not ContactAttribute.objects.exists()


def test_file_larger_than_may_be_is_refused(marketer: Client, entity: LegalEntity) -> None:
    page = bring(marketer, ATTRIBUTES, entity, b"x" * (5 * 1024 * 1024 + 1), origin="IMPORTED")

    assert list(page.context["form"].errors) == ["file"]


@pytest.mark.parametrize("page", [BEHAVIOUR, ATTRIBUTES])
@pytest.mark.parametrize(
    "role", [StaffMember.Role.CALL_AGENT, StaffMember.Role.AUDITOR, StaffMember.Role.DPO]
)
def test_others_cannot_take_up_lists(
    client: Client, entity: LegalEntity, page: str, role: StaffMember.Role
) -> None:
    client.force_login(make.staff_member(organisation=entity.organisation, username="x", role=role))

    assert (client.get(page).status_code, bring(client, page, entity, DID).status_code) == (403, 403)


def test_list_of_another_organisation_cannot_be_brought(marketer: Client) -> None:
    other = make.legal_entity(organisation=make.organisation(code="ander"), code="ander")

    page = bring(marketer, ATTRIBUTES, other, IS, origin="IMPORTED")

    assert list(page.context["form"].errors) == ["legal_entity"]


def test_tables_offer_it_to_whoever_may(marketer: Client, client: Client, entity: LegalEntity) -> None:
    lists = [page.replace("take-up/", "") for page in (BEHAVIOUR, ATTRIBUTES)]

    offered = [
        page.encode() in marketer.get(address).content
        for page, address in zip((BEHAVIOUR, ATTRIBUTES), lists, strict=True)
    ]
    officer = make.staff_member(organisation=entity.organisation, username="dpo", role=StaffMember.Role.DPO)
    client.force_login(officer)
    hidden = [
        page.encode() in client.get(address).content
        for page, address in zip((BEHAVIOUR, ATTRIBUTES), lists, strict=True)
    ]

    assert (offered, hidden) == ([True, True], [False, False])
