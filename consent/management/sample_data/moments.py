import datetime
from typing import Final
from zoneinfo import ZoneInfo

from customers.models import LegalEntity

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
BRUSSELS: Final = ZoneInfo("Europe/Brussels")
LONG_AGO: Final = datetime.datetime(2020, 1, 1, 12, tzinfo=AMSTERDAM)
# A form is sent, and a link asked, a little before the dated fact, which stands at 12:00 sharp: asked about
# that date alone, which means 12:00, the whole of it has happened.
JUST_BEFORE: Final = datetime.timedelta(minutes=5)


def noon(*, day: str, entity: LegalEntity) -> datetime.datetime:
    """Read a date of the sample: without a time it is 12:00 in the zone of the legal entity."""
    return datetime.datetime.combine(
        datetime.date.fromisoformat(day), datetime.time(12), ZoneInfo(entity.time_zone)
    )
