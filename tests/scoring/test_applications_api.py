from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from consent.models import Scope
from customers.domain.tombstones import empty_contacts
from customers.models import Contact
from scoring.models import JobApplication
from tests import make
from tests.consent.api.desk import send
from tests.scoring.pool_scene import PoolHouse, pool_house

pytestmark = pytest.mark.django_db
PATH = "/api/v1/applications"
APPLIED: dict[str, Any] = {
    "pool": "pool",
    "address": "alice@example.org",
    "vacancy": "Lasser",
    "applied_at": "2026-10-01T12:00",
}
ENDED = {"ended_at": "2026-10-20T12:00", "outcome": "REJECTED"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house() -> PoolHouse:
    return pool_house()


@pytest.fixture
def alice(house: PoolHouse) -> Contact:
    alice = make.contact(organisation=house.entity.organisation)
    make.email_point(contact=alice, text="alice@example.org")
    return alice


def tell(house: PoolHouse, **changed: Any) -> Any:
    token = make.api_key(legal_entity=house.entity, scopes=[Scope.TELL]).token
    return send(PATH, {**APPLIED, **changed}, token=token, **{"accept-language": "en"})


def test_procedure_begins_ends_and_is_told_twice(house: PoolHouse, alice: Contact) -> None:
    said = [tell(house), tell(house, **ENDED), tell(house, **ENDED), tell(house)]

    assert [answer.json() for answer in said] == [
        {"became": became} for became in ("NEW", "CHANGED", "KNOWN", "KNOWN")
    ]
    kept = JobApplication.objects.get()
    assert (kept.contact, kept.pool, kept.vacancy, kept.outcome) == (alice, house.pool, "Lasser", "REJECTED")
    assert (kept.applied_at, kept.ended_at) == (
        datetime(2026, 10, 1, 10, tzinfo=UTC),
        datetime(2026, 10, 20, 10, tzinfo=UTC),
    )


def test_another_job_is_another_procedure(house: PoolHouse, alice: Contact) -> None:
    tell(house)

    assert tell(house, vacancy="Planner", address="", contact=str(alice.pk)).json() == {"became": "NEW"}
    assert JobApplication.objects.count() == 2


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"outcome": "HIRED"}, "ended_at"),
        ({"ended_at": "2026-10-20"}, "ended_at"),
        ({**ENDED, "ended_at": "2026-09-30"}, "ended_at"),
        ({"applied_at": "2030-01-01"}, "ended_at"),
        ({"applied_at": "once"}, "applied_at"),
        ({"address": "bob@example.org"}, "contact"),
        ({"address": ""}, "contact"),
        ({"vacancy": " "}, "vacancy"),
        ({"vacancy": "Las\0ser"}, "vacancy"),
        ({"vacancy": "Lasser\n"}, "vacancy"),
        ({"address": "alice\0@example.org"}, "contact"),
        ({"outcome": "FIRED"}, "outcome"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    house: PoolHouse, changed: dict[str, str], field: str
) -> None:
    answer = tell(house, **changed)

    assert (answer.status_code, JobApplication.objects.count()) == (422, 0)
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{field}"]
    assert "example.org" not in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"vacancy": "Las\0ser"},
            "Name the job in one line of readable text, without control characters.",
        ),
        ({"pool": "po ol"}, "A code has letters, digits, hyphens and underscores, and nothing else."),
    ],
)
def test_what_has_the_wrong_form_is_refused_with_a_sentence(
    house: PoolHouse, changed: dict[str, str], said: str
) -> None:
    assert [error["detail"] for error in tell(house, **changed).json()["errors"]] == [said]


def test_nobody_foreign_and_nobody_erased_gets_a_row(house: PoolHouse, alice: Contact) -> None:
    foreign = make.contact(organisation=make.organisation(code="ander", name="Ander"))
    empty_contacts(contact_ids=[alice.pk], erased_at=make.NOW)

    answers = [tell(house, address="", contact=str(one.pk)) for one in (foreign, alice)]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_a_pool_of_a_sister_and_a_key_for_another_task_are_refused(house: PoolHouse, alice: Contact) -> None:
    sister = make.legal_entity(organisation=house.entity.organisation, code="zuster", name="Zuster")
    token = make.api_key(legal_entity=sister, scopes=[Scope.TELL]).token

    assert send(PATH, APPLIED, token=token).status_code == 404
    asks = make.api_key(legal_entity=house.entity, scopes=[Scope.ASK]).token
    assert send(PATH, APPLIED, token=asks).status_code == 403
    assert not JobApplication.objects.exists()
