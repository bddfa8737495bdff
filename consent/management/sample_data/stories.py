"""What apps above this one add to the sample, when everything else stands: none of it is known here.

An app has a module of this name in the same place, that adds its own.
"""

import datetime
from typing import Final, Protocol


class Story(Protocol):
    """Adds people and what they did, as seen at this moment."""

    def __call__(self, *, now: datetime.datetime) -> None: ...


STORIES: Final[list[Story]] = []
