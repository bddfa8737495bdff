import html
import json
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from config.api_docs import Described, Operation, in_words
from tests.browser.axe import faults_on
from tests.consent.api.desk import ASK, BATCH, Shop, open_shop
from tests.consent.test_admin_axe import TOO_WIDE, WIDTHS

DESCRIPTION, DOCS = "/api/v1/openapi.json", "/api/v1/docs"
PROBLEMS = {"400", "401", "403", "413", "415", "422", "429", "500", "503"}


def described() -> Any:
    return Client().get(DESCRIPTION).json()


@pytest.mark.django_db
def test_every_operation_declares_its_answers_and_its_key() -> None:
    description = described()

    operations = {
        (method, path): operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }
    assert description["openapi"] == "3.1.0"
    assert sorted(operations) == [
        ("get", "/api/v1/call-lists"),
        ("post", "/api/v1/applications"),
        ("post", "/api/v1/attributes"),
        ("post", "/api/v1/behaviour-events"),
        ("post", "/api/v1/call-lists/{list_id}/next"),
        ("post", "/api/v1/inbound/look-up"),
        ("post", "/api/v1/inbound/objection"),
        ("post", ASK),
        ("post", BATCH),
        ("post", "/api/v1/shown-contacts/{shown_id}/outcome"),
        ("post", "/api/v1/shown-contacts/{shown_id}/put-back"),
    ]
    assert {operation["operationId"] for operation in operations.values()} >= {"may_contact", "take_next"}
    for operation in operations.values():
        assert {"200", "401", "403", "500", "503"} <= set(operation["responses"])
        assert operation["security"] == [{"ApiKeyBearer": []}]
        kinds = {status: list(answer["content"]) for status, answer in operation["responses"].items()}
        assert kinds.pop("200") == ["application/json"]
        assert set(map(tuple, kinds.values())) == {("application/problem+json",)}
    assert set(operations["post", ASK]["responses"]) == {"200", *PROBLEMS}


@pytest.mark.django_db
def test_bodies_take_no_unknown_fields() -> None:
    schemas = described()["components"]["schemas"]
    bodies = (
        "OneQuestion",
        "ManyQuestions",
        "NextWanted",
        "CallReport",
        "Incoming",
        "IncomingObjection",
        "ManyEvents",
    )

    assert [schemas[name]["additionalProperties"] for name in bodies] == [False] * len(bodies)
    assert schemas["ManyQuestions"]["properties"]["addresses"]["maxItems"] == 10_000


@pytest.mark.django_db
def test_description_is_read_only() -> None:
    assert [Client().post(page).status_code for page in (DESCRIPTION, DOCS)] == [405, 405]


@pytest.mark.django_db
def test_page_tells_every_operation_field_and_problem_of_the_description() -> None:
    description = described()

    page = Client(headers={"accept-language": "nl"}).get(DOCS).content.decode()

    told = html.unescape(page)
    assert '<html lang="en">' in page
    assert "<script" not in page
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert f"<code>{method.upper()} {path}</code>" in told
            assert operation["summary"] in told
    for schema in description["components"]["schemas"].values():
        missing = [name for name in schema.get("properties", {}) if f"{name}</code>" not in told]
        assert missing == []
    for status, phrase in (
        (401, "Unauthorized"),
        (422, "Unprocessable Entity"),
        (503, "Service Unavailable"),
    ):
        assert f"{status} {phrase}" in told


@pytest.mark.django_db
def test_page_says_what_a_field_may_hold() -> None:
    fields = {field.name: field for field in ask_operation().sent}

    assert list(fields) == ["purpose", "channel", "product_group", "at", "known_at", "address", "contact"]
    assert (fields["address"].needed, fields["contact"].needed) == (True, False)
    assert fields["contact"].kind == "uuid, or null"
    assert fields["channel"].kind == "one of EMAIL, SMS, MESSAGING, CALL, AUTOMATED_CALL, POST, NONE"
    assert fields["purpose"].kind == "string, 50 characters at most, matches ^[-a-zA-Z0-9_]+$"


def test_words_of_the_description_are_escaped_and_code_is_marked() -> None:
    assert in_words("`A_<b>` & more") == "<code>A_&lt;b&gt;</code> &amp; more"


@pytest.mark.django_db
def test_example_on_the_page_is_taken_by_the_operation(clock: None) -> None:
    shop: Shop = open_shop()
    body = json.loads(ask_operation().example)

    answer = Client().post(
        ASK,
        data={**body, "purpose": "offers"},
        content_type="application/json",
        headers={"authorization": f"Bearer {shop.made.token}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (200, "A_CONSENT")


def ask_operation() -> Operation:
    [found] = [one for one in Described(described()).groups()["May we?"] if one.path == ASK]
    return found


@pytest.mark.browser
@pytest.mark.django_db
def test_page_is_accessible_at_both_widths(chromium: Browser, live_server: Any) -> None:
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    asked_elsewhere: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(live_server.url) else asked_elsewhere.append(request.url)
        ),
    )

    page.goto(DOCS)
    faults, wide = [], []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        faults += faults_on(page)
        wide.append(page.evaluate(TOO_WIDE))

    assert (complaints, asked_elsewhere, faults, wide) == ([], [], [], [False, False])
    context.close()
