"""The Merkle tree of RFC 9162, section 2.1: which subtrees a proof is made of, and their hashes.

A subtree whose number of leaves is a power of two never changes again. Everything else is folded from those,
so that whoever can read the root of a complete subtree can make any root and any proof.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
# Begun once: a copy is had for less than a new beginning.
LEAF = hashlib.sha256(b"\x00")
# The roots of complete subtrees that are kept: those of 256 leaves, of 256 times 256, and so on.
KEPT_LEVELS = 8
BLOCK = 1 << KEPT_LEVELS


class Node(NamedTuple):
    """One complete subtree: 2**level leaves, from place * 2**level on."""

    level: int
    place: int


class Span(NamedTuple):
    """The leaves from `start` up to, not including, `end`."""

    start: int
    end: int


class OutsideTreeError(ValueError):
    """The proof asked for is about leaves that this tree does not have."""


ReadNodes = Callable[[Sequence[Node]], Mapping[Node, bytes]]


def hash_leaf(*, entry: bytes) -> bytes:
    """Hash what a leaf holds; the first byte keeps leaves and nodes apart."""
    leaf = LEAF.copy()
    leaf.update(entry)
    return leaf.digest()


def hash_children(*, left: bytes, right: bytes) -> bytes:
    """Hash the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def hash_block(*, hashes: bytes) -> bytes:
    """Hash the root of a complete subtree from its leaf hashes, written one after another."""
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join(
            [hashlib.sha256(b"\x01" + hashes[at : at + 2 * HASH_BYTES]).digest() for at in pairs]
        )
    return hashes


def split_of(*, size: int) -> int:
    """Where a tree of more than one leaf divides: the largest power of two below its size."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_path(*, position: int, tree_size: int) -> list[Span]:
    """List the subtrees that prove one leaf, the nearest first (RFC 9162, section 2.1.3.1).

    Raises OutsideTreeError.
    """
    if not 0 <= position < tree_size:
        raise OutsideTreeError(f"leaf {position} of {tree_size}")
    path, start, end = [], 0, tree_size
    while end - start > 1:
        middle = start + split_of(size=end - start)
        beside, start, end = (
            (Span(middle, end), start, middle) if position < middle else (Span(start, middle), middle, end)
        )
        path.append(beside)
    return path[::-1]


def consistency_path(*, first: int, second: int) -> list[Span]:
    """List the subtrees that prove that one tree is the beginning of another (RFC 9162, section 2.1.4.1).

    Raises OutsideTreeError.
    """
    if not 0 <= first <= second:
        raise OutsideTreeError(f"{first} leaves of {second}")
    if first in (0, second):
        return []
    path, start, end = [], 0, second
    while end != first:
        middle = start + split_of(size=end - start)
        beside, start, end = (
            (Span(middle, end), start, middle) if first <= middle else (Span(start, middle), middle, end)
        )
        path.append(beside)
    # A first tree that is itself a subtree is known to who checks; any other ends in one that is not.
    return path[::-1] if start == 0 else [Span(start, end), *path[::-1]]


def range_path(*, start: int, end: int, tree_size: int) -> list[Span]:
    """List the subtrees that prove a run of leaves, from left to right: all that lies beside it.

    Raises OutsideTreeError.
    """
    if not 0 <= start < end <= tree_size:
        raise OutsideTreeError(f"leaves {start} to {end} of {tree_size}")
    return list(_beside(Span(0, tree_size), Span(start, end)))


def _beside(whole: Span, proven: Span) -> Iterable[Span]:
    if proven.start <= whole.start and whole.end <= proven.end:
        return
    if whole.end <= proven.start or proven.end <= whole.start:
        yield whole
        return
    middle = whole.start + split_of(size=whole.end - whole.start)
    yield from _beside(Span(whole.start, middle), proven)
    yield from _beside(Span(middle, whole.end), proven)


def complete_subtrees(*, span: Span) -> list[Node]:
    """List the complete subtrees that a span falls into, the largest first."""
    nodes, start = [], span.start
    while start < span.end:
        level = (span.end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def hash_spans(*, spans: Sequence[Span], read: ReadNodes) -> list[bytes]:
    """Hash the root of each span, reading all complete subtrees at once."""
    parts = [complete_subtrees(span=span) for span in spans]
    known = read([node for nodes in parts for node in nodes])
    return [fold(hashes=[known[node] for node in nodes]) for nodes in parts]


def fold(*, hashes: Sequence[bytes]) -> bytes:
    """Hash the root above complete subtrees that follow one another; that of nothing is fixed."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = hash_children(left=left, right=root)
    return root


class GrowingTree:
    """A tree to which leaves are added; it keeps the complete subtrees on its right edge only."""

    def __init__(self, *, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        nodes = complete_subtrees(span=Span(0, size))
        self.size = size
        self._edge = {node.level: root for node, root in zip(nodes, edge, strict=True)}

    @property
    def root(self) -> bytes:
        return fold(hashes=self.edge)

    @property
    def edge(self) -> list[bytes]:
        """The complete subtrees on the right, the largest first: with its size all that the tree is."""
        return [self._edge[level] for level in sorted(self._edge, reverse=True)]

    def add(self, *, hashes: bytes) -> dict[Node, bytes]:
        """Add leaf hashes, written one after another; return the roots to keep that came to be."""
        made: dict[Node, bytes] = {}
        at = 0
        while at < len(hashes):
            whole = self.size % BLOCK == 0 and len(hashes) - at >= BLOCK * HASH_BYTES
            step = BLOCK * HASH_BYTES if whole else HASH_BYTES
            root = hash_block(hashes=hashes[at : at + step])
            self._put(
                Node(KEPT_LEVELS, self.size >> KEPT_LEVELS) if whole else Node(0, self.size), root, made
            )
            at += step
        return made

    def _put(self, node: Node, root: bytes, made: dict[Node, bytes]) -> None:
        self.size += 1 << node.level
        while True:
            if node.level and node.level % KEPT_LEVELS == 0:
                made[node] = root
            if node.level not in self._edge:
                break
            root = hash_children(left=self._edge.pop(node.level), right=root)
            node = Node(node.level + 1, node.place >> 1)
        self._edge[node.level] = root
