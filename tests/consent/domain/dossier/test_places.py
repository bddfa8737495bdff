"""Places are a set of numbers, and the proof beside them leaves out nothing and nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.domain.dossier.places import Places
from consent.domain.dossier.proof import subset_path

TREE = 70
chosen = st.lists(st.integers(0, TREE - 1), unique=True).map(sorted)


def places_at(*runs: list[int]) -> Places:
    places = Places(tree_size=TREE)
    for run in runs:
        places.add(positions=run)
    return places


@given(positions=chosen, start=st.integers(0, TREE), end=st.integers(0, TREE))
def test_places_are_counted_between_any_two(positions: list[int], start: int, end: int) -> None:
    start, end = sorted((start, end))

    places = places_at(positions)

    assert list(places) == positions
    assert len(places) == len(positions)
    assert places.count(start=start, end=end) == sum(start <= one < end for one in positions)


@pytest.mark.parametrize("run", [range(16), range(8, 24), range(3, 19), range(64, 70), range(8, 8)])
def test_run_is_kept_as_its_places(run: range) -> None:
    assert list(places_at(list(run))) == list(run)
    assert list(places_at([9, 40], list(run))) == sorted({9, 40, *run})


@given(positions=chosen, size=st.integers(0, TREE))
def test_proof_holds_each_leaf_beside_the_places_once(positions: list[int], size: int) -> None:
    inside = [one for one in positions if one < size]

    path = list(subset_path(places=places_at(inside), tree_size=size))

    covered = [leaf for span in path for leaf in range(span.start, span.end)]
    assert sorted([*covered, *inside]) == list(range(size))
    assert covered == sorted(covered)


def test_what_is_selected_whole_needs_no_proof() -> None:
    assert list(subset_path(places=places_at(list(range(TREE))), tree_size=TREE)) == []
