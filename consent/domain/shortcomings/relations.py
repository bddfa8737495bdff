"""Customer relations whose term ends."""

import datetime
from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency, days_from
from customers.domain.staff import Area
from customers.models import CustomerRelation


def ends_between(first: int, last: int) -> Callable[[datetime.datetime], Filters]:
    """Not ended yet, and the term passes within these days."""

    def filters(at: datetime.datetime) -> Filters:
        return {
            "ended_at__isnull": True,
            "ends_at__gte": days_from(at, days=first),
            "ends_at__lt": days_from(at, days=last),
        }

    return filters


def _ending(first: int, last: int, urgency: Urgency) -> Shortcoming:
    return Shortcoming(
        code=f"relations_end_{last}",
        title={
            30: _("Customer relations that end within 30 days"),
            60: _("Customer relations that end in 31 to 60 days"),
            90: _("Customer relations that end in 61 to 90 days"),
        }[last],
        act=_("Ask them for permission while you may still contact them"),
        discuss=_(
            "Three years after the last agreement a customer is a stranger again: no offers without "
            "permission. Whom of these do we want to keep in touch with, and how do we ask them before "
            "the term ends? A longer term takes a written balancing test, not a habit."
        ),
        article=_("art. 11.7(4) Telecommunications Act; Code Telemarketing 2024"),
        urgency=urgency,
        area=Area.RELATIONS,
        model=CustomerRelation,
        filters=ends_between(first, last),
        kept=True,
    )


RELATIONS: Final = (
    _ending(0, 30, Urgency.NOW),
    _ending(30, 60, Urgency.AHEAD),
    _ending(60, 90, Urgency.AHEAD),
)
