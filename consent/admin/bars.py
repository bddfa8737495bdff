"""A chart of bars beside its table: drawn on the server, the same colours meaning the same everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from django_stubs_ext import StrPromise


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: what it counts, how many, how long it is in percent of the longest, and its colour."""

    label: str | StrPromise
    number: int
    percent: str
    colour: str


def bars_of(counts: Sequence[tuple[str | StrPromise, int, str]]) -> list[Bar]:
    longest = max((number for _label, number, _colour in counts), default=0) or 1
    return [
        # A bar is never so short that it cannot be seen; the point is that of SVG, whatever the language.
        Bar(
            label=label,
            number=number,
            percent=f"{max(100 * number / longest, 0.5 if number else 0):.1f}%",
            colour=colour,
        )
        for label, number, colour in counts
    ]
