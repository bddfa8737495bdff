import datetime
import functools
import hashlib
import hmac
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from consent.domain.links import derive_key
from customers.domain.key_rings import link_keys

COUNT_IN_DATABASE = """
INSERT INTO consent_ratecount AS counted (bucket, count, ends_at) VALUES (%(bucket)s, 1, %(ends_at)s)
ON CONFLICT (bucket) DO UPDATE SET count = counted.count + 1
RETURNING count
"""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How often one caller may do one thing within a window."""

    action: str
    at_most: int
    window: datetime.timedelta


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
    bucket = _bucket(limit.action, who, window_start)
    try:
        used = _count_in_redis(bucket, seconds)
    except redis.RedisError:
        used = _count_in_database(bucket, now + limit.window)
    left = max(limit.at_most - used, 0)
    return Verdict(allowed=used <= limit.at_most, left=left, retry_after_seconds=seconds_left)


def forget_old_counts(*, now: datetime.datetime) -> int:
    """Remove counts of windows that have passed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM consent_ratecount WHERE ends_at < %s", [now])
        return int(cursor.rowcount)


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


def _count_in_redis(bucket: str, seconds: int) -> int:
    client, name = _client(settings.REDIS_URL), f"rate:{bucket}"
    used = int(client.incr(name))
    if used == 1:
        # Of each window only the first says when it ends: every question of a program passes here.
        client.expire(name, seconds)
    return used


def _count_in_database(bucket: str, ends_at: datetime.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_IN_DATABASE, {"bucket": bucket, "ends_at": ends_at})
        return int(cursor.fetchone()[0])
