"""Events sealed long after they say they were written: a backlog, old data, or put in afterwards."""

import datetime
import uuid
from typing import Final, NamedTuple

from django.db import connection

from consent.domain.seal.leaf_sql import read_statement

LATE: Final = read_statement("late")
# An event is sealed within a minute of its commit; a long import, or a clock that is wrong, takes no day.
LONGEST: Final = "1 day"


class Late(NamedTuple):
    """The first event that was sealed late, the checkpoint signed without it, and how many there are."""

    position: int
    event_id: uuid.UUID
    recorded_at: datetime.datetime
    signed_without_it_at: datetime.datetime
    number: int


def find_late(*, tree_size: int) -> Late | None:
    """Find what says it was written more than a day before a checkpoint that was signed without it.

    No fault by itself: who was not sealed for days, or loads what another system recorded, has such events.
    So has who puts a back-dated one in, with a number of its own: nothing but its moments tells.
    """
    with connection.cursor() as cursor:
        cursor.execute(LATE, {"tree_size": tree_size, "longest": LONGEST})
        found = cursor.fetchone()
    return Late(*found) if found else None
