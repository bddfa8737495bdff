import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

NOON: Final = datetime.time(12)
# Far enough for every fact and term there can be, and for arithmetic with them.
FIRST_YEAR, LAST_YEAR = 1900, 2199


class MomentNotReadableError(ValueError):
    """The text is no moment; `sentence` says so to whoever typed it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.sentence = _(
            "“%(text)s” is no moment: write a date such as 2026-06-30, with or without a time such as "
            "2026-06-30T23:59."
        ) % {"text": text}


def read_moment(*, text: str, zone: str) -> datetime.datetime:
    """Read a moment in ISO notation; without offset it is in this zone, and a date alone is 12:00 there.

    Source: architecture, "Interface contracts". Raises MomentNotReadableError, also for a moment that the
    clocks of the zone skip.
    """
    written = text.strip()
    moment = _read_date(written) or _read_date_and_time(written)
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise MomentNotReadableError(text)
    if moment.tzinfo is not None:
        return moment
    local = moment.replace(tzinfo=ZoneInfo(zone))
    if local.astimezone(datetime.UTC).astimezone(local.tzinfo).replace(tzinfo=None) != moment:
        raise MomentNotReadableError(text)
    return local


def _read_date(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.combine(datetime.date.fromisoformat(text), NOON)
    except ValueError:
        return None


def _read_date_and_time(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
