"""Questions made up from the description of the API: none may give an error that it does not describe."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from config.wsgi import application
from consent.models import Scope
from tests import make
from tests.consent.api.desk import ASK, BATCH, Shop
from tests.figures import Note

pytestmark = pytest.mark.django_db
KNOWN = {"purpose": "offers", "agent": "anna", "address": "alice@example.org"}
OPERATIONS = [
    (ASK, "POST"),
    (BATCH, "POST"),
    ("/api/v1/call-lists", "GET"),
    ("/api/v1/call-lists/{list_id}/next", "POST"),
    ("/api/v1/shown-contacts/{shown_id}/outcome", "POST"),
    ("/api/v1/shown-contacts/{shown_id}/put-back", "POST"),
    ("/api/v1/inbound/look-up", "POST"),
    ("/api/v1/inbound/objection", "POST"),
]
NOTHING_TO_SPOIL = {("/api/v1/call-lists", "GET", GenerationMode.NEGATIVE)}
SIZES = [pytest.param(100, id="small"), pytest.param(10_000, id="full", marks=pytest.mark.drill)]
# A purpose that nobody has and the 30th of February fit the description, and are refused by name (422).
NOT_FOR_DESCRIPTIONS = [positive_data_acceptance]


@pytest.fixture
def server(settings: Any) -> Iterator[Any]:
    """The product as a web server runs it, but inside the transaction of this test."""
    settings.API_REQUESTS_PER_MINUTE = settings.API_BATCHES_PER_MINUTE = 1_000_000
    settings.ALLOWED_HOSTS = ["*"]
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield application
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("examples", SIZES)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_made_up_requests_get_described_answers(
    shop: Shop, server: Any, examples: int, mode: GenerationMode, note: Note
) -> None:
    made = make.api_key(legal_entity=shop.entity, scopes=list(Scope))
    make.staff_member(organisation=shop.entity.organisation, username="anna")
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", server)
    operations = [
        schema[path][method] for path, method in OPERATIONS if (path, method, mode) not in NOTHING_TO_SPOIL
    ]
    made_up = strategies.one_of([one.as_strategy(generation_mode=mode) for one in operations])
    statuses: set[int] = set()

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=made_up)
    def ask(case: Any) -> None:
        if mode == GenerationMode.POSITIVE and isinstance(case.body, dict):
            case.body.update({name: KNOWN[name] for name in KNOWN.keys() & case.body.keys()})
        headers = {"Authorization": f"Bearer {made.token}"}
        answer = case.call_and_validate(headers=headers, excluded_checks=NOT_FOR_DESCRIPTIONS)
        statuses.add(answer.status_code)

    ask()
    note(requests_made_up=examples, statuses=" ".join(map(str, sorted(statuses))))
    assert (200 in statuses) is (mode == GenerationMode.POSITIVE)
