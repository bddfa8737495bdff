"""What is measured, each through the functions that do it in earnest: the command, the API, the engine."""

import csv
import datetime
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from bench.floor import make_floor, screen_on_floor
from bench.make_data import FIRST_NUMBER, make_data
from config.databases import as_owner
from consent.domain.api_keys import WantedKey, make_key
from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.models import Scope
from customers.models import LegalEntity, Organisation

KNOWN = 0.71
SINGLE_QUESTIONS = 500
BATCH = 10_000
TIMES = 3
ABOUT: dict[str, Any] = {"purpose": "offers", "channel": "CALL", "product_group": "krant"}
Result = TypeVar("Result")


def measure_all(*, contacts: int, numbers: int) -> None:
    prepare(contacts=contacts)
    listed = write_list(contacts=contacts, numbers=numbers)
    floor, _ = best(lambda: screen_on_floor(listed=listed, output=listed.with_suffix(".floor")))
    say("floor: one table, joined by number", numbers, floor)
    seconds, summary = best(lambda: screen(listed, processes=1))
    say("screen, one process", numbers, seconds, floor)
    two, _ = best(lambda: screen(listed, processes=2))
    say("screen, two processes", numbers, two, floor)
    past, _ = best(lambda: screen(listed, processes=2, at=a_year_ago()))
    say("as at a year ago, beside the present", numbers, past, two)
    single = ask_singly(listed)
    say("one by one", 1, single, two / numbers)
    batch, _ = best(lambda: post_batch(listed))
    say("one batch, through the API", BATCH, batch, floor / numbers * BATCH)
    usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    sys.stdout.write(
        f"memory at most: here {usage[0] / 1024:.0f} MB, in a process {usage[1] / 1024:.0f} MB\n"
    )
    sys.stdout.write(summary)


def prepare(*, contacts: int) -> None:
    call_command("migrate", verbosity=0)
    if not Organisation.objects.filter(code="bench").exists():
        with as_owner(connection=connection), transaction.atomic():
            seconds, _ = timed(lambda: make_data(contacts=contacts))
            make_floor()
        say("make the data", contacts, seconds)
    with as_owner(connection=connection), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(f"GRANT SELECT ON bench_floor TO {settings.DATABASE_APPLICATION_ROLE}")


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def best(work: Callable[[], Result]) -> tuple[float, Result]:
    """The quickest of a few times: what the machine does beside it only ever makes it slower."""
    return min((timed(work) for _ in range(TIMES)), key=lambda pair: pair[0])


def say(what: str, rows: int, seconds: float, beside: float | None = None) -> None:
    ratio = f"{seconds / beside:8.2f} times" if beside else ""
    sys.stdout.write(f"{what:<40} {rows:>10,} {seconds:>9.3f} s {rows / seconds:>12,.0f}/s {ratio}\n")
    sys.stdout.flush()


def a_year_ago() -> str:
    return (now() - datetime.timedelta(days=365)).strftime("%Y-%m-%dT%H:%M")


def write_list(*, contacts: int, numbers: int) -> Path:
    """A list in the usual notation: 71 in a hundred are known, the others are nobody's."""
    path = Path(settings.STATE_DIR) / f"list-{numbers}.csv"
    chance = random.Random(1)  # noqa: S311 (a list to measure with)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["telefoon"])
        for place in range(numbers):
            known = chance.random() < KNOWN
            number = FIRST_NUMBER + chance.randrange(contacts) if known else 500_000_000 + place
            writer.writerow([f"0{number}"])
    return path


def screen(path: Path, *, processes: int, at: str = "") -> str:
    """Screens as the terminal does, from file to file; gives the counts."""
    summary = StringIO()
    output = path.with_suffix(".out.csv")
    call_command(
        "screen",
        path,
        legal_entity="bench",
        **ABOUT,
        at=at,
        output=output,
        processes=processes,
        stdout=summary,
    )
    return summary.getvalue()


def numbers_in(path: Path, many: int) -> list[str]:
    with path.open() as file:
        next(file)
        return [line.strip() for line, _ in zip(file, range(many), strict=False)]


def ask_singly(path: Path) -> float:
    """The median of whole decisions: reading the question, and answering it with its evidence."""
    return statistics.median(timed(partial(decide, text))[0] for text in numbers_in(path, SINGLE_QUESTIONS))


def decide(text: str) -> None:
    question = put_question(legal_entity="bench", **ABOUT, now=now())
    ask_one(question=question, asked=Asked(text=text))


def post_batch(path: Path) -> None:
    entity = LegalEntity.objects.get(code="bench")
    wanted = WantedKey(legal_entity=entity, name="bench", scopes=(Scope.ASK,), days=1)
    key = make_key(wanted=wanted, made_by=None, made_at=now())
    headers = {"Authorization": f"Bearer {key.token}", "Host": "localhost"}
    answer = Client(headers=headers).post(
        "/api/v1/may-contact/batch",
        {"addresses": numbers_in(path, BATCH), **ABOUT},
        content_type="application/json",
    )
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(answer.content)
