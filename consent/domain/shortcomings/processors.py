"""Parties outside whose agreement ends, was never made, or whose guarantees wait for a look."""

import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency, days_from
from consent.models import Processor
from customers.domain.staff import Area

AHEAD_DAYS: Final = 90
IN_USE: Final = {"in_use_until_date__isnull": True, "role__exact": Processor.Role.PROCESSOR.value}
DISCUSS: Final = _(
    "Who works with our data does so on a written agreement, with the same care as we. Which of these do we "
    "still need, what do they get that they could do without, and who talks to them? Without an agreement "
    "no data goes there."
)


def agreement_ended(at: datetime.datetime) -> Filters:
    """Still in use, on an agreement that ended."""
    return {**IN_USE, "agreement_until_date__lt": at.date()}


def agreement_ends(at: datetime.datetime) -> Filters:
    """In use, on an agreement that ends within ninety days."""
    last = days_from(at, days=AHEAD_DAYS).date()
    return {**IN_USE, "agreement_until_date__gte": at.date(), "agreement_until_date__lt": last}


def without_agreement(_at: datetime.datetime) -> Filters:
    """In use without any agreement."""
    return {**IN_USE, "agreed_date__isnull": True}


def review_due(at: datetime.datetime) -> Filters:
    """In use, and the day to look at its guarantees has come."""
    return {"in_use_until_date__isnull": True, "review_date__lte": at.date()}


PROCESSORS: Final = (
    Shortcoming(
        code="agreements_ended",
        title=_("Processors whose agreement ended"),
        act=_("Make a new agreement, or end the work"),
        discuss=DISCUSS,
        article=_("art. 28(3) GDPR"),
        urgency=Urgency.LATE,
        area=Area.PROCESSORS,
        model=Processor,
        filters=agreement_ended,
        legal_entity="",
        legal_entities="legal_entities",
    ),
    Shortcoming(
        code="agreements_missing",
        title=_("Processors without an agreement"),
        act=_("Make an agreement, or send no data"),
        discuss=DISCUSS,
        article=_("art. 28(3) GDPR"),
        urgency=Urgency.LATE,
        area=Area.PROCESSORS,
        model=Processor,
        filters=without_agreement,
        legal_entity="",
        legal_entities="legal_entities",
    ),
    Shortcoming(
        code="agreements_ending",
        title=_("Agreements with processors that end within 90 days"),
        act=_("Renew them in time"),
        discuss=DISCUSS,
        article=_("art. 28(3) GDPR"),
        urgency=Urgency.AHEAD,
        area=Area.PROCESSORS,
        model=Processor,
        filters=agreement_ends,
        legal_entity="",
        legal_entities="legal_entities",
    ),
    Shortcoming(
        code="processor_reviews_due",
        title=_("Processors to be reviewed"),
        act=_("See whether the guarantees are still enough, and choose the next day"),
        discuss=DISCUSS,
        article=_("art. 28(1) GDPR"),
        urgency=Urgency.NOW,
        area=Area.PROCESSORS,
        model=Processor,
        filters=review_due,
        legal_entity="",
        legal_entities="legal_entities",
    ),
)
