"""What is measured, each through the functions that do it in earnest: the command, the API, the engine."""

import csv
import datetime
import json
import random
import resource
import statistics
import sys
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from bench.campaigns import measure_dry_run
from bench.exporting import measure_exporting
from bench.floor import make_floor, screen_on_floor
from bench.make_data import FIRST_NUMBER, make_data
from bench.sealing import measure_sealing
from bench.serving import ask_many, say_how_quick, web_server
from bench.timing import best, now, say, timed
from config.databases import as_owner
from consent.domain.api_keys import WantedKey, make_key
from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.ready.making import take_up_changes
from consent.models import Scope
from customers.models import LegalEntity, Organisation

KNOWN = 0.71
SINGLE_QUESTIONS = 500
BATCH = 10_000
ABOUT: dict[str, Any] = {"purpose": "offers", "channel": "CALL", "product_group": "krant"}


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
    usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    sys.stdout.write(
        f"memory at most: here {usage[0] / 1024:.0f} MB, in a process {usage[1] / 1024:.0f} MB\n"
    )
    sys.stdout.write(summary)
    measure_api(listed, floor=floor / numbers)
    measure_dry_run(contacts=contacts)
    measure_sealing()
    measure_exporting()


def prepare(*, contacts: int) -> None:
    call_command("migrate", verbosity=0)
    if not Organisation.objects.filter(code="bench").exists():
        with as_owner(connection=connection), transaction.atomic():
            seconds, _ = timed(lambda: make_data(contacts=contacts))
            make_floor()
        say("make the data", contacts, seconds)
        make_ready(contacts=contacts)
    with as_owner(connection=connection), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(f"GRANT SELECT ON bench_floor TO {settings.DATABASE_APPLICATION_ROLE}")


def make_ready(*, contacts: int) -> None:
    """As the worker does, after a note for each contact instead of one for each row that was copied in."""
    with as_owner(connection=connection), connection.cursor() as cursor:
        cursor.execute("TRUNCATE consent_readychange")
        cursor.execute("INSERT INTO consent_readychange (contact_id) SELECT id FROM customers_contact")
        cursor.execute("VACUUM ANALYZE")
    seconds, _ = timed(lambda: list(iter(lambda: take_up_changes(now=now()), 0)))
    say("make addresses ready", contacts, seconds)


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


def measure_api(path: Path, *, floor: float) -> None:
    """A batch, and single decisions, as programs ask for them: over HTTP."""
    key = new_key()
    with web_server() as port:
        batch = {"addresses": numbers_in(path, BATCH), **ABOUT}
        seconds, _ = best(lambda: ask_many(port=port, token=key, body=batch))
        # What the server's processors did for it is not known here.
        say("one batch over HTTP", BATCH, float(seconds), floor * BATCH)
        bodies = [json.dumps({"address": text, **ABOUT}) for text in numbers_in(path, BATCH)]
        say_how_quick(port=port, token=key, bodies=bodies)


def new_key() -> str:
    entity = LegalEntity.objects.get(code="bench")
    wanted = WantedKey(legal_entity=entity, name="bench", scopes=(Scope.ASK,), days=1)
    return make_key(wanted=wanted, made_by=None, made_at=now()).token
