"""A ledger to seal, and the owner of its tables with every guard taken away."""

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from consent.domain.ledger.recording import record
from consent.domain.seal.sealing import seal_ledger
from consent.models import Act, ConsentEvent
from tests import make
from tests.conftest import owner_connection
from tests.consent.domain.ledger.racing import Race, act_on, make_race

GUARDED = ("consent_consentevent", "consent_evidence", "consent_ledgerleaf", "consent_treenode")


def make_people() -> Race:
    return make_race(people=1)


def write(*, race: Race, count: int = 1) -> list[ConsentEvent]:
    """Acts of people, in the ledger."""
    acts = [Act.GIVEN, Act.WITHDRAWN]
    events = [
        act_on(race, race.points[number % len(race.points)], acts[number % 2], make.NOW)
        for number in range(count)
    ]
    return record(events=events, recorded_at=make.NOW)


def seal(*, minutes: int = 0, events_at_once: int = 10_000) -> int:
    """Seal all that waits, so many minutes after now."""
    moment = make.NOW + datetime.timedelta(minutes=minutes)
    return sum(seal_ledger(now=moment, events_at_once=events_at_once))


def settle() -> None:
    """Run until every number given out so far is settled."""
    for minutes in range(1, 4):
        seal(minutes=minutes)
        let_others_end()


def let_others_end() -> None:
    """Wait until what runs now on the server has ended: tests beside this one have databases of their own."""
    give_up = time.monotonic() + 60
    horizon = _number("pg_snapshot_xmax")
    while _number("pg_snapshot_xmin") < horizon and time.monotonic() < give_up:
        time.sleep(0.02)


def _number(of_snapshot: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {of_snapshot}(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


@contextmanager
def unguarded() -> Iterator[psycopg.Connection]:
    """The owner's connection with the triggers disabled, as somebody who wants to tamper would have it."""
    tables = (*GUARDED, "consent_checkpoint")
    with owner_connection() as link:
        for table in tables:
            link.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only".encode())
        yield link
        for table in tables:
            link.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only".encode())
