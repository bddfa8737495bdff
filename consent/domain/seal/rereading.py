"""The sealed ledger read anew, run by run, over a few connections of its own and in constant memory.

The database writes the leaves, this process hashes them: in C, with the processor's own instructions, which
not every build of PostgreSQL uses. The leaves are written without looking for signs that need an escape. That
passes nothing: a quote that was put into a text adds one, and the sealed leaf has exactly those that set its
members apart, each under its own name. What differs is written again in full before it is called different.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from consent.domain.seal.leaf_sql import read_statement
from consent.domain.seal.tree import BLOCK, hash_leaf
from consent.domain.side_by_side import read_in_order

# Whole subtrees, so that each is hashed in one go; so many that planning the question costs little beside it.
LEAVES_AT_ONCE = 64 * BLOCK
# Block by block as they are made, in bytes: nothing grows with the run but its hashes, and while one block is
# hashed here the database makes the next.
READ = f"COPY ({read_statement('read')}) TO STDOUT (FORMAT binary)"
COLUMNS = ("bytea", "bytea", "int8")
DIFFERING = read_statement("differing")
BOUNDS = read_statement("bounds")
# Each run is a few thousand keys: looking them up is right, whatever a planner without statistics thinks; and
# the readers are what works side by side.
LOOK_UP_BY_KEY = "; ".join(
    (
        *(f"SET LOCAL enable_{way} = off" for way in ("hashjoin", "mergejoin", "seqscan")),
        "SET LOCAL max_parallel_workers_per_gather = 0",
    )
)


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


def read_runs(*, bounds: Bounds, readers: int, start: int = 0) -> Iterator[Run]:
    """Make every leaf anew from its event, in order, from the first of a run on."""
    firsts = range(start, bounds.tree_size, LEAVES_AT_ONCE)
    return read_in_order(parts=(partial(_read, first, bounds) for first in firsts), readers=readers)


@transaction.atomic
def _read(first: int, bounds: Bounds) -> Run:
    end = min(first + LEAVES_AT_ONCE, bounds.tree_size)
    about = {"first": first, "end": end, "block": BLOCK, "settled": bounds.settled_sequence}
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP_BY_KEY)
        blocks = [(sealed, _hash(entries), settled) for sealed, entries, settled in _stream(cursor, about)]
        is_same = all(sealed == made for sealed, made, _settled in blocks)
        return Run(
            first=first,
            end=end,
            hashes=b"".join([sealed for sealed, _made, _settled in blocks]),
            settled=sum(settled for _sealed, _made, settled in blocks),
            differing=None if is_same else _differing(cursor, first, end),
        )


def _stream(cursor: CursorWrapper, about: Mapping[str, int]) -> Iterator[tuple[bytes, bytes | None, int]]:
    with connection.wrap_database_errors, cursor.copy(READ, about) as copy:
        copy.set_types(COLUMNS)
        yield from copy.rows()


def _hash(entries: bytes | None) -> bytes:
    lines = entries.split(b"\n") if entries else []
    return b"".join([hash_leaf(entry=line) for line in lines])


def _differing(cursor: CursorWrapper, first: int, end: int) -> Differing | None:
    cursor.execute(DIFFERING, {"first": first, "end": end})
    found = cursor.fetchone()
    return Differing(position=found[0], event_id=found[1], is_gone=found[2]) if found else None
