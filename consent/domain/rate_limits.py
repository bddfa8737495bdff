import datetime
import functools
import hashlib
import hmac
from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from consent.domain.links import derive_key
from customers.domain.key_rings import link_keys

COUNT_IN_DATABASE = """
INSERT INTO consent_ratecount AS counted (bucket, count, ends_at)
VALUES (%(bucket)s, %(numbers)s, %(ends_at)s)
ON CONFLICT (bucket) DO UPDATE SET count = counted.count + excluded.count
RETURNING count
"""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How often one caller may do one thing within a window.

    A process takes so many numbers of the common count at once, and gives them out by itself: nobody gets a
    number twice, so that no more than `at_most` pass. What another process holds and has not given out may
    be missed: a caller is refused that much early, at most, for each process beside the one that answers.
    """

    action: str
    at_most: int
    window: datetime.timedelta
    at_once: int = 1


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether this time is within the limit, how many are left, and when the window ends."""

    allowed: bool
    left: int
    retry_after_seconds: int


def count(*, limit: Limit, who: str, now: datetime.datetime) -> Verdict:
    """Count one more time and say whether it is within the limit.

    Redis counts; while it is away PostgreSQL does. `who` is kept only as a keyed hash. Withdrawals are never
    asked this question: stopping is not refused to anybody.
    """
    seconds = int(limit.window.total_seconds())
    window_start = int(now.timestamp()) // seconds * seconds
    seconds_left = window_start + seconds - int(now.timestamp())
    used = _next_number(limit, who, window_start, now)
    left = max(limit.at_most - used, 0)
    return Verdict(allowed=used <= limit.at_most, left=left, retry_after_seconds=seconds_left)


def forget_old_counts(*, now: datetime.datetime) -> int:
    """Remove counts of windows that have passed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM consent_ratecount WHERE ends_at < %s", [now])
        return int(cursor.rowcount)


class _Held(NamedTuple):
    """The numbers of one window that this process took and has not given out."""

    window_start: int
    numbers: deque[int]


_HELD: Final[dict[tuple[str, str], _Held]] = {}


def _next_number(limit: Limit, who: str, window_start: int, now: datetime.datetime) -> int:
    """Without a lock: whoever finds none takes more, and what two threads took is given out in turn."""
    numbers = _numbers_held(limit, who, window_start) if limit.at_once > 1 else deque()
    while True:
        try:
            return numbers.popleft()
        except IndexError:
            last = _count(limit, _bucket(limit.action, who, window_start), now)
            numbers.extend(range(last - limit.at_once + 1, last + 1))


def _numbers_held(limit: Limit, who: str, window_start: int) -> deque[int]:
    held = _HELD.get((limit.action, who))
    if held is None or held.window_start != window_start:
        held = _HELD[limit.action, who] = _Held(window_start, deque())
    return held.numbers


def _count(limit: Limit, bucket: str, now: datetime.datetime) -> int:
    try:
        return _count_in_redis(bucket, limit)
    except redis.RedisError:
        return _count_in_database(bucket, limit, now)


def _bucket(action: str, who: str, window_start: int) -> str:
    ring = link_keys()
    key = derive_key(key=ring.keys[ring.newest], use="rate limit")
    return hmac.digest(key, f"{action}|{who}|{window_start}".encode(), hashlib.sha256).hex()


@functools.cache
def _client(url: str) -> redis.Redis:
    """Keeps its connections: a program that asks a hundred times a second would wait for each new one."""
    return redis.Redis.from_url(
        url,
        socket_timeout=settings.REDIS_SECONDS,
        socket_connect_timeout=settings.REDIS_SECONDS,
        # The database counts instead: nobody waits for Redis to come back.
        retry=Retry(NoBackoff(), 0),
    )


def _count_in_redis(bucket: str, limit: Limit) -> int:
    client, name = _client(settings.REDIS_URL), f"rate:{bucket}"
    last = int(client.incrby(name, limit.at_once))
    if last == limit.at_once:
        # Of each window only the first says when it ends: every question of a program passes here.
        client.expire(name, limit.window)
    return last


def _count_in_database(bucket: str, limit: Limit, now: datetime.datetime) -> int:
    ends_at = now + limit.window
    with connection.cursor() as cursor:
        cursor.execute(COUNT_IN_DATABASE, {"bucket": bucket, "numbers": limit.at_once, "ends_at": ends_at})
        return int(cursor.fetchone()[0])
