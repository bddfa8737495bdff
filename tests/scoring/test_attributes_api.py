from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from consent.models import Scope
from scoring.models import AttributeName, ContactAttribute
from tests import make
from tests.consent.api.desk import send
from tests.scoring.domain.house import House, house
from tests.scoring.make import attribute_name

ENGLISH = {"accept-language": "en"}
pytestmark = pytest.mark.django_db
PATH = "/api/v1/attributes"
LIKELY = {"address": "alice@example.org", "churn": 0.83}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def found() -> House:
    found = house()
    attribute_name(legal_entity=found.entity, name="churn", kind=AttributeName.Kind.PROBABILITY)
    make.email_point(contact=make.contact(organisation=found.entity.organisation))
    return found


def tell(found: House, *people: object, scope: Scope = Scope.TELL) -> Any:
    token = make.api_key(legal_entity=found.entity, scopes=[scope]).token
    return send(PATH, {"people": list(people)}, token=token, **ENGLISH)


def test_program_tells_what_people_are_and_hears_what_was_not_kept(found: House) -> None:
    answer = tell(found, LIKELY, {**LIKELY, "churn": 1.5}, {**LIKELY, "shoe-size": 43}, LIKELY)

    assert answer.status_code == 200
    told = answer.json()
    assert (told["kept"], told["known_already"]) == (1, 1)
    assert [(one["person"], one["code"]) for one in told["refused"]] == [
        (1, "NO_PROBABILITY"),
        (2, "UNKNOWN_ATTRIBUTE"),
    ]
    kept = ContactAttribute.objects.get()
    assert (kept.legal_entity, kept.origin, kept.value, kept.recorded_at) == (
        found.entity,
        "IMPORTED",
        "0.83",
        make.NOW,
    )


def test_key_for_another_task_tells_nothing(found: House) -> None:
    answer = tell(found, LIKELY, scope=Scope.ASK)

    assert (answer.status_code, ContactAttribute.objects.count()) == (403, 0)


@pytest.mark.parametrize("people", [[], ["alice"] * 1_001], ids=["nobody", "too many"])
def test_too_many_or_nobody_is_refused_whole(found: House, people: list[str]) -> None:
    answer = tell(found, *people)

    assert (answer.status_code, ContactAttribute.objects.count()) == (422, 0)


def test_huge_body_is_refused(found: House) -> None:
    answer = tell(found, {**LIKELY, "region": "x" * 2_000_000})

    assert (answer.status_code, ContactAttribute.objects.count()) == (413, 0)
