"""The rows of a list that others made, with their numbers, taken up a part at a time."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from consent.domain.lists.opening import OpenList
from consent.domain.lists.problems import Fault as NoList
from consent.domain.lists.problems import ListNotReadableError
from scoring.domain.behaviour import AT_ONCE, Outcome
from scoring.domain.told import Fault

NAMED_AT_MOST: Final = 20
Row = tuple[int, dict[str, str]]


class ColumnsNotKnownError(ValueError):
    """The list has no row of columns, or one with columns that nothing is known of; these are their names."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(", ".join(sorted(names)))


@dataclass(kw_only=True)
class TakenUp:
    """How many rows were kept, known already and refused, and the first that were refused, with why."""

    kept: int = 0
    known: int = 0
    refused: int = 0
    first_faults: list[tuple[int, Fault]] = field(default_factory=list)


def read_rows(*, opened: OpenList, needed: Collection[str], known: Collection[str]) -> Iterator[Row]:
    """Read the rows of a list with their numbers; raises ColumnsNotKnownError and ListNotReadableError."""
    opened.text.seek(0)
    with io.TextIOWrapper(opened.text, encoding="utf-8-sig", newline="") as text:
        for _line in range(opened.layout.hinted + opened.layout.above):
            text.readline()
        reader = csv.DictReader(text, delimiter=opened.layout.separator)
        try:
            names = {name.strip() for name in reader.fieldnames or ()}
            if not set(needed) <= names <= set(known) or len(names) != len(reader.fieldnames or ()):
                raise ColumnsNotKnownError(names - set(known))
            for line, row in enumerate(reader, start=opened.layout.above + 2):
                # What stands behind the last column has no name, and so no place.
                yield line, {(name or "").strip(): cell for name, cell in row.items() if cell}
        except csv.Error as error:  # one cell as long as a book
            raise ListNotReadableError(NoList.NOT_TEXT) from error


def take_up(*, rows: Iterator[Row], keep: Callable[[Sequence[object]], Outcome]) -> TakenUp:
    """Take up a list a part at a time, each in a transaction of its own."""
    taken = TakenUp()
    while chunk := list(islice(rows, AT_ONCE)):
        outcome = keep([row for _line, row in chunk])
        taken.kept, taken.known = taken.kept + outcome.kept, taken.known + outcome.known
        taken.refused += len(outcome.faults)
        room = NAMED_AT_MOST - len(taken.first_faults)
        faults = [(chunk[place][0], fault) for place, fault in outcome.faults.items()]
        taken.first_faults += faults[:room]
    return taken
