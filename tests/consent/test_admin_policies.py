from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consent.models import CallingPolicy, DayOfMourning, HousePolicy, Purpose
from customers.models import LegalEntity, Organisation, StaffMember
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in, superuser

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
NOW = datetime(2026, 12, 21, 11, 0, tzinfo=UTC)
POLICIES = [HousePolicy, CallingPolicy, DayOfMourning]
CALLING: dict[str, Any] = {
    "weekdays": ["1", "2", "3", "4", "5"],
    "opens": "10:00",
    "closes": "18:00",
    "closed_holidays": ["KINGS_DAY"],
    "closed_dates": "2026-12-31\n\n2026-12-30\r\n2026-12-31",
    "maximum_attempts": "2",
    "days_between_attempts": "3",
}


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def huisgroep() -> Organisation:
    return make.organisation()


@pytest.fixture
def entity(huisgroep: Organisation) -> LegalEntity:
    return make.legal_entity(organisation=huisgroep)


@pytest.fixture
def officer(huisgroep: Organisation) -> StaffMember:
    return make.staff_member(organisation=huisgroep, username="fg", role=Role.DPO)


@pytest.fixture
def client(officer: StaffMember) -> Client:
    return signed_in(officer)


def add_page(model: type[Any]) -> str:
    return reverse(f"admin:consent_{model.__name__.lower()}_add")


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in answer.context["adminform"].form.errors.items()}


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize("model", POLICIES)
@pytest.mark.parametrize(
    ("role", "reads", "adds"),
    [
        (Role.ADMINISTRATOR, 200, 200),
        (Role.DPO, 200, 200),
        (Role.MARKETING, 200, 403),
        (Role.AUDITOR, 200, 403),
        (Role.CALL_AGENT, 403, 403),
    ],
)
def test_officer_and_administrator_set_policies_and_others_read(
    huisgroep: Organisation, entity: LegalEntity, model: type[Any], role: Role, reads: int, adds: int
) -> None:
    member = signed_in(make.staff_member(organisation=huisgroep, role=role))

    assert member.get(list_of(model)).status_code == reads
    assert member.get(add_page(model)).status_code == adds


def test_house_policy_without_a_beginning_begins_now(
    client: Client, officer: StaffMember, entity: LegalEntity
) -> None:
    form = {"legal_entity": entity.pk, "forbids": "WITHOUT_CONSENT", "reason": "Keuze", "channel": "CALL"}

    answer = client.post(add_page(HousePolicy), form)

    policy = HousePolicy.objects.get()
    assert answer.status_code == 302
    assert (policy.valid_from_at, policy.decided_at, policy.decided_by) == (NOW, NOW, officer)
    assert (policy.valid_until_at, policy.ended_at, policy.purpose) == (None, None, None)


def test_house_policy_in_the_past_or_backwards_is_refused_with_a_sentence(
    client: Client, entity: LegalEntity
) -> None:
    form = {
        "legal_entity": entity.pk,
        "forbids": "EVERYTHING",
        "reason": "Keuze",
        "valid_from_at_0": "2026-12-20",
        "valid_from_at_1": "12:00",
        "valid_until_at_0": "2026-12-19",
        "valid_until_at_1": "12:00",
    }

    answer = client.post(add_page(HousePolicy), form)

    assert errors(answer) == {
        "valid_from_at": ["A policy cannot begin in the past: what was answered before stays as it was."],
        "valid_until_at": ["A policy ends after it begins."],
    }


def test_superuser_cannot_mix_organisations_in_a_house_policy(entity: LegalEntity) -> None:
    other = make.organisation(code="ander", name="Ander")
    theirs = make.purpose(organisation=other, legal_entities=[])
    form = {"legal_entity": entity.pk, "purpose": theirs.pk, "forbids": "EVERYTHING", "reason": "Keuze"}

    answer = signed_in(superuser()).post(add_page(HousePolicy), form)

    assert errors(answer) == {"purpose": ["This purpose belongs to another organisation."]}


@pytest.mark.parametrize("model", [HousePolicy, CallingPolicy])
def test_policy_is_not_made_for_another_organisation(client: Client, model: type[Any]) -> None:
    other = make.organisation(code="ander", name="Ander")
    theirs = make.legal_entity(organisation=other, code="ander", name="Ander B.V.")
    form = {"legal_entity": theirs.pk, "forbids": "EVERYTHING", "reason": "Keuze", **CALLING}

    answer = client.post(add_page(model), form)

    assert list(errors(answer)) == ["legal_entity"]


def test_day_of_mourning_of_another_organisation_is_refused(client: Client, huisgroep: Organisation) -> None:
    other = make.organisation(code="ander", name="Ander")
    form = {"country": "NL", "date": "2026-12-28", "name": "Rouw", "source": "Stcrt."}

    refused = client.post(add_page(DayOfMourning), {**form, "organisation": other.pk})
    kept = client.post(add_page(DayOfMourning), {**form, "organisation": huisgroep.pk})

    day = DayOfMourning.objects.get()
    assert (list(errors(refused)), kept.status_code) == (["organisation"], 302)
    assert (day.organisation, day.date, day.decided_at) == (huisgroep, date(2026, 12, 28), NOW)


def test_day_of_mourning_that_is_there_already_is_not_added_twice(
    client: Client, huisgroep: Organisation, officer: StaffMember
) -> None:
    day = make.day_of_mourning(organisation=huisgroep, decided_by=officer, date=date(2026, 12, 28))
    form = {"organisation": huisgroep.pk, "country": "NL", "date": "2026-12-28", "name": "R", "source": "S"}

    twice = client.post(add_page(DayOfMourning), form)
    DayOfMourning.objects.filter(pk=day.pk).update(ended_at=NOW)
    again = client.post(add_page(DayOfMourning), form)

    assert (errors(twice), again.status_code) == ({"date": ["This day is there already."]}, 302)


def test_house_policy_for_everything_says_so(
    client: Client, entity: LegalEntity, officer: StaffMember
) -> None:
    policy = make.house_policy(legal_entity=entity, decided_by=officer)

    pages = [
        client.get(address).content.decode() for address in (list_of(HousePolicy), page_of(policy, "change"))
    ]

    assert [page.count(words) for page in pages for words in ("Every purpose", "Every channel")] == [
        1,
        1,
        1,
        1,
    ]


def test_calling_policy_without_a_first_day_begins_today(
    client: Client, officer: StaffMember, entity: LegalEntity
) -> None:
    answer = client.post(add_page(CallingPolicy), {"legal_entity": entity.pk, **CALLING})

    policy = CallingPolicy.objects.get()
    assert answer.status_code == 302
    assert (policy.weekdays, policy.opens, policy.closes) == ([1, 2, 3, 4, 5], time(10), time(18))
    assert (policy.closed_holidays, policy.closed_dates) == (
        ["KINGS_DAY"],
        [date(2026, 12, 30), date(2026, 12, 31)],
    )
    assert (policy.valid_from_date, policy.decided_at, policy.decided_by) == (
        date(2026, 12, 21),
        NOW,
        officer,
    )


def test_calling_policy_that_loosens_is_refused_with_a_sentence(client: Client, entity: LegalEntity) -> None:
    form = {**CALLING, "legal_entity": entity.pk, "opens": "08:00", "closes": "22:30", "weekdays": ["7"]}

    answer = client.post(add_page(CallingPolicy), form)

    sentence = "Calls are allowed from 09:00 to 22:00 at most: a policy can only narrow that."
    found = errors(answer)
    assert (found["opens"], found["closes"], len(found["weekdays"])) == ([sentence], [sentence], 1)
    assert CallingPolicy.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"closed_dates": "morgen"},
            {"closed_dates": ["“morgen” is no date: write it as 2026-12-31."]},
        ),
        (
            {"closed_dates": "2026-02-30"},
            {"closed_dates": ["“2026-02-30” is no date: write it as 2026-12-31."]},
        ),
        (
            {"valid_from_date": "2026-12-20"},
            {
                "valid_from_date": [
                    "A policy cannot begin in the past: what was answered before stays as it was."
                ]
            },
        ),
        ({"valid_until_date": "2026-12-20"}, {"valid_until_date": ["The last day comes after the first."]}),
        ({"opens": "18:00"}, {"__all__": ["The hours end after they begin."]}),
        ({"weekdays": []}, {"weekdays": ["This field is required."]}),
    ],
)
def test_faults_in_a_calling_policy_are_said(
    client: Client, entity: LegalEntity, changed: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    answer = client.post(add_page(CallingPolicy), {**CALLING, "legal_entity": entity.pk, **changed})

    assert errors(answer) == expected


def test_first_day_of_a_legal_entity_is_that_of_its_own_clock(
    huisgroep: Organisation, officer: StaffMember
) -> None:
    azores = make.legal_entity(
        organisation=huisgroep, code="azoren", name="Azoren B.V.", time_zone="Atlantic/Azores"
    )

    with time_machine.travel(datetime(2026, 12, 21, 23, 30, tzinfo=UTC), tick=False):
        signed_in(officer).post(add_page(CallingPolicy), {"legal_entity": azores.pk, **CALLING})

    assert CallingPolicy.objects.get().valid_from_date == date(2026, 12, 21)


def rows_of(entity: LegalEntity, officer: StaffMember) -> dict[type[Any], Any]:
    return {
        HousePolicy: make.house_policy(legal_entity=entity, decided_by=officer),
        CallingPolicy: make.calling_policy(legal_entity=entity, decided_by=officer),
        DayOfMourning: make.day_of_mourning(
            organisation=entity.organisation, decided_by=officer, date=date(2026, 12, 28)
        ),
    }


@pytest.mark.parametrize("model", POLICIES)
def test_policy_is_ended_never_changed_or_deleted(
    client: Client, entity: LegalEntity, officer: StaffMember, model: type[Any]
) -> None:
    row = rows_of(entity, officer)[model]

    changed = client.post(page_of(row, "change"), {**CALLING, "reason": "Anders", "name": "Anders"})
    deleted = client.post(page_of(row, "delete"), {"post": "yes"})
    read = client.get(page_of(row, "end"))
    row.refresh_from_db()
    before = row.ended_at
    unexplained = client.post(page_of(row, "end"), {"because": " "}, follow=True)
    ended = client.post(page_of(row, "end"), {"because": "Vervangen"}, follow=True)
    again = client.post(page_of(row, "end"), {"because": "Nog eens"}, follow=True)

    row.refresh_from_db()
    assert said(unexplained) == ["Not ended. Say why you end it."]
    assert (row.ended_by, row.ended_because) == (officer, "Vervangen")
    assert "Vervangen" in ended.content.decode()
    assert [changed.status_code, deleted.status_code, read.status_code] == [403, 403, 405]
    assert (before, row.ended_at) == (None, NOW)
    assert said(ended) == ["Taken back." if model is DayOfMourning else "Ended."]
    assert said(again) == [
        "Not taken back: the day has begun, or it was taken back before."
        if model is DayOfMourning
        else "Nothing to end: it was over already."
    ]


@pytest.mark.parametrize("model", POLICIES)
def test_marketing_sees_no_button_and_ends_nothing(
    huisgroep: Organisation, entity: LegalEntity, officer: StaffMember, model: type[Any]
) -> None:
    marketing = signed_in(make.staff_member(organisation=huisgroep, username="m", role=Role.MARKETING))
    row = rows_of(entity, officer)[model]

    page = marketing.get(page_of(row, "change"))
    refused = marketing.post(page_of(row, "end"))

    row.refresh_from_db()
    assert (page.context["may_end"], refused.status_code, row.ended_at) == (False, 403, None)


@pytest.mark.parametrize("model", POLICIES)
def test_policy_of_another_organisation_is_not_ended(
    client: Client, officer: StaffMember, model: type[Any]
) -> None:
    other = make.organisation(code="ander", name="Ander")
    theirs = make.legal_entity(organisation=other, code="ander", name="Ander B.V.")
    row = rows_of(theirs, officer)[model]

    refused = client.post(page_of(row, "end"))

    row.refresh_from_db()
    assert (refused.status_code, row.ended_at) == (404, None)


def test_page_of_a_calling_policy_shows_the_coming_two_weeks(
    client: Client,
    entity: LegalEntity,
    officer: StaffMember,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    policy = make.calling_policy(
        legal_entity=entity, decided_by=officer, closes=time(18), closed_dates=[date(2026, 12, 31)]
    )
    make.day_of_mourning(
        organisation=entity.organisation, decided_by=officer, country="BE", date=date(2026, 12, 28)
    )
    make.house_policy(legal_entity=entity, decided_by=officer, purpose=make_purpose(entity))

    # The process remembers what kind of row it is once a page was opened.
    client.get(page_of(policy, "change"))

    # Session, member, their legal entities and rights (2), the policy, its rules, the name in the header.
    with django_assert_num_queries(8):
        page = client.get(page_of(policy, "change"))

    shown = [
        (f"{row.day:%d}", *(cell.hours or str(cell.closed) for cell in row.cells))
        for row in page.context["preview"]
    ]
    assert shown == [
        ("21", "09:00-18:00", "09:00-18:00", "09:00-18:00"),
        ("22", "09:00-18:00", "09:00-18:00", "09:00-18:00"),
        ("23", "09:00-18:00", "09:00-18:00", "09:00-18:00"),
        ("24", "09:00-18:00", "09:00-18:00", "09:00-18:00"),
        ("25", "Christmas Day", "Christmas Day", "Christmas Day"),
        ("26", "Second Day of Christmas", "09:00-18:00", "Second Day of Christmas"),
        ("27", "Sunday", "Sunday", "Sunday"),
        ("28", "09:00-18:00", "Day of mourning", "Day of mourning"),
        ("29", "09:00-18:00", "09:00-18:00", "09:00-18:00"),
        ("30", "09:00-18:00", "09:00-18:00", "09:00-18:00"),
        ("31", "Your policy", "Your policy", "Your policy"),
        ("01", "New Year's Day", "New Year's Day", "New Year's Day"),
        ("02", "10:00-16:00", "09:00-18:00", "10:00-16:00"),
        ("03", "Sunday", "Sunday", "Sunday"),
    ]


def make_purpose(entity: LegalEntity) -> Purpose:
    return make.purpose(organisation=entity.organisation, legal_entities=[entity])


def test_preview_of_a_policy_to_come_begins_with_its_first_day(
    client: Client, entity: LegalEntity, officer: StaffMember
) -> None:
    policy = make.calling_policy(
        legal_entity=entity, decided_by=officer, valid_from_date=date(2027, 2, 1), weekdays=[1]
    )

    page = client.get(page_of(policy, "change"))

    first, second = page.context["preview"][:2]
    assert (first.day, first.cells[0].hours, str(second.cells[0].closed)) == (
        date(2027, 2, 1),
        "09:00-22:00",
        "Your policy",
    )


@pytest.mark.parametrize(
    ("made", "state"),
    [
        ({}, "In force"),
        ({"valid_from_date": date(2026, 12, 22)}, "To come"),
        ({"valid_until_date": date(2026, 12, 21)}, "In force"),
        ({"valid_until_date": date(2026, 12, 20)}, "Over"),
        ({"ended_at": NOW}, "In force"),
        ({"ended_at": datetime(2026, 12, 20, 12, tzinfo=UTC)}, "Over"),
        ({"valid_from_date": date(2026, 12, 23), "ended_at": NOW}, "Over"),
    ],
)
def test_list_says_whether_a_calling_policy_counts_today(
    client: Client, entity: LegalEntity, officer: StaffMember, made: dict[str, Any], state: str
) -> None:
    make.calling_policy(legal_entity=entity, decided_by=officer, **made)

    page = client.get(list_of(CallingPolicy)).content.decode()

    assert [word for word in ("In force", "To come", "Over") if f"</span> {word}</span>" in page] == [state]


@pytest.mark.parametrize(
    ("made", "state"),
    [
        ({}, "In force"),
        ({"valid_from_at": datetime(2026, 12, 21, 11, 1, tzinfo=UTC)}, "To come"),
        ({"valid_until_at": NOW}, "Over"),
        ({"ended_at": NOW}, "Over"),
    ],
)
def test_list_says_whether_a_house_policy_counts_now(
    client: Client, entity: LegalEntity, officer: StaffMember, made: dict[str, Any], state: str
) -> None:
    make.house_policy(legal_entity=entity, decided_by=officer, **made)

    page = client.get(list_of(HousePolicy)).content.decode()

    assert [word for word in ("In force", "To come", "Over") if f"</span> {word}</span>" in page] == [state]


@pytest.mark.parametrize("model", POLICIES)
@pytest.mark.parametrize("number", [1, 3])
def test_list_of_policies_asks_as_often_for_three_rows_as_for_one(
    huisgroep: Organisation,
    officer: StaffMember,
    django_assert_num_queries: DjangoAssertNumQueries,
    model: type[Any],
    number: int,
) -> None:
    for code in "abc"[:number]:
        entity = make.legal_entity(organisation=huisgroep, code=code, name=code)
        make.house_policy(legal_entity=entity, decided_by=officer)
        make.calling_policy(legal_entity=entity, decided_by=officer)
        make.day_of_mourning(
            organisation=huisgroep, decided_by=officer, date=date(2026, 12, 28 + number + ord(code) - 101)
        )
    root = signed_in(superuser())

    # Session, member, page of rows, its count, dates, and one for the filter that lists rows.
    with django_assert_num_queries(7):
        page = root.get(list_of(model))

    assert page.status_code == 200
