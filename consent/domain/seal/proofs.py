"""Proofs about the sealed ledger. Each reads a few runs of at most 256 hashes, however large the tree is."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max

from consent.domain.seal.leaf_sql import read_statement
from consent.domain.seal.tree import (
    HASH_BYTES,
    KEPT_LEVELS,
    Node,
    Span,
    consistency_path,
    hash_block,
    hash_spans,
    inclusion_path,
    range_path,
)
from consent.models import Checkpoint, LedgerLeaf

RUNS = read_statement("runs")


class TreeBrokenError(Exception):
    """Leaves or nodes that the tree must have are not there."""


def inclusion_proof(*, position: int, tree_size: int) -> list[bytes]:
    """Prove that a leaf stands at its position in the tree of this size (RFC 9162, section 2.1.3).

    Raises OutsideTreeError, and TreeBrokenError when the tree is damaged.
    """
    return hash_spans(spans=inclusion_path(position=position, tree_size=tree_size), read=read_nodes)


def range_proof(*, start: int, end: int, tree_size: int) -> list[bytes]:
    """Prove that the leaves from `start` up to, not including, `end` stand there, all at once.

    Raises OutsideTreeError, and TreeBrokenError when the tree is damaged.
    """
    return hash_spans(spans=range_path(start=start, end=end, tree_size=tree_size), read=read_nodes)


def consistency_proof(*, first: int, second: int) -> list[bytes]:
    """Prove that the tree of the first size is the beginning of that of the second (section 2.1.4).

    Raises OutsideTreeError, and TreeBrokenError when the tree is damaged.
    """
    return hash_spans(spans=consistency_path(first=first, second=second), read=read_nodes)


def root_at(*, tree_size: int) -> bytes:
    """Compute the root of the tree as it was at this size; raises TreeBrokenError."""
    return hash_spans(spans=[Span(0, tree_size)], read=read_nodes)[0]


def latest_checkpoint() -> Checkpoint | None:
    """Get the last signed checkpoint; None when nothing was sealed yet."""
    return Checkpoint.objects.order_by("-tree_size").first()


def position_of(*, event_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Get the position of each event that is sealed; those that are not are left out."""
    sealed = LedgerLeaf.objects.filter(event_id__in=list(event_ids))
    return dict(sealed.values_list("event_id", "position"))


def sealed_size() -> int:
    """Count the leaves of the tree."""
    last: int | None = LedgerLeaf.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def read_nodes(nodes: Sequence[Node]) -> Mapping[Node, bytes]:
    """Read the roots of complete subtrees, from the leaves or from the nodes that are kept above them.

    Raises TreeBrokenError.
    """
    wanted = sorted(set(nodes))
    if not wanted:
        return {}
    above = [node.level % KEPT_LEVELS for node in wanted]
    runs = {
        "levels": [node.level - rest for node, rest in zip(wanted, above, strict=True)],
        "firsts": [node.place << rest for node, rest in zip(wanted, above, strict=True)],
        "ends": [(node.place + 1) << rest for node, rest in zip(wanted, above, strict=True)],
    }
    with connection.cursor() as cursor:
        cursor.execute(RUNS, runs)
        found: dict[int, Any] = dict(cursor.fetchall())
    return {node: _root(node, found[number] or b"") for number, node in enumerate(wanted)}


def _root(node: Node, hashes: bytes) -> bytes:
    if len(hashes) != HASH_BYTES << node.level % KEPT_LEVELS:
        raise TreeBrokenError(f"subtree {node.place} of level {node.level} is not whole")
    return hash_block(hashes=hashes)
