"""One proof for many events: the hashes of all that lies between them, from left to right.

It is the range proof of the tree for any set of places; `verify_evidence.py` reads it.
"""

import base64
from collections.abc import Iterator
from itertools import islice

from consent.domain.dossier.places import Places
from consent.domain.seal.proofs import read_nodes
from consent.domain.seal.tree import Span, hash_spans, split_of

SPANS_AT_ONCE = 5_000
HASHES_AT_ONCE = 1_000


def write_proof(*, places: Places, tree_size: int) -> Iterator[bytes]:
    """Write the proof, one hash a line; raises TreeBrokenError when the tree is damaged."""
    proof = subset_proof(places=places, tree_size=tree_size)
    # Many lines at once: hashing and packing each alone costs more than the line.
    while some := list(islice(proof, HASHES_AT_ONCE)):
        yield b"".join(base64.b64encode(one) + b"\n" for one in some)


def subset_proof(*, places: Places, tree_size: int) -> Iterator[bytes]:
    """Prove that leaves stand at these places in the tree of this size.

    Raises TreeBrokenError when the tree is damaged.
    """
    path = subset_path(places=places, tree_size=tree_size)
    while spans := list(islice(path, SPANS_AT_ONCE)):
        yield from hash_spans(spans=spans, read=read_nodes)


def subset_path(*, places: Places, tree_size: int) -> Iterator[Span]:
    """Go through the largest subtrees that hold none of these places, from left to right."""
    return _beside(Span(0, tree_size), places, len(places)) if tree_size else iter(())


def _beside(whole: Span, places: Places, inside: int) -> Iterator[Span]:
    size = whole.end - whole.start
    if not inside:
        yield whole
    # What is selected as a whole has nothing beside it.
    elif inside < size:
        middle = whole.start + split_of(size=size)
        left = places.count(start=whole.start, end=middle)
        yield from _beside(Span(whole.start, middle), places, left)
        yield from _beside(Span(middle, whole.end), places, inside - left)
