import calendar
import datetime
from zoneinfo import ZoneInfo


def term_end(*, start: datetime.datetime, months: int, zone: str) -> datetime.datetime:
    """Find the moment a term of whole months ends.

    It is 24:00 of the same-numbered day, or of the month's last, in this zone (rules, "The question").
    """
    day = start.astimezone(ZoneInfo(zone)).date()
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = min(day.day, calendar.monthrange(year, month)[1])
    next_day = datetime.date(year, month, last) + datetime.timedelta(days=1)
    return datetime.datetime.combine(next_day, datetime.time(), ZoneInfo(zone)).astimezone(datetime.UTC)


def last_moment(*, ends_at: datetime.datetime) -> datetime.datetime:
    """Find the last moment a term holds: 24:00 of a day belongs to that day, not to the next one."""
    return ends_at - datetime.timedelta(microseconds=1)
