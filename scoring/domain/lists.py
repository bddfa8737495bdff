"""The two lists that are taken up: what people did, and what they are; by a command or from a page."""

from collections.abc import Callable, Iterator
from typing import Final

from consent.domain.lists.opening import OpenList
from scoring.domain.attributes.keeping import Supply, check_supply, find_kinds, keep_attributes
from scoring.domain.attributes.reading import WHO
from scoring.domain.behaviour import Delivery, keep_behaviour
from scoring.domain.rows import Row, TakenUp, read_rows, take_up
from scoring.domain.told import FIELDS

KEY_LETTERS: Final = 24
NEEDED: Final = ("kind", "occurred_at")


def read_behaviour(*, opened: OpenList) -> Iterator[Row]:
    """Read what people did; a row without a key of its own is known by its place in this very list.

    Raises ColumnsNotKnownError and ListNotReadableError.
    """
    for line, row in read_rows(opened=opened, needed=NEEDED, known=FIELDS):
        yield line, {"external_id": f"{opened.sha256[:KEY_LETTERS]}-{line}", **row}


def take_up_behaviour(*, rows: Iterator[Row], delivery: Callable[[], Delivery]) -> TakenUp:
    """Keep what people did, row by row, each part as a delivery of its moment: scores hear of it then.

    The same list again changes nothing.
    """
    return take_up(rows=rows, keep=lambda part: keep_behaviour(rows=part, delivery=delivery()))


def read_attributes(*, opened: OpenList, supply: Supply) -> Iterator[Row]:
    """Read what people are: a column for each attribute that this legal entity keeps.

    Raises SupplyRefusedError, ColumnsNotKnownError and ListNotReadableError.
    """
    check_supply(supply=supply)
    kinds = find_kinds(legal_entity=supply.legal_entity)
    yield from read_rows(opened=opened, needed=(), known=WHO | kinds.keys())


def take_up_attributes(*, rows: Iterator[Row], supply: Callable[[], Supply]) -> TakenUp:
    """Keep what people are, row by row, each part as a supply of its moment.

    The same list again changes nothing.
    """
    return take_up(rows=rows, keep=lambda part: keep_attributes(rows=part, supply=supply()))
