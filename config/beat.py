"""One clock for all: periodic tasks are started by the process that holds a lock in the database."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections

LOCK = 0x6A61776F6F7264  # "jawoord"
LOOK_EVERY = 5.0


@contextmanager
def the_only_beat(*, say: Callable[[str], None]) -> Iterator[None]:
    """Waits until no other beat holds the lock; when the lock is lost, this process ends."""
    with lock_connection() as link:
        if not takes_lock(link=link):
            say("Another beat is at work; this one waits for its turn.")
            while not takes_lock(link=link):
                time.sleep(LOOK_EVERY)
        watch = threading.Thread(target=end_when_lost, kwargs={"link": link}, daemon=True)
        watch.start()
        yield


def lock_connection() -> psycopg.Connection:
    parameters = connections["default"].get_connection_params()
    wanted = ("host", "port", "user", "password", "dbname", "connect_timeout")
    return psycopg.connect(autocommit=True, **{key: parameters[key] for key in wanted if key in parameters})


def takes_lock(*, link: psycopg.Connection) -> bool:
    row = link.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return bool(row and row[0])


def end_when_lost(*, link: psycopg.Connection) -> None:
    try:
        while True:
            time.sleep(LOOK_EVERY)
            link.execute("SELECT 1")
    except psycopg.Error:
        os.kill(os.getpid(), signal.SIGTERM)
