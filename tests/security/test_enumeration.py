import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import settings as product
from consent.models import LinkRequest
from tests import make, scenes
from tests.browser.fixtures import PostOffice
from tests.conftest import owner_connection
from tests.figures import Note
from tests.security.timing import CHANCE, PAIRS, ROUNDS, likeness, seconds_of
from tests.security.visits import FORM, newsletter, open_form, send_form, without_secrets

pytestmark = pytest.mark.django_db
STEP = product.ANSWER_STEP_SECONDS
KNOWN, UNKNOWN = "alice@example.org", "nobody@example.org"
KNOWN_NUMBER, UNKNOWN_NUMBER = "+31200000101", "+31200000199"


@pytest.fixture
def scene(clock: time_machine.Traveller) -> scenes.RecipeBook:
    """A form of an organisation that knows Alice, by e-mail and by phone."""
    scene = scenes.recipe_book()
    alice = make.contact(organisation=scene.entity.organisation)
    email = make.email_point(contact=alice, text=KNOWN)
    make.phone_point(contact=alice, text=KNOWN_NUMBER)
    make.permission_event(contact_point=email, notice_version=scene.newsletter.notice_version)
    return scene


def seen(answer: Any) -> tuple[object, ...]:
    """All that a visitor can see of an answer."""
    headers = {name: value for name, value in answer.items() if name not in ("Content-Length", "Expires")}
    cookies = {name: len(cookie.value) for name, cookie in answer.cookies.items()}
    return answer.status_code, headers, cookies, without_secrets(answer.content)


def test_form_answers_alike_for_a_known_and_an_unknown_address(
    scene: scenes.RecipeBook, clock: time_machine.Traveller
) -> None:
    answers = [
        (send_form(visitor, clock, newsletter(scene, email)), visitor.get("/forms/receptenboekje/thanks/"))
        for email, visitor in ((KNOWN, Client()), (UNKNOWN, Client()))
    ]

    (known, known_thanks), (unknown, unknown_thanks) = answers
    assert known.status_code == 302
    assert seen(known) == seen(unknown)
    assert seen(known_thanks) == seen(unknown_thanks)


def test_fourth_request_of_a_day_answers_alike(
    scene: scenes.RecipeBook, clock: time_machine.Traveller
) -> None:
    answers = [send_form(Client(), clock, newsletter(scene, KNOWN)) for _turn in range(5)]

    assert len({str(seen(answer)) for answer in answers}) == 1


@pytest.mark.parametrize(("known", "unknown"), [(KNOWN, UNKNOWN), (KNOWN_NUMBER, UNKNOWN_NUMBER)])
def test_page_that_mails_a_link_looks_nothing_up(scene: scenes.RecipeBook, known: str, unknown: str) -> None:
    client, seen_answers, questions = Client(), [], []
    client.post("/preferences/", {"address": "warm@example.org"})
    for address in (known, unknown):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            seen_answers.append(seen(client.post("/preferences/", {"address": address})))
        questions.append([query["sql"].split("VALUES")[0] for query in asked.captured_queries])

    assert seen_answers[0] == seen_answers[1]
    assert seen_answers[0][0] == 200
    assert questions[0] == questions[1]
    assert not any("contact" in question.lower() for question in questions[0])


def test_link_is_mailed_only_to_who_is_known(scene: scenes.RecipeBook, post_office: PostOffice) -> None:
    for address in (KNOWN, UNKNOWN):
        Client().post("/preferences/", {"address": address})

    assert [mail["To"] for mail in post_office.collect()] == [KNOWN]
    assert LinkRequest.objects.count() == 0


def test_page_that_blocks_a_number_answers_alike(scene: scenes.RecipeBook) -> None:
    known, unknown, again = (
        Client().post("/preferences/block/harthulp/", {"number": number})
        for number in (KNOWN_NUMBER, UNKNOWN_NUMBER, UNKNOWN_NUMBER)
    )

    assert known.status_code == 200
    assert page_about(known, KNOWN_NUMBER) == page_about(unknown, UNKNOWN_NUMBER)
    assert page_about(unknown, UNKNOWN_NUMBER) == page_about(again, UNKNOWN_NUMBER)


def page_about(answer: Any, number: str) -> str:
    """The page with the number that was typed taken out."""
    page = without_secrets(answer.content)
    for ending in (f"{number[-4:-2]} {number[-2:]}", number[-4:], number[-3:]):
        page = page.replace(ending, "")
    return page


def test_staff_sign_in_does_not_tell_which_names_exist(scene: scenes.RecipeBook) -> None:
    make.staff_member(organisation=scene.entity.organisation, username="agent")

    pages = [
        Client().post("/admin/login/", {"username": name, "password": "wrong"}).content
        for name in ("agent", "nobody")
    ]

    assert b"agent" in pages[0]
    assert without_secrets(pages[0]).replace("agent", "") == without_secrets(pages[1]).replace("nobody", "")


def test_answers_come_at_whole_steps_of_time(
    scene: scenes.RecipeBook, clock: time_machine.Traveller, settings: Any
) -> None:
    settings.ANSWER_STEP_SECONDS = STEP
    answers = [open_form(Client(), clock) | newsletter(scene, email) for email in (KNOWN, UNKNOWN)]

    took = [seconds_of(partial(Client().post, FORM, filled)) for filled in answers]
    took += [seconds_of(lambda: Client().post("/preferences/block/harthulp/", {"number": KNOWN_NUMBER}))]

    assert all(seconds >= STEP for seconds in took)
    assert all(seconds % STEP < STEP / 2 for seconds in took)


def by_turns(act: Callable[[str], float], addresses: Callable[[int], str]) -> Callable[[], float]:
    """Measure the act with one address after another, so that no limit is reached."""
    turns = itertools.count()
    return lambda: act(addresses(next(turns)))


def networks() -> Iterator[str]:
    """A new network address for each request, so that no limit is reached."""
    return (f"2001:db8:{turn // 65536:x}:{turn % 65536:x}::1" for turn in itertools.count())


def known_people(scene: scenes.RecipeBook, *, count: int) -> None:
    with transaction.atomic():
        for turn in range(count):
            contact = make.contact(organisation=scene.entity.organisation)
            make.email_point(contact=contact, text=known_email(turn))
            make.phone_point(contact=contact, text=known_number(turn))
    with owner_connection() as link:
        link.execute("ANALYZE")


def known_email(turn: int) -> str:
    return f"known{turn:04}@example.org"


def unknown_email(turn: int) -> str:
    return f"never{turn:04}@example.org"


def known_number(turn: int) -> str:
    return f"+3120{turn:07}"


def unknown_number(turn: int) -> str:
    return f"+3130{turn:07}"


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_page_that_mails_a_link_takes_the_same_time(scene: scenes.RecipeBook, note: Note) -> None:
    known_people(scene, count=PAIRS * ROUNDS)
    visitors = networks()

    def ask(address: str) -> float:
        visitor = Client(REMOTE_ADDR=next(visitors))
        return seconds_of(lambda: visitor.post("/preferences/", {"address": address}))

    alike = likeness(by_turns(ask, known_email), by_turns(ask, unknown_email))
    note(chance_that_alike=alike)
    assert alike > CHANCE


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_form_takes_the_same_time(
    scene: scenes.RecipeBook, clock: time_machine.Traveller, settings: Any, note: Note
) -> None:
    settings.ANSWER_STEP_SECONDS = STEP
    known_people(scene, count=PAIRS * ROUNDS)
    visitors = networks()

    def fill_in(email: str) -> float:
        visitor = Client(REMOTE_ADDR=next(visitors))
        answers = open_form(visitor, clock) | newsletter(scene, email)
        return seconds_of(lambda: visitor.post(FORM, answers))

    alike = likeness(by_turns(fill_in, known_email), by_turns(fill_in, unknown_email))
    note(chance_that_alike=alike)
    assert alike > CHANCE


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_page_that_blocks_a_number_takes_the_same_time(
    scene: scenes.RecipeBook, settings: Any, note: Note
) -> None:
    settings.ANSWER_STEP_SECONDS = STEP
    known_people(scene, count=PAIRS * ROUNDS)

    def block(number: str) -> float:
        return seconds_of(lambda: Client().post("/preferences/block/harthulp/", {"number": number}))

    alike = likeness(by_turns(block, known_number), by_turns(block, unknown_number))
    note(chance_that_alike=alike)
    assert alike > CHANCE
