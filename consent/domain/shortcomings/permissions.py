"""Permissions that authorise nothing, or soon will not any more."""

import datetime
from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency, days_from
from consent.models import ConsentRecord, Status
from customers.domain.staff import Area

GIVEN: Final = (Status.GIVEN.value, Status.RENEWED.value)
DISCUSS_ENDING: Final = _(
    "A permission with a term ends by itself, and from then on nobody may be contacted on it. "
    "Whom do we ask again, in which message, and who does it before the term ends? Ask while you still may."
)


def lacks_proof(_at: datetime.datetime) -> Filters:
    """Given, but what the evidence must hold is not all there."""
    return {"status__in": GIVEN, "complete__exact": False}


def ends_between(first: int, last: int) -> Callable[[datetime.datetime], Filters]:
    """Given, and the term ends within these days."""

    def filters(at: datetime.datetime) -> Filters:
        return {
            "status__in": GIVEN,
            "valid_until__gte": days_from(at, days=first),
            "valid_until__lt": days_from(at, days=last),
        }

    return filters


def _ending(first: int, last: int, urgency: Urgency) -> Shortcoming:
    return Shortcoming(
        code=f"permissions_end_{last}",
        title={
            30: _("Permissions that end within 30 days"),
            60: _("Permissions that end in 31 to 60 days"),
            90: _("Permissions that end in 61 to 90 days"),
        }[last],
        act=_("Ask them again in time"),
        discuss=DISCUSS_ENDING,
        article=_("art. 5(1)(e) and 7 GDPR; EDPB 05/2020, paragraph 110"),
        urgency=urgency,
        area=Area.PERMISSIONS,
        model=ConsentRecord,
        filters=ends_between(first, last),
        department="purpose__department",
        purpose="purpose",
        kept=True,
    )


PERMISSIONS: Final = (
    Shortcoming(
        code="lacks_proof",
        title=_("Permissions without complete evidence"),
        act=_("See what is missing; ask again where it cannot be found"),
        discuss=_(
            "To use a permission you must be able to show it: who, what, when, where and how, and the "
            "wording that was read. Where do these come from, and what do we change there, so "
            "that the next one is whole? Until then they authorise nothing."
        ),
        article=_("art. 5(2) and 7(1) GDPR"),
        urgency=Urgency.NOW,
        area=Area.PERMISSIONS,
        model=ConsentRecord,
        filters=lacks_proof,
        department="purpose__department",
        purpose="purpose",
        kept=True,
    ),
    _ending(0, 30, Urgency.NOW),
    _ending(30, 60, Urgency.AHEAD),
    _ending(60, 90, Urgency.AHEAD),
)
