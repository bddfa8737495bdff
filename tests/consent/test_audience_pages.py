"""Whom may we reach, and what if: the numbers, the lists and their exports."""

import csv
import io
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consent.models import Disclosure
from customers.models import Contact, LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in
from tests.consent.asking_scene import BY_CALL, BY_EMAIL, DAY_AFTER, DAY_BEFORE, customer, shop

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
AUDIENCE, WHAT_IF = "/admin/audience/", "/admin/what-if/"
LISTS = (f"{AUDIENCE}list/", f"{WHAT_IF}list/")
BOTH = {**BY_CALL, **DAY_BEFORE, **DAY_AFTER}


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def lamps() -> LegalEntity:
    return shop()


@pytest.fixture
def people(lamps: LegalEntity) -> list[Contact]:
    """Two who bought lamps, one who bought furniture, one known to be a company, and nobody's friend."""
    bakery = make.contact(
        organisation=lamps.organisation,
        kind=Contact.Kind.ORGANISATION,
        legal_form="BV",
        given_name="",
        family_name="",
        organisation_name="=Bakkerij",
    )
    make.phone_point(contact=bakery, text="+31200000108")
    customer(entity=shop(code="ander"), name="Vreemd", number=199)
    return [
        customer(entity=lamps, name="Anna", number=101),
        customer(entity=lamps, name="Bram", number=102),
        customer(entity=lamps, name="Carla", number=103, group="meubels"),
        bakery,
    ]


def member(entity: LegalEntity, role: Role = Role.MARKETING) -> Client:
    staff = make.staff_member(organisation=entity.organisation, username=f"staff-{role.lower()}", role=role)
    return signed_in(staff)


def asked_for(client: Client, address: str, question: dict[str, str]) -> Any:
    return client.post(f"{address}?{urlencode(question)}")


def taken(client: Client, address: str, question: dict[str, str]) -> list[list[str]]:
    answer = asked_for(client, address, question)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def counted(rows: Any) -> dict[str, int]:
    return {row.told.code: row.number for row in rows}


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.MARKETING, 200),
        (Role.DPO, 200),
        (Role.AUDITOR, 200),
        (Role.CALL_AGENT, 403),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_pages_are_for_who_may_see_audiences(lamps: LegalEntity, role: Role, status: int) -> None:
    client = member(lamps, role)

    answers = [client.get(page, BOTH).status_code for page in (AUDIENCE, WHAT_IF)]
    answers += [asked_for(client, address, BOTH).status_code for address in LISTS]
    start = client.get(reverse("admin:index"))

    links = [model["admin_url"] for group in start.context["app_list"] for model in group["models"]]
    assert answers == [status] * 4
    assert [link for link in links if link in {AUDIENCE, WHAT_IF, *LISTS}] == [AUDIENCE, WHAT_IF][
        : 2 * (status == 200)
    ]


def test_pages_need_a_login() -> None:
    pages = (AUDIENCE, WHAT_IF, *LISTS)

    answers = [Client().get(page)["Location"] for page in pages]

    assert answers == [f"/admin/login/?next={page}" for page in pages]


def test_page_without_a_question_shows_the_form(lamps: LegalEntity) -> None:
    client = member(lamps)

    pages = [client.get(page) for page in (AUDIENCE, WHAT_IF)]
    lists = [client.post(address).status_code for address in LISTS]

    assert [page.context["form"].is_bound for page in pages] == [False, False]
    assert lists == [404, 404]


@pytest.mark.usefixtures("people")
def test_audience_is_counted_by_ground_and_reason(lamps: LegalEntity) -> None:
    page = member(lamps).get(AUDIENCE, {**BY_CALL, **DAY_BEFORE})

    table = page.context["table"]
    assert counted(table.grounds) == {"A_LEGAL_PERSON": 1, "A_REL_SALE": 2}
    assert counted(table.denials) == {"D_REL_NOT_SIMILAR": 1}
    assert (table.reachable, table.total) == (3, 4)
    assert [(bar.number, bar.percent, bar.colour) for bar in table.bars] == [
        (1, "50.0%", "allowed"),
        (2, "100.0%", "allowed"),
        (1, "50.0%", "stopped"),
    ]


@pytest.mark.usefixtures("people")
def test_audience_lists_who_may_be_reached(lamps: LegalEntity) -> None:
    page = member(lamps).get(AUDIENCE, BY_EMAIL)

    rows = page.context["rows"]
    assert sorted((str(row.member.point), row.told.code) for row in rows) == [
        ("anna@example.org", "A_SOFT_OPTIN"),
        ("bram@example.org", "A_SOFT_OPTIN"),
    ]
    assert page.context["next_after"] is None
    assert "vreemd@example.org" not in page.content.decode()


def test_audience_is_paged_by_key(lamps: LegalEntity) -> None:
    for number in range(51):
        customer(entity=lamps, name=f"P{number}", number=1000 + number)
    client = member(lamps)

    first = client.get(AUDIENCE, BY_EMAIL)
    second = client.get(AUDIENCE, {**BY_EMAIL, "after": str(first.context["next_after"])})

    assert [len(page.context["rows"]) for page in (first, second)] == [50, 1]
    assert (second.context["table"], second.context["next_after"]) == (None, None)


def test_key_that_is_none_begins_at_the_start(lamps: LegalEntity, people: list[Contact]) -> None:
    page = member(lamps).get(AUDIENCE, {**BY_EMAIL, "after": "x"})

    assert len(page.context["rows"]) == 2


def test_empty_audience_says_what_to_do(lamps: LegalEntity) -> None:
    text = member(lamps).get(AUDIENCE, BY_EMAIL).content.decode()

    assert "Nobody has an address for this channel yet." in text


def test_small_list_comes_at_once_without_formulas(lamps: LegalEntity, people: list[Contact]) -> None:
    anna, bram, _carla, bakery = people

    titles, *rows = taken(member(lamps), LISTS[0], {**BY_CALL, **DAY_BEFORE})

    assert titles == [
        "contact",
        "name",
        "address",
        "allowed",
        "code",
        "reasons",
        "ground",
        "valid_until",
        "caller_number",
    ]
    assert sorted(row[:8] for row in rows) == sorted(
        [
            [
                str(bakery.pk),
                "'=Bakkerij",
                "+31200000108",
                "true",
                "A_LEGAL_PERSON",
                "A_LEGAL_PERSON",
                "NO_CONSENT_NEEDED",
                "",
            ],
            *(
                [
                    str(contact.pk),
                    f"{contact.given_name} Jansen",
                    number,
                    "true",
                    "A_REL_SALE",
                    "A_REL_SALE",
                    "CUSTOMER_RELATION",
                    "2026-07-01T00:00:00+02:00",
                ]
                for contact, number in ((anna, "+31200000101"), (bram, "+31200000102"))
            ),
        ]
    )


@pytest.mark.usefixtures("people")
def test_comparison_counts_from_code_to_code(lamps: LegalEntity) -> None:
    page = member(lamps).get(WHAT_IF, BOTH)

    table = page.context["table"]
    assert [(row.before.code, row.after.code, row.number) for row in table.changed] == [
        ("A_REL_SALE", "D_REL_ENDED_20260701", 2),
        ("D_REL_NOT_SIMILAR", "D_REL_ENDED_20260701", 1),
    ]
    assert [(row.before.code, row.number) for row in table.unchanged] == [("A_LEGAL_PERSON", 1)]
    assert [bar.number for bar in table.bars] == [2, 0, 1, 1]


@pytest.mark.usefixtures("people")
def test_comparison_lists_whom_you_will_lose(lamps: LegalEntity) -> None:
    page = member(lamps).get(WHAT_IF, BOTH)

    rows = page.context["rows"]
    assert sorted((str(row.member.point), then.told.code) for row, then in rows) == [
        ("+31200000101", "D_REL_ENDED_20260701"),
        ("+31200000102", "D_REL_ENDED_20260701"),
    ]


@pytest.mark.usefixtures("people")
def test_terms_that_end_are_seen_ahead(lamps: LegalEntity) -> None:
    ahead = {"then_date": "2028-03-11"}

    by_call = member(lamps).get(WHAT_IF, {**BY_CALL, "at_date": "2026-06-30", **ahead})

    assert by_call.context["table"].comparison.lost == 2


def test_who_was_in_an_export_is_written_down(lamps: LegalEntity, people: list[Contact]) -> None:
    marketer = member(lamps)

    _titles, *rows = taken(marketer, LISTS[0], {**BY_CALL, **DAY_BEFORE})

    [part] = Disclosure.objects.all()
    assert sorted(str(key) for key in part.contact_ids) == sorted(row[0] for row in rows)
    assert (part.source, part.legal_entity, part.channel) == ("AUDIENCE", lamps, "CALL")
    assert part.staff is not None


def test_looking_at_an_address_of_a_list_gives_nothing_out(lamps: LegalEntity, people: list[Contact]) -> None:
    client = member(lamps)

    answers = [client.get(address, BOTH).status_code for address in LISTS]

    assert answers == [404, 404]
    assert Disclosure.objects.count() == 0


@pytest.mark.usefixtures("people")
def test_whom_you_will_lose_is_listed(lamps: LegalEntity) -> None:
    titles, *rows = taken(member(lamps), LISTS[1], BOTH)

    assert titles[-2:] == ["code_then", "reasons_then"]
    assert sorted((row[2], row[4], row[-2]) for row in rows) == [
        ("+31200000101", "A_REL_SALE", "D_REL_ENDED_20260701"),
        ("+31200000102", "A_REL_SALE", "D_REL_ENDED_20260701"),
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [({"then_date": ""}, "then"), ({"then_date": "straks"}, "then"), ({"at_date": "ooit"}, "at")],
)
def test_unusable_comparison_is_refused_at_its_field(
    lamps: LegalEntity, said: dict[str, str], field: str
) -> None:
    page = member(lamps).get(WHAT_IF, {**BOTH, "then_time": "", **said})

    assert list(page.context["form"].errors) == [field]


def test_other_moment_is_not_called_optional(lamps: LegalEntity) -> None:
    page = member(lamps).get(WHAT_IF, {**BY_CALL, "then_date": ""})

    form = page.context["form"]
    assert form.errors == {"then": ["Choose the other moment."]}
    assert [name for name, field in form.fields.items() if not field.required] == ["product_group", "at"]


def test_change_of_law_is_one_click_away(lamps: LegalEntity, people: list[Contact]) -> None:
    client = member(lamps)
    [change] = client.get(WHAT_IF, BY_CALL).context["changes"]

    page = client.get(f"{WHAT_IF}?{change.query}")

    assert change.code == "NL-2026-07-01"
    assert page.context["table"].comparison.lost == 2


@pytest.mark.parametrize("entity", ["ander", "bestaat-niet"])
def test_legal_entity_of_another_organisation_is_refused(lamps: LegalEntity, entity: str) -> None:
    shop(code="ander")

    page = member(lamps).get(AUDIENCE, {**BY_EMAIL, "legal_entity": entity})

    assert list(page.context["form"].errors) == ["legal_entity"]


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_as_many_queries_for_three_people_as_for_one(
    lamps: LegalEntity, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for one in range(number):
        customer(entity=lamps, name=f"P{one}", number=101 + one)
    client = member(lamps)

    with django_assert_num_queries(15):
        audience = client.get(AUDIENCE, BY_EMAIL)
    with django_assert_num_queries(15):
        what_if = client.get(WHAT_IF, BOTH)

    assert [len(page.context["rows"]) for page in (audience, what_if)] == [number, number]
