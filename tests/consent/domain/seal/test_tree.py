import hashlib
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.domain.seal.checking import is_consistent, is_included, is_range_included
from consent.domain.seal.tree import (
    EMPTY_ROOT,
    GrowingTree,
    Node,
    OutsideTreeError,
    Span,
    consistency_path,
    hash_leaf,
    hash_spans,
    inclusion_path,
    range_path,
)

# The reference tree of the Certificate Transparency project (RFC 6962 and 9162): eight entries, the root
# after each, and its published proofs.
ENTRIES = [
    bytes.fromhex(text)
    for text in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
sizes = st.integers(1, 300)


class Naive:
    """The tree as RFC 9162 defines it, by recursion over the entries themselves."""

    def __init__(self, size: int) -> None:
        self.leaves = [hash_leaf(entry=str(number).encode()) for number in range(size)]

    def root(self, start: int, end: int) -> bytes:
        if end == start:
            return hashlib.sha256(b"").digest()
        if end - start == 1:
            return self.leaves[start]
        half = 1
        while half * 2 < end - start:
            half *= 2
        return hashlib.sha256(
            b"\x01" + self.root(start, start + half) + self.root(start + half, end)
        ).digest()

    def path(self, position: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        half = 1
        while half * 2 < end - start:
            half *= 2
        if position < start + half:
            return [*self.path(position, start, start + half), self.root(start + half, end)]
        return [*self.path(position, start + half, end), self.root(start, start + half)]

    def read(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        return {node: self.root(node.place << node.level, (node.place + 1) << node.level) for node in nodes}

    def hashes(self, spans: Sequence[Span]) -> list[bytes]:
        return hash_spans(spans=spans, read=self.read)


def reference(size: int = 8) -> Naive:
    tree = Naive(0)
    tree.leaves = [hash_leaf(entry=entry) for entry in ENTRIES[:size]]
    return tree


def in_hex(hashes: Sequence[bytes]) -> list[str]:
    return [each.hex() for each in hashes]


def grown(leaves: Sequence[bytes]) -> GrowingTree:
    tree = GrowingTree()
    tree.add(hashes=b"".join(leaves))
    return tree


def test_root_of_nothing_is_that_of_the_standard() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert GrowingTree().root == EMPTY_ROOT


def test_roots_are_the_published_ones() -> None:
    assert [grown(reference(size).leaves).root.hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("position", "size", "proof"), INCLUSION)
def test_inclusion_proof_is_the_published_one(position: int, size: int, proof: list[str]) -> None:
    tree = reference()

    hashes = tree.hashes(inclusion_path(position=position, tree_size=size))

    assert in_hex(hashes) == proof
    assert is_included(
        leaf_hash=tree.leaves[position],
        position=position,
        tree_size=size,
        proof=hashes,
        root=bytes.fromhex(ROOTS[size - 1]),
    )


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_consistency_proof_is_the_published_one(first: int, second: int, proof: list[str]) -> None:
    hashes = reference().hashes(consistency_path(first=first, second=second))

    assert in_hex(hashes) == proof
    assert is_consistent(
        first=first,
        second=second,
        first_root=bytes.fromhex(ROOTS[first - 1]),
        second_root=bytes.fromhex(ROOTS[second - 1]),
        proof=hashes,
    )


@given(data=st.data(), size=sizes)
def test_inclusion_proof_is_that_of_the_definition(data: st.DataObject, size: int) -> None:
    position = data.draw(st.integers(0, size - 1))
    tree = Naive(size)

    proof = tree.hashes(inclusion_path(position=position, tree_size=size))

    def holds(**other: object) -> bool:
        told = {
            "leaf_hash": tree.leaves[position],
            "position": position,
            "tree_size": size,
            "proof": proof,
            "root": tree.root(0, size),
        }
        return is_included(**told | other)  # type: ignore[arg-type]

    assert proof == tree.path(position, 0, size)
    assert holds()
    assert not holds(leaf_hash=hash_leaf(entry=b"another"))
    assert not holds(root=hash_leaf(entry=b"another"))
    assert not holds(position=position + 1)
    assert not holds(proof=[*proof, tree.leaves[0]])
    assert not proof or not holds(proof=proof[:-1])
    assert not proof or not holds(proof=changed(data, proof))


@given(data=st.data(), second=sizes)
def test_consistency_proof_holds_for_these_two_only(data: st.DataObject, second: int) -> None:
    first = data.draw(st.integers(1, second))
    tree = Naive(second)
    proof = tree.hashes(consistency_path(first=first, second=second))

    def holds(**other: object) -> bool:
        told = {
            "first": first,
            "second": second,
            "first_root": tree.root(0, first),
            "second_root": tree.root(0, second),
            "proof": proof,
        }
        return is_consistent(**told | other)  # type: ignore[arg-type]

    assert holds()
    assert not holds(first_root=hash_leaf(entry=b"another"))
    assert not holds(second_root=hash_leaf(entry=b"another"))
    assert not holds(proof=[*proof, tree.leaves[0]])
    assert not proof or not holds(proof=proof[:-1])
    assert not proof or not holds(proof=changed(data, proof))


@given(second=sizes)
def test_second_size_is_used_up(second: int) -> None:
    """A checker that stops early would take a proof for a tree of another depth."""
    tree = Naive(second)
    first = max(1, second // 2)
    proof = tree.hashes(consistency_path(first=first, second=second))

    deeper = (second - 1).bit_length() + 1

    assert not is_consistent(
        first=first,
        second=second + (1 << deeper),
        first_root=tree.root(0, first),
        second_root=tree.root(0, second),
        proof=proof,
    )


@given(data=st.data(), size=sizes)
def test_range_proof_holds_for_these_leaves_only(data: st.DataObject, size: int) -> None:
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    tree = Naive(size)
    proof = tree.hashes(range_path(start=start, end=end, tree_size=size))

    def holds(**other: object) -> bool:
        told = {
            "leaf_hashes": tree.leaves[start:end],
            "start": start,
            "tree_size": size,
            "proof": proof,
            "root": tree.root(0, size),
        }
        return is_range_included(**told | other)  # type: ignore[arg-type]

    another = hash_leaf(entry=b"another")
    assert holds()
    assert not holds(leaf_hashes=[another, *tree.leaves[start + 1 : end]])
    assert not holds(leaf_hashes=[*tree.leaves[start:end], another])
    assert not holds(leaf_hashes=[])
    assert not holds(start=start + 1)
    assert not holds(proof=[*proof, another])
    assert not proof or not holds(proof=proof[:-1])
    assert not proof or not holds(proof=changed(data, proof))


@given(pieces=st.lists(st.integers(0, 700), max_size=6))
def test_tree_that_grows_in_pieces_is_the_whole_tree(pieces: list[int]) -> None:
    tree, naive = GrowingTree(), Naive(sum(pieces))
    made: dict[Node, bytes] = {}

    for piece in pieces:
        made |= tree.add(hashes=b"".join(naive.leaves[tree.size : tree.size + piece]))

    assert (tree.size, tree.root) == (sum(pieces), naive.root(0, sum(pieces)))
    assert made == naive.read([Node(8, index) for index in range(sum(pieces) // 256)])


def test_tree_keeps_the_roots_of_every_eighth_level() -> None:
    leaves = [hash_leaf(entry=str(number).encode()) for number in range(65_536 + 256)]

    made = GrowingTree().add(hashes=b"".join(leaves))

    assert sorted(made) == [*(Node(8, index) for index in range(257)), Node(16, 0)]


@given(size=sizes, more=st.integers(0, 300))
def test_tree_goes_on_from_its_right_edge(size: int, more: int) -> None:
    naive = Naive(size + more)
    edge = [naive.read([node])[node] for node in inclusion_edge(size)]

    tree = GrowingTree(size=size, edge=edge)
    tree.add(hashes=b"".join(naive.leaves[size:]))

    assert tree.root == naive.root(0, size + more)


def inclusion_edge(size: int) -> list[Node]:
    """The complete subtrees of a tree of this size, the largest first: the ones in its binary number."""
    nodes, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            nodes.append(Node(level, start >> level))
            start += 1 << level
    return nodes


@pytest.mark.parametrize(("position", "size"), [(0, 0), (8, 8), (-1, 8)])
def test_leaf_outside_the_tree_has_no_proof(position: int, size: int) -> None:
    with pytest.raises(OutsideTreeError):
        inclusion_path(position=position, tree_size=size)

    assert not is_included(leaf_hash=EMPTY_ROOT, position=position, tree_size=size, proof=[], root=EMPTY_ROOT)


@pytest.mark.parametrize(("first", "second"), [(9, 8), (-1, 8)])
def test_larger_tree_is_no_beginning(first: int, second: int) -> None:
    with pytest.raises(OutsideTreeError):
        consistency_path(first=first, second=second)

    assert not is_consistent(
        first=first, second=second, first_root=EMPTY_ROOT, second_root=EMPTY_ROOT, proof=[]
    )


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 3), (4, 3), (0, 9), (-1, 2)])
def test_run_outside_the_tree_has_no_proof(start: int, end: int) -> None:
    with pytest.raises(OutsideTreeError):
        range_path(start=start, end=end, tree_size=8)


def test_empty_tree_is_the_beginning_of_every_tree() -> None:
    tree = reference()

    assert consistency_path(first=0, second=8) == []
    assert is_consistent(first=0, second=8, first_root=EMPTY_ROOT, second_root=tree.root(0, 8), proof=[])
    assert not is_consistent(
        first=0, second=8, first_root=tree.root(0, 8), second_root=tree.root(0, 8), proof=[]
    )


def changed(data: st.DataObject, proof: list[bytes]) -> list[bytes]:
    """The same proof with one bit turned."""
    place = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    turned = int.from_bytes(proof[place]) ^ (1 << bit)
    return [*proof[:place], turned.to_bytes(32), *proof[place + 1 :]]
