from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consent.domain import api_keys
from consent.models import ApiKey, Scope
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in, superuser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Role = StaffMember.Role
DAY = timedelta(days=1)
ADD = "/admin/consent/apikey/add/"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def entity() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


@pytest.fixture
def administrator(entity: LegalEntity) -> Client:
    return signed_in(
        make.staff_member(organisation=entity.organisation, username="beheer", role=Role.ADMINISTRATOR)
    )


def wanted(entity: LegalEntity, **changed: object) -> dict[str, Any]:
    return {
        "legal_entity": str(entity.pk),
        "name": "Kiezer van het callcenter",
        "scopes": ["ASK", "DIAL"],
        "days": "90",
        **changed,
    }


def test_administrator_makes_a_key_and_sees_it_once(administrator: Client, entity: LegalEntity) -> None:
    empty = administrator.get(reverse("admin:consent_apikey_add"))
    page = administrator.post(ADD, wanted(entity))

    key, token = ApiKey.objects.get(), page.context["token"]
    assert (empty.status_code, page.status_code) == (200, 200)
    assert f">{token}</textarea>" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert api_keys.recognise(token=token, now=make.NOW) == key
    assert (key.legal_entity, key.organisation, key.name, key.scopes, key.expires_at) == (
        entity,
        entity.organisation,
        "Kiezer van het callcenter",
        ["ASK", "DIAL"],
        make.NOW + 90 * DAY,
    )
    assert key.created_by is not None
    for address in (list_of(ApiKey), page_of(key, "change"), page_of(key, "history")):
        assert token.split("_", 2)[2] not in administrator.get(address).content.decode()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"days": "3650"}, "days"),
        ({"scopes": ["ALL"]}, "scopes"),
    ],
)
def test_incomplete_wish_makes_no_key(
    administrator: Client, entity: LegalEntity, said: dict[str, Any], wrong: str
) -> None:
    page = administrator.post(ADD, wanted(entity, **said))

    assert list(page.context["form"].errors) == [wrong]
    assert ApiKey.objects.count() == 0


def test_administrator_makes_no_key_for_another_organisation(administrator: Client) -> None:
    other = make.legal_entity(organisation=make.organisation(code="ander"), code="ander")

    page = administrator.post(ADD, wanted(other))

    assert list(page.context["form"].errors) == ["legal_entity"]


def test_administrator_of_one_legal_entity_makes_no_key_for_its_sister(entity: LegalEntity) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster N.V.")
    limited = make.staff_member(
        organisation=entity.organisation, role=Role.ADMINISTRATOR, legal_entities=[sister]
    )
    key = make.api_key(legal_entity=entity).key

    page = signed_in(limited).post(ADD, wanted(entity))
    revoked = signed_in(limited).post(page_of(key, "revoke"))

    assert list(page.context["form"].errors) == ["legal_entity"]
    assert (revoked.status_code, ApiKey.objects.get().revoked_at) == (404, None)


@pytest.mark.parametrize(
    ("role", "listed"),
    [(Role.MARKETING, 403), (Role.CALL_AGENT, 403), (Role.DPO, 200), (Role.AUDITOR, 200)],
)
def test_nobody_but_an_administrator_makes_rotates_or_revokes(
    entity: LegalEntity, role: Role, listed: int
) -> None:
    client = signed_in(make.staff_member(organisation=entity.organisation, username="ander", role=role))
    key = make.api_key(legal_entity=entity).key

    made = client.post(ADD, wanted(entity)).status_code
    pages = [client.get(page_of(key, page)).status_code for page in ("rotate", "revoke")]
    acts = [client.post(page_of(key, page)).status_code for page in ("rotate", "revoke")]

    assert (made, pages, acts) == (403, [403, 403], [403, 403])
    assert client.get(list_of(ApiKey)).status_code == listed
    assert list(ApiKey.objects.values_list("revoked_at", flat=True)) == [None]


def test_key_is_revoked_after_a_question(administrator: Client, entity: LegalEntity) -> None:
    key = make.api_key(legal_entity=entity).key

    asked = administrator.get(page_of(key, "revoke"))
    untouched = ApiKey.objects.get().revoked_at
    done = administrator.post(page_of(key, "revoke"))
    again = administrator.post(page_of(key, "revoke"))

    assert (asked.status_code, untouched) == (200, None)
    assert (done.status_code, done["Location"], again.status_code) == (302, page_of(key, "change"), 404)
    assert ApiKey.objects.get().revoked_at == make.NOW
    assert "Revoked" in administrator.get(page_of(key, "change")).content.decode()


def test_key_is_rotated_with_an_overlap(administrator: Client, entity: LegalEntity) -> None:
    old = make.api_key(legal_entity=entity)

    asked = administrator.get(page_of(old.key, "rotate"))
    page = administrator.post(page_of(old.key, "rotate"), {"days": "180", "overlap_hours": "168"})

    new = api_keys.recognise(token=page.context["token"], now=make.NOW)
    assert asked.status_code == 200
    assert (new.name, new.expires_at) == (old.key.name, make.NOW + 180 * DAY)
    assert ApiKey.objects.get(pk=old.key.pk).expires_at == make.NOW + 7 * DAY


def test_ended_key_has_no_buttons(administrator: Client, entity: LegalEntity) -> None:
    expired = make.api_key(legal_entity=entity, days=1, made_at=make.NOW - 2 * DAY).key

    page = administrator.get(page_of(expired, "change"))

    assert page.context["may_manage"] is False
    assert [administrator.get(page_of(expired, act)).status_code for act in ("rotate", "revoke")] == [
        404,
        404,
    ]


def test_list_tells_what_is_valid(administrator: Client, entity: LegalEntity) -> None:
    valid = make.api_key(legal_entity=entity, name="Nieuw", scopes=[Scope.ASK]).key
    expired = make.api_key(legal_entity=entity, name="Oud", days=1, made_at=make.NOW - 2 * DAY).key

    def found(state: str) -> list[Any]:
        return list(administrator.get(list_of(ApiKey), {"state": state}).context["cl"].queryset)

    assert (found("valid"), found("ended"), found("")) == ([valid], [expired], [valid, expired])


def test_superuser_makes_a_key_for_any_organisation(entity: LegalEntity) -> None:
    page = signed_in(superuser()).post(ADD, wanted(entity))

    assert "token" in page.context
    assert ApiKey.objects.get().created_at == datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_list_takes_few_queries(
    administrator: Client, entity: LegalEntity, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        make.api_key(legal_entity=entity, name=f"Programma {number}")

    with django_assert_num_queries(11):
        administrator.get(list_of(ApiKey))
