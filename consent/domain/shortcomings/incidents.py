"""Data breaches that wait: to be reported, told to people, or closed."""

import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.incidents.clock import REPORT_WITHIN
from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency
from consent.models import Incident
from customers.domain.staff import Area

OPEN: Final = {"closed_at__isnull": True}
UNREPORTED: Final = {**OPEN, "reported_at__isnull": True, "not_reported_reason__exact": ""}
DISCUSS: Final = _(
    "A list in a train, a mail to the wrong people: it happens where people work. Does everybody here dare "
    "to say it within the hour, and do they know to whom? What was the last one, and what changed since?"
)


def overdue(at: datetime.datetime) -> Filters:
    """Neither reported nor explained, while the 72 hours have passed."""
    return {**UNREPORTED, "noticed_at__lte": at - REPORT_WITHIN}


def to_report(at: datetime.datetime) -> Filters:
    """Neither reported nor explained, within the 72 hours."""
    return {**UNREPORTED, "noticed_at__gt": at - REPORT_WITHIN}


def to_tell(_at: datetime.datetime) -> Filters:
    """A high risk to people who are not told, without a reason why not."""
    risk = Incident.Risk.HIGH.value
    return {**OPEN, "risk__exact": risk, "told_at__isnull": True, "not_told_reason__exact": ""}


def not_weighed(_at: datetime.datetime) -> Filters:
    """Nobody said yet what it means for people."""
    return {**OPEN, "risk__exact": Incident.Risk.UNWEIGHED.value}


INCIDENTS: Final = (
    Shortcoming(
        code="breaches_overdue",
        title=_("Data breaches not reported within 72 hours"),
        act=_("Report them today, with the reason why it is late, or write down why not"),
        discuss=DISCUSS,
        article=_("art. 33(1) GDPR"),
        urgency=Urgency.LATE,
        area=Area.INCIDENTS,
        model=Incident,
        filters=overdue,
    ),
    Shortcoming(
        code="breaches_to_tell",
        title=_("Data breaches with a high risk that people are not told of"),
        act=_("Tell them, or write down why not"),
        discuss=DISCUSS,
        article=_("art. 34(1) GDPR"),
        urgency=Urgency.LATE,
        area=Area.INCIDENTS,
        model=Incident,
        filters=to_tell,
    ),
    Shortcoming(
        code="breaches_to_report",
        title=_("Data breaches that wait to be reported"),
        act=_("Report them within 72 hours, or write down why not"),
        discuss=DISCUSS,
        article=_("art. 33(1) GDPR"),
        urgency=Urgency.NOW,
        area=Area.INCIDENTS,
        model=Incident,
        filters=to_report,
    ),
    Shortcoming(
        code="breaches_not_weighed",
        title=_("Data breaches whose risk nobody weighed"),
        act=_("Weigh what it means for people"),
        discuss=DISCUSS,
        article=_("art. 33(1) and 34(1) GDPR"),
        urgency=Urgency.NOW,
        area=Area.INCIDENTS,
        model=Incident,
        filters=not_weighed,
    ),
)
