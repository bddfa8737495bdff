import datetime

from consent.domain.house_policies import Ending
from consent.models import DayOfMourning
from customers.models import StaffMember


class DayPassedError(ValueError):
    """The day has begun or passed: whether calls were allowed on it is settled."""


def declare_day_of_mourning(
    *, day: DayOfMourning, decided_by: StaffMember, decided_at: datetime.datetime
) -> DayOfMourning:
    """Keep a national day of mourning: nobody in that country is called on it (Code Telemarketing 2024).

    A day that has passed may be entered too: it then shows which calls should not have been made.
    """
    day.decided_by, day.decided_at = decided_by, decided_at
    day.save(force_insert=True)
    return day


def take_back_day_of_mourning(*, day: DayOfMourning, today: datetime.date, ending: Ending) -> DayOfMourning:
    """Take back a day that was entered by mistake, before it begins. Raises DayPassedError."""
    coming = DayOfMourning.objects.filter(pk=day.pk, ended_at__isnull=True, date__gt=today)
    if not coming.update(**vars(ending)):
        raise DayPassedError(str(day))
    day.refresh_from_db()
    return day
