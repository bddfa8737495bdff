"""The days on which generated people act, and what is written down at the end of each."""

import datetime
import random
from collections import defaultdict
from dataclasses import dataclass, field

from consent.domain.ledger.recording import NewEvent, record
from consent.domain.relations import NewTransaction, record_transactions
from consent.management.sample_data.moments import AMSTERDAM

FIRST_YEAR, LAST_YEAR = 2020, 2026
LAST_DATE = datetime.date(2026, 10, 28)
# One day every two months: each is one set-based write of all that happened on it.
DAYS = tuple(
    day
    for year in range(FIRST_YEAR, LAST_YEAR + 1)
    for month in range(2, 13, 2)
    if (day := datetime.date(year, month, (month * 7 + year) % 28 + 1)) <= LAST_DATE
)
FIRST_HOUR, LAST_HOUR = 8, 21
WRITTEN_AT = datetime.time(23, 55)
# Below 1: more of the days lie in recent years.
LEANING = 0.6


@dataclass(frozen=True, kw_only=True)
class Diary:
    """What happened on which day."""

    events: dict[datetime.date, list[NewEvent]] = field(default_factory=lambda: defaultdict(list))
    agreed: dict[datetime.date, list[NewTransaction]] = field(default_factory=lambda: defaultdict(list))

    def add_event(self, event: NewEvent) -> None:
        self.events[local_date(moment=event.occurred_at)].append(event)

    def add_agreement(self, agreed: NewTransaction) -> None:
        self.agreed[local_date(moment=agreed.occurred_at)].append(agreed)

    def write_down(self) -> None:
        """Record every day in one go, as other systems hand over their day at night."""
        for day in sorted(self.events.keys() | self.agreed.keys()):
            recorded_at = datetime.datetime.combine(day, WRITTEN_AT, AMSTERDAM)
            if day in self.agreed:
                record_transactions(agreed=self.agreed[day], recorded_at=recorded_at)
            if day in self.events:
                record(events=self.events[day], recorded_at=recorded_at)


def local_date(*, moment: datetime.datetime) -> datetime.date:
    return moment.astimezone(AMSTERDAM).date()


def draw_moment(*, dice: random.Random) -> datetime.datetime:
    """Draw a moment on one of the days."""
    return _within(dice, DAYS[int(len(DAYS) * dice.random() ** LEANING)])


def draw_later(*, dice: random.Random, than: datetime.datetime) -> datetime.datetime | None:
    """Draw a moment on a later day; None when there is none."""
    later = [day for day in DAYS if day > local_date(moment=than)]
    return _within(dice, dice.choice(later)) if later else None


def _within(dice: random.Random, day: datetime.date) -> datetime.datetime:
    time = datetime.time(dice.randint(FIRST_HOUR, LAST_HOUR), dice.randint(0, 59), dice.randint(0, 59))
    return datetime.datetime.combine(day, time, AMSTERDAM)
