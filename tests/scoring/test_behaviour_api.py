from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from consent.models import Scope
from scoring.models import BehaviourEvent
from tests import make
from tests.consent.api.desk import send
from tests.scoring.domain.house import House, house

ENGLISH = {"accept-language": "en"}
pytestmark = pytest.mark.django_db
PATH = "/api/v1/behaviour-events"
VISIT = {"address": "alice@example.org", "kind": "PAGE_VISIT", "occurred_at": "2026-11-21T12:00:00Z"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def found() -> House:
    found = house()
    make.email_point(contact=make.contact(organisation=found.entity.organisation))
    return found


@pytest.fixture
def token(found: House) -> str:
    return make.api_key(legal_entity=found.entity, scopes=[Scope.TELL]).token


def tell(token: str, *events: object, **more: object) -> Any:
    return send(PATH, {"sender": "webshop", "events": list(events), **more}, token=token, **ENGLISH)


def test_program_tells_what_people_did_and_hears_what_was_not_kept(found: House, token: str) -> None:
    key = {"external_id": "4711"}

    answer = tell(token, {**VISIT, **key}, {**VISIT, "kind": "DANCED"}, {**VISIT, **key})

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "kept": 1,
            "known_already": 1,
            "refused": [
                {
                    "event": 1,
                    "code": "UNKNOWN_KIND",
                    "sentence": "This kind of behaviour is not known.",
                }
            ],
        },
    )
    event = BehaviourEvent.objects.get()
    assert (event.legal_entity, event.via, event.recorded_at) == (found.entity, "API", make.NOW)


def test_key_for_another_task_tells_nothing(found: House) -> None:
    token = make.api_key(legal_entity=found.entity, scopes=[Scope.ASK]).token

    answer = tell(token, VISIT)

    assert (answer.status_code, BehaviourEvent.objects.count()) == (403, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sender": "webshop", "events": []}, 422),
        ({"sender": "webshop", "events": [VISIT] * 1_001}, 422),
        ({"sender": "web shop", "events": [VISIT]}, 422),
        ({"sender": "webshop", "events": [VISIT], "trace": 1}, 422),
        ({"sender": "webshop", "events": VISIT}, 422),
        (b'{"sender": "webshop", "events": ["' + b"x" * 1024 * 1024 + b'"]}', 413),
        (b"{", 400),
    ],
)
def test_body_that_cannot_be_used_is_refused_whole(token: str, body: object, status: int) -> None:
    answer = send(PATH, body, token=token)

    assert (answer.status_code, BehaviourEvent.objects.count()) == (status, 0)


def test_refusal_repeats_nothing_of_what_was_sent(token: str) -> None:
    answer = tell(token, {**VISIT, "subject": "kanarie@example.org", "kanarie@example.org": 1})

    assert "kanarie" not in answer.content.decode()
