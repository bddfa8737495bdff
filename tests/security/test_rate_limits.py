from typing import Any

import pytest
import redis
import time_machine
from django.conf import settings as jawoord
from django.test import Client

from consent.models import ConsentRecord, Objection, OutboxMessage, RateCount, Status
from tests import scenes
from tests.browser.fixtures import PostOffice
from tests.security.visits import correspond, newsletter, path_of, send_form

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
# Which pages have a limit, with an answer that changes nothing, and how many of it go through.
LIMITED = [
    ("/forms/receptenboekje/", {}, 30),
    ("/confirm/", {}, 60),
    ("/preferences/", {"address": "nobody@example.org"}, 20),
    ("/verify/", {}, 20),
    ("/verify/code/", {}, 20),
]


@pytest.fixture
def scene(clock: time_machine.Traveller) -> scenes.RecipeBook:
    return scenes.recipe_book()


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize(("page", "answers", "at_most"), LIMITED)
def test_page_refuses_more_from_one_network_address(page: str, answers: dict[str, str], at_most: int) -> None:
    visitor = Client(REMOTE_ADDR="203.0.113.9")

    statuses = [visitor.post(page, answers).status_code for _turn in range(at_most)]
    refused = visitor.post(page, answers)
    elsewhere = Client(REMOTE_ADDR="203.0.113.10").post(page, answers)
    read = visitor.get(page)

    assert 429 not in statuses
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 600
    assert elsewhere.status_code != 429
    assert read.status_code != 429


@pytest.mark.usefixtures("scene")
def test_limit_ends_when_it_says(clock: time_machine.Traveller) -> None:
    visitor = Client()
    for _turn in range(30):
        visitor.post("/forms/receptenboekje/", {})
    seconds = int(visitor.post("/forms/receptenboekje/", {})["Retry-After"])

    clock.shift(seconds + 1)

    assert visitor.post("/forms/receptenboekje/", {}).status_code == 200


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [(0, "{0}"), (1, "{0}, 203.0.113.9"), (1, "{0}, {0}, 203.0.113.9"), (2, "{0}, 203.0.113.9, 10.0.0.1")],
)
def test_forged_header_does_not_make_another_visitor(settings: Any, proxies: int, forwarded: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    visitor = Client(REMOTE_ADDR="192.0.2.1")

    headers = [{"X-Forwarded-For": forwarded.format(f"198.51.100.{turn}")} for turn in range(31)]

    statuses = [visitor.post("/forms/receptenboekje/", {}, headers=one).status_code for one in headers]

    assert statuses == [200] * 30 + [429]


@pytest.mark.usefixtures("scene")
def test_forged_header_does_not_lock_a_victim_out(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    attacker, victim = "203.0.113.9", "203.0.113.77"
    for _turn in range(40):
        Client().post("/forms/receptenboekje/", {}, headers={"X-Forwarded-For": f"{victim}, {attacker}"})

    answer = Client().post("/forms/receptenboekje/", {}, headers={"X-Forwarded-For": victim})

    assert answer.status_code == 200


@pytest.mark.usefixtures("scene")
def test_limit_holds_while_redis_is_away(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    visitor = Client()

    statuses = [visitor.post("/forms/receptenboekje/", {}).status_code for _turn in range(31)]

    assert statuses == [200] * 30 + [429]
    assert RateCount.objects.get().count == 31


def test_withdrawing_is_never_refused(
    client: Client, clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    mails = correspond(client, clock, post_office)
    link = path_of(mails.agreed, "unsubscribe")
    for page, answers, at_most in LIMITED:
        for _turn in range(at_most):
            client.post(page, answers)
    client.get(link)

    by_robot = {client.post(link, ONE_CLICK).status_code for _turn in range(15)}
    by_page = {client.post("/unsubscribe/", {"action": "stop-all"}).status_code for _turn in range(15)}
    by_number = {
        client.post("/preferences/block/harthulp/", {"number": "020 000 01 01"}).status_code
        for _turn in range(15)
    }
    in_choices = {
        client.post("/preferences/choices/", {"action": "stop"}, follow=True).status_code
        for _turn in range(15)
    }

    assert (by_robot, by_page, by_number, in_choices) == ({200}, {200}, {200}, {200})
    assert ConsentRecord.objects.get().status == Status.WITHDRAWN
    assert Objection.objects.filter(legal_entity=None, channel="", standing=True).count() == 1


def mails_after(*, requests: int, clock: time_machine.Traveller) -> int:
    scene = scenes.recipe_book()
    spellings = ("alice@example.org", "ALICE@EXAMPLE.ORG", " Alice@Example.org ")
    for turn in range(requests):
        send_form(
            Client(),
            clock,
            newsletter(scene, spellings[turn % len(spellings)]),
            REMOTE_ADDR=f"2001:db8:{turn:x}::1",
        )
    return OutboxMessage.objects.count()


def test_one_address_gets_three_mails_a_day_whoever_asks(clock: time_machine.Traveller) -> None:
    assert mails_after(requests=12, clock=clock) == 3


def test_every_page_that_mails_a_stranger_shares_the_three(
    clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    mails_after(requests=2, clock=clock)
    for turn in range(5):
        Client(REMOTE_ADDR=f"2001:db8:{turn:x}::1").post("/preferences/", {"address": "alice@example.org"})

    assert len(post_office.collect()) == 3


@pytest.mark.drill
def test_a_thousand_requests_give_three_mails(clock: time_machine.Traveller) -> None:
    clock.shift(-12 * 3600)

    assert mails_after(requests=1_000, clock=clock) == 3


def test_counts_hold_no_network_address(scene: scenes.RecipeBook) -> None:
    Client(REMOTE_ADDR="203.0.113.9").post("/forms/receptenboekje/", {})

    with redis.Redis.from_url(jawoord.REDIS_URL) as store:
        keys = [key.decode() for key in store.scan_iter("*")]
    assert any(key.startswith("rate:") for key in keys)
    assert not any("203.0.113" in key for key in keys)
