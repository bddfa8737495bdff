from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.domain import api_keys
from consent.models import Scope
from tests import make
from tests.consent.api.desk import ASK, BATCH, Shop, question, questions, send
from tests.statements import statements_sent

pytestmark = pytest.mark.django_db


def without_key() -> dict[str, object]:
    return {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Send a valid key: Authorization: Bearer jw_…",
    }


def test_nobody_asks_without_a_key(shop: Shop) -> None:
    answer = send(ASK, question())

    assert (answer.status_code, answer.json()) == (401, without_key())
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == 'Bearer realm="Jawoord"'


WRONG: dict[str, Callable[[str], str]] = {
    "empty": lambda _token: "Bearer ",
    "spaces": lambda _token: "Bearer    ",
    "no scheme": lambda token: token,
    "another scheme": lambda token: f"Basic {token}",
    "only a beginning": lambda token: f"Bearer {token[:20]}",
    "another secret": lambda token: f"Bearer {token[:-1]}{'A' if token[-1] != 'A' else 'B'}",
    "another beginning": lambda token: f"Bearer jw_000000000000_{token.split('_', 2)[2]}",
    "unicode": lambda token: f"Bearer jw_{'é' * 12}_{'é' * 43}",
    "very long": lambda token: f"Bearer {token}{'A' * 50_000}",
    "two keys": lambda token: f"Bearer {token} {token}",
    "SQL": lambda _token: "Bearer ' OR ''='",
}


@pytest.mark.parametrize("written", WRONG.values(), ids=WRONG)
def test_wrong_keys_all_look_alike(shop: Shop, written: Callable[[str], str]) -> None:
    answer = send(ASK, question(), authorization=written(shop.made.token))

    assert (answer.status_code, answer.json()) == (401, without_key())
    assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert "RateLimit" not in answer


def test_scheme_is_read_in_any_case(shop: Shop) -> None:
    assert send(ASK, question(), authorization=f"bearer {shop.made.token}").status_code == 200


def test_without_a_key_nothing_is_told_about_what_is_asked(shop: Shop) -> None:
    bodies: list[Any] = [question(), question(purpose="nowhere"), question(address="nobody@example.org")]
    bodies += [{}, b"", b"{", questions("a@b.nl"), question(at="soon")]

    answers = {send(path, body).content for body in bodies for path in (ASK, BATCH)}

    assert len(answers) == 1


def test_without_a_key_nothing_is_looked_up(shop: Shop) -> None:
    with CaptureQueriesContext(connection) as asked, statements_sent() as sent:
        send(ASK, question())
        send(ASK, question(), token="guess")

    assert [*(query["sql"] for query in asked), *sent] == []


def test_ended_key_is_refused_and_its_holder_told(shop: Shop, clock: time_machine.Traveller) -> None:
    revoked = make.api_key(legal_entity=shop.entity)
    api_keys.revoke(key_id=revoked.key.pk, revoked_at=make.NOW)
    clock.shift(timedelta(days=30))

    answers = [send(ASK, question(), token=made.token) for made in (shop.made, revoked)]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert [answer.json()["detail"] for answer in answers] == [
        "The key is no longer valid: it is expired.",
        "The key is no longer valid: it is revoked.",
    ]


def test_key_without_the_scope_is_refused(shop: Shop) -> None:
    token = make.api_key(legal_entity=shop.entity, scopes=[Scope.DIAL]).token

    answer = send(ASK, question(), token=token)

    assert (answer.status_code, answer.json()["detail"]) == (403, "The key lacks the scope ASK.")
    assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="ASK"'


def test_session_of_staff_is_no_key(shop: Shop) -> None:
    staff = Client()
    staff.force_login(make.staff_member(organisation=shop.entity.organisation))

    answer = staff.post(ASK, question(), content_type="application/json")

    assert answer.status_code == 401


def test_limit_is_told_and_held_per_key(shop: Shop, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE, settings.API_BATCHES_PER_MINUTE = 2, 1
    other = make.api_key(legal_entity=shop.entity).token

    answers = [send(ASK, question(), token=shop.made.token) for _turn in range(3)]
    batches = [send(BATCH, questions("a@b.nl"), token=shop.made.token) for _turn in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit"] for answer in answers] == [f'"questions";r={left};t=60' for left in (1, 0, 0)]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"questions";q=2;w=60'}
    assert (answers[2].json()["title"], answers[2]["Retry-After"]) == ("Too Many Requests", "60")
    assert [answer.status_code for answer in batches] == [200, 429]
    assert send(ASK, question(), token=other).status_code == 200


def test_refused_questions_count_too(shop: Shop, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1

    answers = [send(ASK, b"{", token=shop.made.token) for _turn in range(2)]

    assert [answer.status_code for answer in answers] == [400, 429]
    assert answers[0]["RateLimit"] == '"questions";r=0;t=60'


def test_limit_ends_with_the_minute(shop: Shop, settings: Any, clock: time_machine.Traveller) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    send(ASK, question(), token=shop.made.token)
    seconds = int(send(ASK, question(), token=shop.made.token)["Retry-After"])

    clock.shift(seconds)

    assert send(ASK, question(), token=shop.made.token).status_code == 200


def test_limit_holds_while_redis_is_away(shop: Shop, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE, settings.REDIS_URL = 1, "redis://127.0.0.1:1/0"

    statuses = [send(ASK, question(), token=shop.made.token).status_code for _turn in range(2)]

    assert statuses == [200, 429]
