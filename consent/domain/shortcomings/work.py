"""Mail that never arrived, and long work that failed."""

import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency, days_from
from consent.models import Job, OutboxMessage
from customers.domain.staff import Area

LOOK_BACK_DAYS: Final = 30
STUCK: Final = (OutboxMessage.State.REFUSED.value, OutboxMessage.State.GIVEN_UP.value)


def mail_failed(at: datetime.datetime) -> Filters:
    """Written in the last thirty days, and refused or given up."""
    return {"state__in": STUCK, "created_at__gte": days_from(at, days=-LOOK_BACK_DAYS)}


def job_failed(at: datetime.datetime) -> Filters:
    """Failed in the last thirty days, and not taken up again."""
    return {"state__exact": Job.State.FAILED.value, "created_at__gte": days_from(at, days=-LOOK_BACK_DAYS)}


WORK: Final = (
    Shortcoming(
        code="mail_failed",
        title=_("Messages of the last 30 days that did not arrive"),
        act=_("See why; send them again"),
        discuss=_(
            "A confirmation or a receipt that does not arrive leaves somebody without proof and without the "
            "link to stop. Which addresses are typed wrongly, and where could a form catch that? An address "
            "that is not right is not kept for the sake of it."
        ),
        article=_("art. 5(1)(d) and 7(3) GDPR"),
        urgency=Urgency.NOW,
        area=Area.MESSAGES,
        model=OutboxMessage,
        filters=mail_failed,
    ),
    Shortcoming(
        code="jobs_failed",
        title=_("Jobs of the last 30 days that failed"),
        act=_("See why; take them up again"),
        discuss=_("Work that stopped halfway is work nobody did. Who looks at it?"),
        article=_("art. 32 GDPR"),
        urgency=Urgency.NOW,
        area=Area.JOBS,
        model=Job,
        filters=job_failed,
    ),
)
