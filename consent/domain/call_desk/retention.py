"""How long it is kept who looked whom up, and who was shown to whom: both say something of people."""

import datetime
from typing import Any, Final

from django.db.models import QuerySet

from consent.models import DeskLookup, ShownContact

# Long enough for a yearly check of who looked whom up, and for a complaint about it.
KEEP_LOOKUPS: Final = datetime.timedelta(days=366)
# It says on which ground somebody was called: a fine can come until five years later (art. 5:45 Awb).
KEEP_SHOWN: Final = datetime.timedelta(days=5 * 366)
AT_ONCE: Final = 5_000


def delete_past_term(*, now: datetime.datetime) -> int:
    """Delete the next of the rows that were kept for their term, some thousands at a time; say how many.

    What came of each call stays in its own row (`ContactAttempt`). Source: art. 5(1)(e) GDPR.
    """
    lookups = DeskLookup.objects.filter(looked_up_at__lte=now - KEEP_LOOKUPS).order_by("looked_up_at", "pk")
    shown = ShownContact.objects.filter(shown_at__lte=now - KEEP_SHOWN).order_by("shown_at", "pk")
    return _delete(lookups) + _delete(shown)


def _delete(rows: QuerySet[Any]) -> int:
    keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    deleted, _by_model = rows.model.objects.filter(pk__in=keys).delete()
    return int(deleted)
