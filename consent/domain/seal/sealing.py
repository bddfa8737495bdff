"""Sealing: every event gets its leaf in the tree, in the order in which the ledger shows them.

An event can become visible later than one with a higher number, when its transaction took longer, and a
number can be skipped for good, when its transaction was undone. So the ledger is read anew from a mark on,
and the mark moves only over numbers that are settled. Run by run: choose the last number given out as
candidate; later, note the first transaction number not given out yet; later still, when no transaction below
that runs any more, whatever is not there up to the candidate will never be.
"""

import datetime
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection, transaction

from consent.domain.seal import proofs
from consent.domain.seal.keys import signers
from consent.domain.seal.leaf_sql import read_statement
from consent.domain.seal.notes import CheckpointText, sign_note
from consent.domain.seal.tree import HASH_BYTES, GrowingTree, Span, complete_subtrees
from consent.models import Checkpoint, SealMark, TreeNode

EVENTS_AT_ONCE = 10_000
# Any number, but always this one: whoever seals holds it.
LOCK: Final = 7_265_416_953
# A statement takes its number just before its transaction; this is ages longer than that.
SETTLES_AFTER = datetime.timedelta(seconds=5)

SEAL = read_statement("seal")
SEAL_NEW = SEAL.replace("/* due */", "event.sequence > %(highest)s")
SEAL_LATE = SEAL.replace(
    "/* due */",
    "event.sequence > %(settled)s AND event.sequence <= %(until)s AND NOT EXISTS"
    " (SELECT FROM consent_ledgerleaf leaf WHERE leaf.event_id = event.id)",
)
COUNT = "SELECT count(*) FROM consent_consentevent WHERE sequence > %s AND sequence <= %s"
# A sequence that was never asked for a number shows its first one.
LAST_GIVEN = "SELECT last_value - (NOT is_called)::int FROM consent_event_sequence"
HORIZON = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
OLDEST_RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def seal_ledger(*, now: datetime.datetime, events_at_once: int = EVENTS_AT_ONCE) -> Iterator[int]:
    """Seal what waits, in chunks of one transaction each; yields how many events each chunk sealed.

    What came late is looked for once, then all that is new is sealed. Stopping between chunks loses nothing.
    """
    for seal_some in (seal_late, seal_chunk):
        sealed = events_at_once
        while sealed >= events_at_once:
            sealed = seal_some(now=now, events_at_once=events_at_once)
            yield sealed


@transaction.atomic
def seal_late(*, now: datetime.datetime, events_at_once: int = EVENTS_AT_ONCE) -> int:
    """Seal one chunk of events that became visible after higher numbers were sealed; returns how many.

    When the candidate is settled and nothing is left below it, the mark moves there.
    """
    mark = _begin()
    is_settled = _is_settled(mark)
    tree = _read_tree()
    late = 0
    if is_settled or _has_late_ones(mark, tree):
        late = _seal(SEAL_LATE, mark, tree, events_at_once)
    if is_settled and late < events_at_once:
        _settle(mark)
    _end(mark, tree, late, now)
    return late


@transaction.atomic
def seal_chunk(*, now: datetime.datetime, events_at_once: int = EVENTS_AT_ONCE) -> int:
    """Seal one chunk of events above all that are sealed; returns how many."""
    mark = _begin()
    tree = _read_tree()
    new = _seal(SEAL_NEW, mark, tree, events_at_once)
    # While much waits, the mark follows what is sealed: the part to look back on stays short.
    _choose_candidate(mark, now, mark.highest_sequence if new == events_at_once else _ask(LAST_GIVEN))
    _end(mark, tree, new, now)
    return new


def _begin() -> SealMark:
    """One sealer works at a time, until the end of its transaction."""
    _ask("SELECT pg_advisory_xact_lock(%s)", LOCK)
    mark, _made = SealMark.objects.get_or_create(pk=SealMark.ONLY)
    return mark


def _end(mark: SealMark, tree: GrowingTree, sealed: int, now: datetime.datetime) -> None:
    mark.save()
    if sealed:
        _sign(tree, now)


def _read_tree() -> GrowingTree:
    size = proofs.sealed_size()
    nodes = complete_subtrees(span=Span(0, size))
    known = proofs.read_nodes(nodes)
    return GrowingTree(size=size, edge=[known[node] for node in nodes])


def _has_late_ones(mark: SealMark, tree: GrowingTree) -> bool:
    """Counting is quick; only when more are there than were sealed is it worth to look which."""
    visible = _ask(COUNT, mark.settled_sequence, mark.highest_sequence)
    return bool(visible > tree.size - mark.settled_leaves)


def _seal(statement: str, mark: SealMark, tree: GrowingTree, events_at_once: int) -> int:
    due = {
        "settled": mark.settled_sequence,
        "highest": mark.highest_sequence,
        "until": max(mark.highest_sequence, mark.candidate_sequence or 0),
        "most": events_at_once,
        "tree_size": tree.size,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, due)
        hashes, last = cursor.fetchone()
    made = tree.add(hashes=bytes(hashes))
    TreeNode.objects.bulk_create(
        [TreeNode(level=node.level, place=node.place, node_hash=root) for node, root in made.items()]
    )
    mark.highest_sequence = max(mark.highest_sequence, last or 0)
    return len(hashes) // HASH_BYTES


def _is_settled(mark: SealMark) -> bool:
    """No transaction runs that began to write before the horizon was noted.

    In another cluster, after a restore, transaction numbers start lower: the mark then waits, which loses
    nothing.
    """
    return mark.candidate_horizon is not None and _ask(OLDEST_RUNNING) >= mark.candidate_horizon


def _settle(mark: SealMark) -> None:
    """All that will ever stand there up to the candidate is sealed: nobody looks there again."""
    candidate = mark.candidate_sequence or mark.settled_sequence
    mark.settled_leaves += _ask(COUNT, mark.settled_sequence, candidate)
    mark.settled_sequence = candidate
    mark.candidate_sequence = mark.candidate_at = mark.candidate_horizon = None


def _choose_candidate(mark: SealMark, now: datetime.datetime, candidate: int) -> None:
    if mark.candidate_at is None:
        if candidate > mark.settled_sequence:
            mark.candidate_sequence, mark.candidate_at = candidate, now
    elif mark.candidate_horizon is None and now >= mark.candidate_at + SETTLES_AFTER:
        mark.candidate_horizon = _ask(HORIZON)


def _sign(tree: GrowingTree, now: datetime.datetime) -> None:
    keys = signers()
    told = CheckpointText(origin=keys[0].name, tree_size=tree.size, root=tree.root)
    note = sign_note(text=str(told), signers=keys)
    Checkpoint.objects.create(tree_size=tree.size, root_hash=tree.root, note=str(note), made_at=now)


def _ask(question: str, *about: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, about)
        return cursor.fetchone()[0]
