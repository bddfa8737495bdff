"""Pages beside the preference centre that an app above this one has for some people."""

import uuid
from collections.abc import Callable, Collection
from typing import NamedTuple


class OwnPage(NamedTuple):
    """A page of one person: what its link says, and its address."""

    label: str
    path: str


_FINDERS: list[Callable[[Collection[uuid.UUID]], list[OwnPage]]] = []


def offer(*, finder: Callable[[Collection[uuid.UUID]], list[OwnPage]]) -> None:
    """Have an app above this one asked for pages about the purposes a person permits; once."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def find_pages(*, purpose_ids: Collection[uuid.UUID]) -> list[OwnPage]:
    """Find the pages there are for who permits these purposes; nothing is asked for nobody's."""
    return [page for find in _FINDERS if purpose_ids for page in find(purpose_ids)]
