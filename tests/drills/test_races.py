import threading
import time
from itertools import count

import pytest

from consent.domain.ledger.reconciling import find_differences
from consent.models import ConsentEvent
from tests.consent.domain.ledger.racing import (
    WRITERS,
    check_every_record,
    make_race,
    run_writers,
    write_at_random,
)
from tests.figures import Note

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

EVENTS = 100_000
SECONDS = 900


def test_100_000_events_by_eight_writers_leave_every_record_equal_to_the_ledger(note: Note) -> None:
    race = make_race(people=200)
    started = time.monotonic()
    left = count(EVENTS, -1)
    counting = threading.Lock()

    def take(number: int) -> bool:
        with counting:
            return all(next(left) > 0 for _ in range(number))

    def work(number: int) -> int:
        written = 0
        for events in write_at_random(race=race, seed=number, most_at_once=12):
            written += events
            if not take(events):
                return written
            assert time.monotonic() - started < SECONDS, f"{written} events by one of eight in {SECONDS} s"
        raise AssertionError

    written = sum(run_writers(work=work))
    seconds = time.monotonic() - started

    note(writers=WRITERS, events=written, seconds=seconds, events_per_second=written / seconds)
    assert EVENTS <= written < EVENTS + WRITERS * 12
    assert ConsentEvent.objects.count() == written
    check_every_record(race=race)
    assert list(find_differences()) == []
