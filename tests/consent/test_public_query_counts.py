"""How many questions each public page asks the database: as many with three permissions as with one."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.models import Channel, NoticeVersion
from customers.models import LegalEntity
from tests import make, scenes
from tests.browser.fixtures import PostOffice
from tests.security.visits import FORM, newsletter, path_of, send_form

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a browser that followed every link of their mails."""

    client: Client
    scene: scenes.RecipeBook
    clock: time_machine.Traveller


@pytest.fixture(params=[1, 3])
def person(
    request: pytest.FixtureRequest, client: Client, clock: time_machine.Traveller, post_office: PostOffice
) -> Person:
    """The form has one box more per row; all are ticked and confirmed."""
    scene = scenes.recipe_book()
    boxes = {
        f"choice_{choice_for(more_notice(scene.entity, place), scene)}": "on"
        for place in range(request.param)
    }
    send_form(
        client,
        clock,
        newsletter(scene) | boxes | {"PHONE": "020 000 01 01", f"choice_{scene.calls.pk}": "on"},
    )
    confirm = path_of(post_office.collect_one(), "confirm")
    client.get(confirm)
    client.post("/confirm/", {"action": "confirm"})
    client.get(path_of(post_office.collect_one(), "unsubscribe"))
    client.post("/preferences/", {"address": "alice@example.org"})
    client.get(path_of(post_office.collect_one(), "preferences"))
    return Person(client=client, scene=scene, clock=clock)


def more_notice(entity: LegalEntity, place: int) -> NoticeVersion:
    purpose = make.purpose(
        organisation=entity.organisation,
        legal_entities=[entity],
        code=f"more-{place}",
        channels=[Channel.EMAIL],
    )
    return make.notice_version(legal_entity=entity, purpose=purpose, code=f"more-{place}")


def choice_for(notice: NoticeVersion, scene: scenes.RecipeBook) -> int:
    return make.collection_choice(collection_point=scene.point, notice_version=notice, position=5).pk


def get(path: str) -> Callable[[Person], object]:
    return lambda person: person.client.get(path)


def post(path: str, **answers: str) -> Callable[[Person], object]:
    return lambda person: person.client.post(path, answers)


PAGES: dict[str, tuple[int, Callable[[Person], object]]] = {
    "home": (0, get("/")),
    "look": (1, get("/look/harthulp.css")),
    "privacy": (2, get("/privacy/harthulp/")),
    "privacy, one version": (2, get("/privacy/harthulp/1/")),
    "caller numbers": (2, get("/caller-numbers/harthulp/")),
    "caller numbers, as data": (2, get("/caller-numbers/harthulp.json")),
    "ledger": (1, get("/ledger/")),
    "form": (5, get(FORM)),
    "form with an error": (5, post(FORM, EMAIL="alice")),
    "form, thanks": (1, get(f"{FORM}thanks/")),
    "confirm": (7, get("/confirm/")),
    "confirm without a link": (0, lambda _person: Client().get("/confirm/")),
    "unsubscribe": (4, get("/unsubscribe/")),
    "unsubscribe without a link": (0, lambda _person: Client().get("/unsubscribe/")),
    "verify": (2, get("/verify/")),
    "verify by code": (2, get("/verify/code/")),
    "verify by call": (2, get("/verify/call/")),
    "verify, ask for a code": (11, post("/verify/", action="sms")),
    "ask for a link": (0, lambda _person: Client().get("/preferences/")),
    "ask for a link, sent": (
        1,
        lambda _person: Client().post("/preferences/", {"address": "alice@example.org"}),
    ),
    # One of them for pages of their own beside it, such as that of a talent pool.
    "choices": (11, get("/preferences/choices/")),
    "details": (2, get("/preferences/details/")),
    "details, saved": (2, get("/preferences/details/saved/")),
    "history": (12, get("/preferences/history/")),
    "history, as data": (3, get("/preferences/history/download/")),
    "history, as text": (12, get("/preferences/receipt/")),
    "left": (0, get("/preferences/left/")),
    "block": (2, get("/preferences/block/harthulp/")),
    "block, known number": (58, post("/preferences/block/harthulp/", number="020 000 01 01")),
    # With who holds the number, and who outside is told that it is blocked.
    "block, unknown number": (27, post("/preferences/block/harthulp/", number="020 000 01 99")),
}


@pytest.mark.parametrize("name", PAGES)
def test_page_asks_a_fixed_number_of_questions(person: Person, name: str) -> None:
    expected, visit = PAGES[name]

    with CaptureQueriesContext(connection) as asked:
        visit(person)

    assert len(asked) == expected, "\n".join(query["sql"][:150] for query in asked.captured_queries)
