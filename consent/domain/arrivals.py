"""By which link somebody came to a form: an app above this one knows what its links mean."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from consent.models import CollectionPoint
from customers.models import Contact


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody who sent a form by themselves, the code of the link they came by, and when."""

    contact: Contact
    collection_point: CollectionPoint
    code: str
    came_at: datetime.datetime


_HEARERS: list[Callable[[Arrival], None]] = []


def hear(*, hearer: Callable[[Arrival], None]) -> None:
    """Have every arrival told to a function of an app above this one; once, however often it asks."""
    if hearer not in _HEARERS:
        _HEARERS.append(hearer)


def tell(*, arrival: Arrival) -> None:
    """Tell all who hear of it, in the transaction of the form; what they raise undoes it as well."""
    for hearer in _HEARERS:
        hearer(arrival)
