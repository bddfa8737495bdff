from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from tests.consent.api.desk import ASK, BATCH, Shop, open_shop

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
    bodies = ("OneQuestion", "ManyQuestions", "NextWanted", "CallReport", "Incoming", "IncomingObjection")

    assert [schemas[name]["additionalProperties"] for name in bodies] == [False] * len(bodies)
    assert schemas["ManyQuestions"]["properties"]["addresses"]["maxItems"] == 10_000


@pytest.mark.django_db
def test_description_is_read_only() -> None:
    assert [Client().post(page).status_code for page in (DESCRIPTION, DOCS)] == [405, 405]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_description_is_shown_under_the_policy_of_every_page(
    chromium: Browser, live_server: Any, clock: None
) -> None:
    shop: Shop = open_shop()
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    asked_elsewhere: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live_server.url, "data:"))
            else asked_elsewhere.append(request.url)
        ),
    )

    page.goto(DOCS)
    page.get_by_text("May we contact this address?").click()
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(shop.made.token)
    page.locator(".auth-container button.authorize").click()
    page.locator(".auth-container button.btn-done").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("textarea.body-param__text").fill(
        '{"address": "alice@example.org", "purpose": "offers", "channel": "EMAIL"}'
    )
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response .highlight-code").get_by_text("A_CONSENT").first.wait_for()

    assert (complaints, asked_elsewhere, page.locator("html").get_attribute("lang")) == ([], [], "en")
    context.close()
