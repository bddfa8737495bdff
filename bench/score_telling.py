"""How many acts a second are taken up over the API, and how soon they are in the scores."""

import contextlib
import datetime
import http.client
import itertools
import json
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from django.db import connection

from bench.serving import NotServedError, web_server
from bench.timing import Took, now, say, timed
from config.mail import LOOPBACK
from consent.domain.api_keys import WantedKey, make_key
from consent.models import Scope
from customers.models import Contact
from scoring.domain.behaviour import AT_ONCE
from scoring.models import Score, ScoreModelVersion
from scoring.tasks import SCORES_INTERVAL, update_scores

TELLING = "/api/v1/behaviour-events"
RATE, SECONDS = 2_000, 20
# Longer than it may ever take, so that a count that stands still is seen as such.
PATIENCE = 60


@dataclass(kw_only=True)
class Watch:
    """Of each delivery one person: told when, and after how long the new score could be read."""

    waiting: dict[uuid.UUID, datetime.datetime] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def tell(self, contact_id: uuid.UUID, at: datetime.datetime) -> None:
        with self.lock:
            self.waiting[contact_id] = at

    def look(self) -> None:
        scores = Score.objects.filter(contact__in=list(self.waiting))
        changed, seen_at = dict(scores.values_list("contact", "changed_at")), now()
        with self.lock:
            for key in [key for key, at in self.waiting.items() if key in changed and changed[key] > at]:
                self.took.append((seen_at - self.waiting.pop(key)).total_seconds())


def measure_telling(version: ScoreModelVersion) -> None:
    """Tell at a steady rate while the task of every two seconds counts, as in earnest."""
    wanted = WantedKey(legal_entity=version.model.legal_entity, name="bench", scopes=(Scope.TELL,), days=1)
    token = make_key(wanted=wanted, made_by=None, made_at=now()).token
    update_scores()
    took, (seconds, watch) = timed(lambda: tell_in_time(token))
    say("acts told over HTTP, and in the scores", RATE * SECONDS, Took(seconds, took.processors))
    lost = f"; {len(watch.waiting)} deliveries were NOT" if watch.waiting else ""
    sys.stdout.write(f"in the scores after {max(watch.took, default=0):.1f} s at most{lost}\n")


def tell_in_time(token: str) -> tuple[float, Watch]:
    """Give how long telling took, and when the scores followed; as many as wanted where there is time."""
    people = itertools.cycle(Contact.objects.order_by("-pk").values_list("pk", flat=True)[: RATE * SECONDS])
    watch = Watch()
    with web_server() as port, counting(watch):
        began = time.perf_counter()
        for number in range(RATE * SECONDS // AT_ONCE):
            time.sleep(max(began + number * AT_ONCE / RATE - time.perf_counter(), 0))
            told = list(itertools.islice(people, AT_ONCE))
            tell(port, token, told)
            watch.tell(told[0], now())
        seconds, deadline = time.perf_counter() - began, time.monotonic() + PATIENCE
        while watch.waiting and time.monotonic() < deadline:
            time.sleep(0.1)
    return seconds, watch


def tell(port: int, token: str, people: Sequence[uuid.UUID]) -> None:
    at = now().isoformat()
    events = [
        {
            "contact": str(key),
            "kind": "SEARCH",
            "occurred_at": at,
            "subject": "/group-1/page-1/",
            "external_id": str(uuid.uuid4()),
        }
        for key in people
    ]
    link = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with contextlib.closing(link):
        link.request("POST", TELLING, body=json.dumps({"sender": "bench", "events": events}), headers=headers)
        answer = link.getresponse()
        kept = json.loads(answer.read()).get("kept")
    if answer.status != HTTPStatus.OK or kept != len(people):
        raise NotServedError(answer.status, kept)


@contextlib.contextmanager
def counting(watch: Watch) -> Iterator[None]:
    """The task that keeps scores up to date, at its own times."""
    thread = threading.Thread(target=count, args=(watch,))
    thread.start()
    try:
        yield
    finally:
        watch.ended.set()
        thread.join()


def count(watch: Watch) -> None:
    with contextlib.closing(connection):
        while not watch.ended.is_set():
            began = time.monotonic()
            update_scores()
            watch.look()
            watch.ended.wait(max(began + SCORES_INTERVAL - time.monotonic(), 0))
