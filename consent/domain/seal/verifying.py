"""Whether the ledger is still what was sealed: every event, leaf, kept node, checkpoint and signature.

It shows tampering, not truth: an act that was recorded wrongly is sealed as it was recorded. And a ledger
that was made anew as a whole, with our own keys, is found only by a checkpoint that was kept outside.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from consent.domain.ledger import evidence
from consent.domain.seal import faults
from consent.domain.seal.faults import Fault
from consent.domain.seal.leaf_sql import read_statement
from consent.domain.seal.notes import (
    CheckpointText,
    Note,
    NoteBrokenError,
    SignatureBrokenError,
    SignerUnknownError,
    Verifier,
    check_note,
    read_checkpoint,
    read_note,
)
from consent.domain.seal.rereading import Bounds, Run, read_bounds, read_runs
from consent.domain.seal.tree import HASH_BYTES, GrowingTree, Node
from consent.models import Checkpoint, ConsentEvent, TreeNode

# One more than cores of a small machine: while one hashes here, the others have the database at work.
READERS = 3
EVENTS_AT_ONCE = 2_000
MISSING_LEAF = read_statement("missing_leaf")
UNSEALED = read_statement("unsealed")
# The first part has no lower end: numbers begin at one, but who smuggles an event in may give it any.
COUNT_SETTLED = """
SELECT count(*) FROM consent_consentevent
WHERE (%(after)s = 0 OR sequence > %(after)s) AND sequence <= %(until)s
"""
# Numbers whose events one question counts: a matter of tenths of a second.
NUMBERS_AT_ONCE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Trusted:
    """What the ledger is held against: whose signatures count, and a checkpoint that was kept outside."""

    verifiers: Sequence[Verifier]
    outside: Note | None = None


def find_faults(*, bounds: Bounds, trusted: Trusted, readers: int = READERS) -> Iterator[Fault]:
    """Compare the ledger with its seal; yields what is wrong, in the order of the ledger.

    Nothing is held in memory but a few runs of leaves and the edge of the tree. Events written meanwhile are
    no concern: all is compared as far as `bounds` reaches.
    """
    try:
        anchor = read_anchor(trusted=trusted)
    except (NoteBrokenError, SignatureBrokenError):
        yield faults.outside_not_ours()
        return
    if anchor and anchor.tree_size > bounds.tree_size:
        yield faults.older_than_outside(tree_size=bounds.tree_size, told=anchor.tree_size)
    walk = _Walk(trusted.verifiers, anchor)
    for run in read_runs(bounds=bounds, readers=readers):
        yield from walk.pass_run(run)
    counted = sum(
        _count_settled(after, bounds) for after in range(0, max(bounds.settled_sequence, 1), NUMBERS_AT_ONCE)
    )
    yield from _at_the_end(bounds, walk, counted)


def read_anchor(*, trusted: Trusted) -> CheckpointText | None:
    """Read the checkpoint that was kept outside; raises NoteBrokenError, or SignatureBrokenError when it is
    not ours.
    """
    if trusted.outside is None:
        return None
    check_note(note=trusted.outside, verifiers=trusted.verifiers)
    return read_checkpoint(text=trusted.outside.text)


class Place(NamedTuple):
    """How far a comparison in parts has come: bounds, tree, last good checkpoint, and what was counted."""

    tree_size: int
    last_checkpoint: int
    settled_sequence: int
    size: int = 0
    edge: Sequence[str] = ()
    settled: int = 0
    good_until: int = 0
    counted_until: int = 0
    counted: int = 0

    @property
    def bounds(self) -> Bounds:
        return Bounds(
            tree_size=self.tree_size,
            last_checkpoint=self.last_checkpoint,
            settled_sequence=self.settled_sequence,
        )


def compare_part(*, place: Place, trusted: Trusted) -> tuple[Fault | None, Place | None]:
    """Compare the next run as `find_faults` does, by one reader; gives the first fault, and where to go on.

    Between two parts anybody else may work; nothing is kept but the edge of the tree.
    """
    walk = _Walk(trusted.verifiers, None)
    walk.take_up(place)
    run = next(read_runs(bounds=place.bounds, readers=1, start=place.size), None)
    if run is None:
        return _count_on(place, walk)
    fault = next(walk.pass_run(run), None)
    return fault, None if fault else walk.place(place.bounds)


def _count_on(place: Place, walk: "_Walk") -> tuple[Fault | None, Place | None]:
    """Behind the last run: count the next events that must all have been sealed, and at the last, compare."""
    counted = place.counted + _count_settled(place.counted_until, place.bounds)
    until = place.counted_until + NUMBERS_AT_ONCE
    if until < place.settled_sequence:
        return None, place._replace(counted_until=until, counted=counted)
    return next(_at_the_end(place.bounds, walk, counted), None), None


def begin_comparison() -> Place:
    """Begin a comparison in parts, as far as sealing has come."""
    return Place(**vars(read_bounds()))


def find_broken_evidence() -> Iterator[Fault]:
    """Open all evidence that was not erased; yields that which is not what the ledger has the digest of."""
    events = ConsentEvent.objects.order_by("sequence", "pk")
    page = list(events[:EVENTS_AT_ONCE])
    while page:
        for event_id in evidence.find_broken(events=page):
            yield faults.evidence_broken(event_id=event_id)
        last = page[-1]
        # A number may be given twice by who smuggles an event in.
        following = events.filter(sequence__gte=last.sequence)
        page = list(following.exclude(sequence=last.sequence, pk__lte=last.pk)[:EVENTS_AT_ONCE])


class _Walk:
    """The tree as it grows leaf by leaf, held against what was told of it on the way."""

    def __init__(self, verifiers: Sequence[Verifier], anchor: CheckpointText | None) -> None:
        self.tree = GrowingTree()
        self.settled = 0
        self._verifiers = verifiers
        self._anchor = anchor
        # Behind a difference every root differs: the first one says where it lies.
        self._good_until, self._is_lost = 0, False

    def take_up(self, place: Place) -> None:
        self.tree = GrowingTree(size=place.size, edge=[bytes.fromhex(one) for one in place.edge])
        self.settled, self._good_until = place.settled, place.good_until

    def place(self, bounds: Bounds) -> Place:
        edge = [one.hex() for one in self.tree.edge]
        return Place(
            **vars(bounds),
            size=self.tree.size,
            edge=edge,
            settled=self.settled,
            good_until=self._good_until,
        )

    def pass_run(self, run: Run) -> Iterator[Fault]:
        self.settled += run.settled
        if run.differing:
            tell = faults.event_gone if run.differing.is_gone else faults.event_changed
            yield tell(event_id=run.differing.event_id, position=run.differing.position)
        if len(run.hashes) != (run.end - run.first) * HASH_BYTES:
            yield faults.leaf_missing(position=_missing_leaf(run))
        for checkpoint in Checkpoint.objects.filter(tree_size__gt=run.first, tree_size__lte=run.end).order_by(
            "tree_size"
        ):
            yield from self._grow_to(checkpoint.tree_size, run)
            yield from self._compare(checkpoint)
        yield from self._grow_to(run.end, run)

    def _grow_to(self, size: int, run: Run) -> Iterator[Fault]:
        if self._anchor and self.tree.size < self._anchor.tree_size <= size:
            yield from self._add(self._anchor.tree_size, run)
            if self.tree.root != self._anchor.root:
                yield faults.other_than_outside(told=self._anchor.tree_size)
        yield from self._add(size, run)

    def _add(self, size: int, run: Run) -> Iterator[Fault]:
        first, last = ((place - run.first) * HASH_BYTES for place in (self.tree.size, size))
        made = self.tree.add(hashes=run.hashes[first:last])
        kept = _read_kept(made)
        for node in sorted(made):
            if not self._is_lost and kept.get(node) != made[node]:
                self._is_lost = True
                yield faults.node_changed(first=node.place << node.level, end=(node.place + 1) << node.level)

    def _compare(self, checkpoint: Checkpoint) -> Iterator[Fault]:
        size, is_told = checkpoint.tree_size, False
        try:
            note = read_note(written=checkpoint.note)
            told = read_checkpoint(text=note.text)
            is_told = (told.tree_size, told.root) == (size, bytes(checkpoint.root_hash))
            check_note(note=note, verifiers=self._verifiers)
        except SignerUnknownError:
            yield faults.not_signed(tree_size=size, before=self._good_until)
            return
        except (NoteBrokenError, SignatureBrokenError):
            is_told = False
        if not is_told:
            yield faults.checkpoint_changed(tree_size=size)
        elif self.tree.root == checkpoint.root_hash:
            self._good_until = size
        elif not self._is_lost:
            self._is_lost = True
            yield faults.leaves_changed(first=self._good_until, end=size)


def _read_kept(made: Mapping[Node, bytes]) -> dict[Node, bytes]:
    kept: dict[Node, bytes] = {}
    for level in {node.level for node in made}:
        places = [node.place for node in made if node.level == level]
        rows = TreeNode.objects.filter(level=level, place__in=places).values_list("place", "node_hash")
        kept |= {Node(level, place): bytes(root) for place, root in rows}
    return kept


def _count_settled(after: int, bounds: Bounds) -> int:
    until = min(after + NUMBERS_AT_ONCE, bounds.settled_sequence)
    found: int = _ask(COUNT_SETTLED, {"after": after, "until": until})[0]
    return found


def _at_the_end(bounds: Bounds, walk: _Walk, counted: int) -> Iterator[Fault]:
    size, told = bounds.tree_size, bounds.last_checkpoint
    if size < told:
        yield faults.end_cut_off(tree_size=size, told=told)
    if size > told:
        yield faults.not_under_a_checkpoint(tree_size=size, told=told)
    if counted != walk.settled:
        found: tuple[uuid.UUID, int] | None = _ask(UNSEALED, {"settled": bounds.settled_sequence})
        if found:
            yield faults.event_inserted(event_id=found[0], sequence=found[1])


def _missing_leaf(run: Run) -> int:
    found: int = _ask(MISSING_LEAF, {"first": run.first, "end": run.end})[0]
    return found


def _ask(question: str, about: Mapping[str, int]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, about)
        return cursor.fetchone()
