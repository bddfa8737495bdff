import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import path

from config import urls
from config.log import UtcFormatter
from tests.consent.api.desk import ASK, BATCH, Shop, question, questions, send

pytestmark = pytest.mark.django_db
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
CANARY = "kanarie@example.org"


def broken(_request: Any) -> Any:
    raise ZeroDivisionError(CANARY)


urlpatterns = [path("api/v1/broken", broken), *urls.urlpatterns]


def is_problem(answer: Any, status: int) -> bool:
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert (told["status"], answer["Cache-Control"]) == (status, "no-store")
    assert {"type", "title", "status", "detail"} <= told.keys()
    return CANARY not in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "pointers"),
    [
        ({"purpose": "nowhere"}, ["#/purpose"]),
        ({"purpose": CANARY}, ["#/purpose"]),
        ({"purpose": "offers\0"}, ["#/purpose"]),
        ({"channel": CANARY}, ["#/channel"]),
        ({"channel": 1, "address": None}, ["#/channel", "#/address"]),
        ({"product_group": "nowhere"}, ["#/product_group"]),
        ({"contact": CANARY}, ["#/contact"]),
        ({"at": CANARY}, ["#/at"]),
        ({"at": "2026-02-30"}, ["#/at"]),
        ({"at": "9999-12-31"}, ["#/at"]),
        ({"at": "2026-03-29T02:30"}, ["#/at"]),
        ({"known_at": ""}, ["#/known_at"]),
        ({CANARY: "x"}, ["#"]),
        ({"address": [CANARY]}, ["#/address"]),
    ],
)
def test_wrong_fields_are_named_and_never_repeated(
    shop: Shop, changed: dict[str, object], pointers: list[str]
) -> None:
    answer = send(ASK, question(**changed), token=shop.made.token)

    assert is_problem(answer, 422)
    assert [one["pointer"] for one in answer.json()["errors"]] == pointers


def test_missing_fields_are_named(shop: Shop) -> None:
    answers = [send(path, {}, token=shop.made.token) for path in (ASK, BATCH)]

    assert [[one["pointer"] for one in answer.json()["errors"]] for answer in answers] == [
        ["#/purpose", "#/channel", "#/address"],
        ["#/purpose", "#/channel", "#/addresses"],
    ]


@pytest.mark.parametrize(
    ("changed", "pointers"),
    [
        ({"addresses": [CANARY, 7]}, ["#/addresses/1"]),
        ({"contacts": [None, None]}, ["#"]),
        ({"contacts": [CANARY]}, ["#/contacts/0"]),
        ({"addresses": CANARY}, ["#/addresses"]),
    ],
)
def test_wrong_places_in_a_batch_are_named(
    shop: Shop, changed: dict[str, object], pointers: list[str]
) -> None:
    answer = send(BATCH, {**questions(CANARY), **changed}, token=shop.made.token)

    assert is_problem(answer, 422)
    assert [one["pointer"] for one in answer.json()["errors"]] == pointers


@pytest.mark.parametrize("body", [b" ", b"{", b"\xff", b"[" * 5000, b'{"a": NaN}', b'{"a": "\\ud800"}'])
def test_body_that_is_no_json_is_refused(shop: Shop, body: bytes) -> None:
    assert is_problem(send(ASK, body, token=shop.made.token), 400)


@pytest.mark.parametrize("body", [b"null", b"[]", b"7", b'"x"'])
def test_json_that_is_no_question_is_refused(shop: Shop, body: bytes) -> None:
    answer = send(ASK, body, token=shop.made.token)

    assert is_problem(answer, 422)
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_other_types_are_refused(shop: Shop, kind: str) -> None:
    headers = {"authorization": f"Bearer {shop.made.token}"}

    answer = Client().post(ASK, b"{}", content_type=kind, headers=headers)

    assert is_problem(answer, 415)


def test_body_that_is_too_long_is_refused_unread(shop: Shop) -> None:
    one = send(ASK, question(address="a" * 65_536), token=shop.made.token)
    many = send(BATCH, questions(*["a" * 500] * 9_000), token=shop.made.token)

    assert is_problem(one, 413)
    assert is_problem(many, 413)


def test_batch_of_long_addresses_is_not_too_long(shop: Shop) -> None:
    addresses = [f"{number:>64}@{'x' * 63}.{'y' * 63}.example.org" for number in range(10_000)]

    assert send(BATCH, questions(*addresses), token=shop.made.token).status_code == 200


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v1/", "/api/v1/nowhere", f"/api/v1/{CANARY}", f"{ASK}/", "/api/v2/may-contact"]
)
def test_unknown_pages_are_problems(shop: Shop, address: str) -> None:
    client = Client(headers={"authorization": f"Bearer {shop.made.token}"})

    assert is_problem(client.get(address), 404)


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options"])
def test_other_methods_are_problems(shop: Shop, method: str) -> None:
    answer = getattr(Client(), method)(ASK)

    assert is_problem(answer, 405)
    assert answer["Allow"] == "POST"


def test_wrong_host_is_a_problem(shop: Shop) -> None:
    assert is_problem(send(ASK, question(), host="evil.example.org"), 400)


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the log would hold, written as the product writes it."""
    written: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    keeper = Keeper()
    keeper.setFormatter(UtcFormatter())
    logging.getLogger().addHandler(keeper)
    yield written
    logging.getLogger().removeHandler(keeper)


@pytest.mark.urls("tests.consent.api.test_problems")
@pytest.mark.parametrize("debug", [False, True])
def test_what_nobody_foresaw_is_a_problem_and_logged_without_words(
    shop: Shop, settings: Any, lines: list[str], debug: bool
) -> None:
    settings.DEBUG = debug

    answer = Client(raise_request_exception=False).get("/api/v1/broken")

    assert is_problem(answer, 500)
    assert answer.json()["detail"].endswith("it is no.")
    assert [line for line in lines if CANARY in line] == []
    assert any("ZeroDivisionError" in line for line in lines)


def test_answer_while_the_database_is_away_is_no(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is cut below Django and below the engine, as when a server dies."""
    connection.connection.close()

    answer = send(ASK, question(), token=shop.made.token)

    assert is_problem(answer, 503)
    assert (answer.json()["allowed"], answer.json()["code"]) == (False, "D_UNAVAILABLE")
    assert int(answer["Retry-After"]) > 0


def test_log_of_questions_names_nobody(
    shop: Shop, lines: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    for body in (question(address=CANARY), question(address=CANARY, purpose=CANARY), CANARY.encode()):
        send(ASK, body, token=shop.made.token)
    send(BATCH, questions(CANARY), token=shop.made.token)
    send(f"/api/v1/{CANARY}", b"")

    assert [line for line in lines if CANARY in line or shop.made.token in line] == []
