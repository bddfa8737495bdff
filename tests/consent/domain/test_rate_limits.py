"""A process takes numbers of the common count in batches: nobody passes twice on one, in any process."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from consent.domain import rate_limits
from consent.domain.rate_limits import Limit
from consent.models import RateCount
from tests.make import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HELD = "consent.domain.rate_limits._HELD"


def passes(limit: Limit, who: str, later: timedelta = timedelta(0)) -> bool:
    return rate_limits.count(limit=limit, who=who, now=NOW + later).allowed


def test_numbers_taken_at_once_are_given_out_one_by_one() -> None:
    limit = Limit(action="batches of five", at_most=12, window=MINUTE, at_once=5)

    verdicts = [rate_limits.count(limit=limit, who="alone", now=NOW) for _turn in range(14)]

    assert [verdict.left for verdict in verdicts] == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]
    assert [verdict.allowed for verdict in verdicts] == [True] * 12 + [False] * 2


def test_two_processes_never_let_more_through_and_at_most_a_batch_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit = Limit(action="two processes", at_most=12, window=MINUTE, at_once=5)
    monkeypatch.setattr(HELD, {})
    here = [passes(limit, "shared") for _turn in range(6)]

    monkeypatch.setattr(HELD, {})
    there = [passes(limit, "shared") for _turn in range(10)]

    assert (sum(here), sum(there)) == (6, 2)
    assert limit.at_most - limit.at_once < sum(here) + sum(there) <= limit.at_most


def test_next_window_begins_anew() -> None:
    limit = Limit(action="windows", at_most=3, window=MINUTE, at_once=3)
    first = [passes(limit, "patient") for _turn in range(4)]

    assert first == [True] * 3 + [False]
    assert passes(limit, "patient", later=MINUTE)


def test_threads_share_what_their_process_holds() -> None:
    limit = Limit(action="threads", at_most=100, window=MINUTE, at_once=7)

    with ThreadPoolExecutor(max_workers=8) as threads:
        passed = list(threads.map(lambda _turn: passes(limit, "many"), range(300)))

    assert sum(passed) == limit.at_most


def test_database_counts_batches_while_redis_is_away(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limit = Limit(action="no redis", at_most=10, window=MINUTE, at_once=4)

    passed = [passes(limit, "alone") for _turn in range(11)]

    assert passed == [True] * 10 + [False]
    assert RateCount.objects.get().count == 12
