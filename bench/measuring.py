import csv
import datetime
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from bench.floor import make_floor, screen_on_floor
from bench.make_data import FIRST_NUMBER, make_data
from config.databases import as_owner
from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.bulk import CHUNK, answer_chunk
from consent.domain.engine.question import Question, put_question
from customers.models import Organisation

KNOWN = 0.71
SINGLE_QUESTIONS = 500


def measure_all(*, contacts: int, numbers: int) -> None:
    call_command("migrate", verbosity=0)
    if not Organisation.objects.filter(code="bench").exists():
        with as_owner(connection=connection), transaction.atomic():
            seconds, _setting = timed(lambda: make_data(contacts=contacts))
            make_floor()
        say("make the data", contacts, seconds)
    with as_owner(connection=connection), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(f"GRANT SELECT ON bench_floor TO {settings.DATABASE_APPLICATION_ROLE}")
    listed = write_list(contacts=contacts, numbers=numbers)
    floor, _rows = timed(lambda: screen_on_floor(listed=listed, output=listed.with_suffix(".floor")))
    say("floor: one table, joined by number", numbers, floor)
    present, codes = timed(lambda: screen(listed, question()))
    say("screen, one process", numbers, present, floor)
    past, _codes = timed(lambda: screen(listed, question(past=True)))
    say("screen as at a year ago, one process", numbers, past, present)
    single, _median = timed(lambda: ask_singly(listed))
    say("one by one", SINGLE_QUESTIONS, single, present / numbers * SINGLE_QUESTIONS)
    sys.stdout.write("".join(f"{code:<40} {number:>10,}\n" for code, number in sorted(codes.items())))


Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def say(what: str, rows: int, seconds: float, beside: float | None = None) -> None:
    ratio = f"{seconds / beside:8.2f} times" if beside else ""
    sys.stdout.write(f"{what:<40} {rows:>10,} {seconds:>9.2f} s {rows / seconds:>12,.0f}/s {ratio}\n")
    sys.stdout.flush()


def question(*, past: bool = False) -> Question:
    now = datetime.datetime.now(datetime.UTC)
    at = now.replace(year=now.year - 1) if past else None
    return put_question(
        legal_entity="bench", purpose="offers", channel="CALL", product_group="krant", at=at, now=now
    )


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


def chunks(path: Path) -> Iterator[list[Asked]]:
    with path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        while chunk := [Asked(text=row[0]) for row in islice(rows, CHUNK)]:
            yield chunk


def screen(path: Path, question: Question) -> dict[str, int]:
    counts: dict[str, int] = {}
    with path.with_suffix(".out").open("w", newline="") as file:
        writer = csv.writer(file)
        for chunk in chunks(path):
            for asked, verdict in zip(chunk, answer_chunk(question=question, asked=chunk), strict=True):
                writer.writerow([asked.text, *verdict])
                counts[verdict.code] = counts.get(verdict.code, 0) + 1
    return counts


def ask_singly(path: Path) -> float:
    asked = next(chunks(path))[:SINGLE_QUESTIONS]
    seconds = []
    for one in asked:
        took, _answer = timed(lambda one=one: ask_one(question=question(), asked=one))  # type: ignore[misc]
        seconds.append(took)
    return statistics.median(seconds)
