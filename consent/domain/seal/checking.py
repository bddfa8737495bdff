"""How a proof is checked by somebody who holds no more than the root (RFC 9162, section 2.1)."""

from collections.abc import Iterator, Sequence

from consent.domain.seal.tree import EMPTY_ROOT, Span, hash_children, split_of


def is_included(
    *, leaf_hash: bytes, position: int, tree_size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether a proof shows that a leaf stands at a position in the tree (section 2.1.3.2)."""
    if not 0 <= position < tree_size:
        return False
    leaf, last, found = position, tree_size - 1, leaf_hash
    for beside in proof:
        if last == 0:
            return False
        if leaf & 1 or leaf == last:
            found = hash_children(left=beside, right=found)
            leaf, last = _climb(leaf, last)
        else:
            found = hash_children(left=found, right=beside)
        leaf, last = leaf >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether a proof shows that the first tree is the beginning of the second (section 2.1.4.2)."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    return bool(path) and _roots_of(first, second, path) == (first_root, second_root)


def _roots_of(first: int, second: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots as the path gives them; None when it does not span the second tree."""
    leaf, last = first - 1, second - 1
    while leaf & 1:
        leaf, last = leaf >> 1, last >> 1
    old = new = path[0]
    for beside in path[1:]:
        if last == 0:
            return None
        if leaf & 1 or leaf == last:
            old, new = hash_children(left=beside, right=old), hash_children(left=beside, right=new)
            leaf, last = _climb(leaf, last)
        else:
            new = hash_children(left=new, right=beside)
        leaf, last = leaf >> 1, last >> 1
    return (old, new) if last == 0 else None


def _climb(leaf: int, last: int) -> tuple[int, int]:
    """Pass the levels on which the right edge of the tree has nothing beside it."""
    while leaf and not leaf & 1:
        leaf, last = leaf >> 1, last >> 1
    return leaf, last


def is_range_included(
    *, leaf_hashes: Sequence[bytes], start: int, tree_size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether a proof shows that a run of leaves stands in the tree from a position on."""
    proven = Span(start, start + len(leaf_hashes))
    if not 0 <= proven.start < proven.end <= tree_size:
        return False
    beside = iter(proof)
    try:
        found = _hash_with(Span(0, tree_size), proven, leaf_hashes, beside)
    except StopIteration:
        return False
    return found == root and next(beside, None) is None


def _hash_with(whole: Span, proven: Span, leaf_hashes: Sequence[bytes], beside: Iterator[bytes]) -> bytes:
    if whole.end <= proven.start or proven.end <= whole.start:
        return next(beside)
    if whole.end - whole.start == 1:
        return leaf_hashes[whole.start - proven.start]
    middle = whole.start + split_of(size=whole.end - whole.start)
    left = _hash_with(Span(whole.start, middle), proven, leaf_hashes, beside)
    return hash_children(left=left, right=_hash_with(Span(middle, whole.end), proven, leaf_hashes, beside))
