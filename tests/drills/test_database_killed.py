"""PostgreSQL dies under the web server, stays away for a while, and comes back."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from config.embedded.places import private_database_url
from config.embedded.postgres import PrivatePostgres
from config.mail import LOOPBACK
from tests.figures import Note
from tests.services.house import House, built_house, own_folder
from tests.services.processes import wait_for
from tests.services.web import PATIENCE, Answer, Visitor, percentile, running_web

pytestmark = pytest.mark.services
HUMAN_SECONDS = 3.1
BACK_WITHIN = 15


@dataclass(frozen=True, kw_only=True)
class Size:
    visitors: int
    seconds_away: float


SIZES = [
    pytest.param(Size(visitors=8, seconds_away=2), id="small"),
    pytest.param(Size(visitors=40, seconds_away=60), id="full", marks=pytest.mark.drill),
]


@pytest.fixture
def postgres() -> Iterator[PrivatePostgres]:
    """A server of its own that does write everything to disk."""
    with own_folder() as folder:
        server = PrivatePostgres(state=folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def house(postgres: PrivatePostgres) -> Iterator[House]:
    addresses = {
        name: private_database_url(state=postgres.state, role=role)
        for name, role in (("DATABASE_URL", "jawoord_app"), ("DATABASE_OWNER_URL", "jawoord_owner"))
    }
    with built_house(mail_port=1, **addresses) as built:
        yield built


def run(*words: str, house: House) -> str:
    outcome = subprocess.run(
        [sys.executable, *words],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(settings.BASE_DIR),
        env=house.environment(),
    )
    return outcome.stdout


def kill(server: PrivatePostgres) -> None:
    os.kill(int((server.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    wait_for(what="PostgreSQL to be gone", seconds=10, holds=lambda: not server.is_ready())


@pytest.mark.parametrize("size", SIZES)
def test_pages_stay_calm_and_come_back_by_themselves(
    postgres: PrivatePostgres, house: House, note: Note, size: Size
) -> None:
    run("manage.py", "migrate", "--verbosity", "0", house=house)
    choice = int(run("-m", "tests.services.furnish", house=house))
    with running_web(house=house), ThreadPoolExecutor(4) as pool:
        before, during, after = (
            [
                Visitor(port=house.port, number=number, choice=choice)
                for number in range(start, start + size.visitors)
            ]
            for start in (0, size.visitors, 2 * size.visitors)
        )
        for visitors in (before, during):
            list(pool.map(Visitor.open, visitors))
        time.sleep(HUMAN_SECONDS)
        sending = [pool.submit(visitor.send) for visitor in before]
        wait_for(what="the first answer", seconds=30, holds=lambda: any(one.done() for one in sending))
        kill(postgres)
        killed_at = time.monotonic()
        answers = [one.result() for one in sending]
        turned_away = list(pool.map(lambda one: one.send(), during[:8]))
        page, asked = after[0].open(), ask_a_program(house)
        time.sleep(max(0, killed_at + size.seconds_away - time.monotonic()))
        postgres.start()
        seconds = wait_for(
            what="pages to come back", seconds=BACK_WITHIN, holds=lambda: after[0].open().status == 200
        )
        # Each web process has connections of its own, and finds by itself that the database is back.
        again = list(pool.map(lambda one: send_until_taken(one, seconds=BACK_WITHIN), during))

    taken = [answer for answer in answers if answer.status == 302]
    note(
        acknowledged_before_it_died=len(taken),
        turned_away=len(answers) - len(taken) + len(turned_away),
        slowest_calm_page_in_seconds=percentile(
            seconds=[answer.seconds for answer in turned_away], percent=99
        ),
        seconds_away=size.seconds_away,
        seconds_until_pages_came_back=seconds,
    )
    assert {answer.status for answer in answers} <= {302, 503}
    assert_calm([*turned_away, page])
    assert (asked["status"], asked["allowed"], asked["code"]) == (503, False, "D_UNAVAILABLE")
    assert [answer.status for answer in again] == [302] * size.visitors
    acknowledged = {one.email for one, answer in zip(before, answers, strict=True) if answer.status == 302}
    assert acknowledged | {one.email for one in during} <= addresses_with_an_event(postgres)


def ask_a_program(house: House) -> dict[str, Any]:
    """What a dialler hears when it asks whether it may call: never a yes."""
    question = {"address": "0200000101", "purpose": "offers", "channel": "CALL"}
    token = f"jw_{'0' * 12}_{'A' * 43}"  # shaped as one, so that it is looked up
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    link = http.client.HTTPConnection(LOOPBACK, house.port, timeout=PATIENCE)
    try:
        link.request("POST", "/api/v1/may-contact", body=json.dumps(question), headers=headers)
        return dict(json.load(link.getresponse()))
    finally:
        link.close()


def send_until_taken(visitor: Visitor, *, seconds: float) -> Answer:
    deadline = time.monotonic() + seconds
    while (answer := visitor.send()).status == 503 and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer


def assert_calm(answers: list[Answer]) -> None:
    for answer in answers:
        assert (answer.status, answer.retry_after) == (503, "30")
        assert "Wacht even" in answer.body
        assert "example.org" not in answer.body


def addresses_with_an_event(server: PrivatePostgres) -> set[str]:
    with psycopg.connect(server.connection_string(role="jawoord_app")) as link:
        rows = link.execute(
            "SELECT point.value FROM customers_contactpoint point "
            "JOIN consent_consentevent event ON event.contact_point_id = point.id "
            "JOIN consent_outboxmessage message ON message.event_id = event.id"
        )
        return {value for (value,) in rows}
