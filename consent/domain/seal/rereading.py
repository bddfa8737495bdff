"""The sealed ledger read anew, run by run, over a few connections of its own and in constant memory."""

import contextlib
import uuid
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction

from consent.domain.seal.leaf_sql import read_statement

LEAVES_AT_ONCE = 10_000
WAITING_PER_READER = 2
CHECK = read_statement("check")
BOUNDS = read_statement("bounds")
# Each run is a few thousand keys: looking them up is right, whatever a planner without statistics thinks.
LOOK_UP_BY_KEY = "; ".join(f"SET LOCAL enable_{way} = off" for way in ("hashjoin", "mergejoin", "seqscan"))


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How far the tree, its checkpoints and the mark had come at one moment."""

    tree_size: int
    last_checkpoint: int
    settled_sequence: int


@dataclass(frozen=True, kw_only=True)
class Differing:
    """The first leaf of a run that is not the leaf of its event."""

    position: int
    event_id: uuid.UUID
    is_gone: bool


@dataclass(frozen=True, kw_only=True)
class Run:
    """The leaf hashes of one run, as they stand, and what was found when they were made anew."""

    first: int
    end: int
    hashes: bytes
    settled: int
    differing: Differing | None


def read_bounds() -> Bounds:
    """Read how far sealing has come."""
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS)
        size, checkpoint, settled = cursor.fetchone()
    return Bounds(tree_size=size, last_checkpoint=checkpoint, settled_sequence=settled)


def read_runs(*, bounds: Bounds, readers: int) -> Iterator[Run]:
    """Make every leaf anew from its event, in order; the database does that, over several connections."""
    with contextlib.ExitStack() as stack:
        threads = [stack.enter_context(_reader()) for _number in range(readers)]
        waiting: deque[Future[Run]] = deque()
        for number, first in enumerate(range(0, bounds.tree_size, LEAVES_AT_ONCE)):
            if len(waiting) == WAITING_PER_READER * readers:
                yield waiting.popleft().result()
            waiting.append(threads[number % readers].submit(partial(_read, first, bounds)))
        while waiting:
            yield waiting.popleft().result()


@contextlib.contextmanager
def _reader() -> Iterator[ThreadPoolExecutor]:
    """A thread with a connection of its own, which is closed where it was opened."""
    with ThreadPoolExecutor(1) as thread:
        try:
            yield thread
        finally:
            thread.submit(_close).result()


def _close() -> None:
    connection.close()


@transaction.atomic
def _read(first: int, bounds: Bounds) -> Run:
    end = min(first + LEAVES_AT_ONCE, bounds.tree_size)
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP_BY_KEY)
        cursor.execute(CHECK, {"first": first, "end": end, "settled": bounds.settled_sequence})
        hashes, settled, found = cursor.fetchone()
    differing = found and _differing(*found)
    return Run(first=first, end=end, hashes=bytes(hashes), settled=settled, differing=differing)


def _differing(position: str, event_id: str, is_gone: str) -> Differing:
    return Differing(position=int(position), event_id=uuid.UUID(event_id), is_gone=is_gone == "true")
