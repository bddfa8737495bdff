"""Rights requests whose term has passed, or ends soon."""

import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.rights.reminding import AHEAD
from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency
from consent.models import RightsRequest
from customers.domain.staff import Area


def overdue(at: datetime.datetime) -> Filters:
    """Unanswered while the term has passed."""
    return {"state__exact": RightsRequest.State.OPEN.value, "due_at__lte": at}


def due(at: datetime.datetime) -> Filters:
    """Unanswered, and the term ends within a week."""
    return {"state__exact": RightsRequest.State.OPEN.value, "due_at__gt": at, "due_at__lte": at + AHEAD}


REQUESTS: Final = (
    Shortcoming(
        code="requests_overdue",
        title=_("Rights requests that are overdue"),
        act=_("Answer them today"),
        discuss=_(
            "Somebody asked about their own data and waits longer than the law allows. Where did it stay "
            "lying, who picks up the next one, and who takes over in a holiday? A complaint to the authority "
            "often begins with silence."
        ),
        article=_("art. 12(3) GDPR"),
        urgency=Urgency.LATE,
        area=Area.REQUESTS,
        model=RightsRequest,
        filters=overdue,
    ),
    Shortcoming(
        code="requests_due",
        title=_("Rights requests due within a week"),
        act=_("Answer them, or tell why it takes longer"),
        discuss=_(
            "A request may come by any way: by mail, at the desk, in a call. Does everybody here recognise "
            "one, and know where it must go the same day? The month runs from the day it arrives."
        ),
        article=_("art. 12(3) GDPR"),
        urgency=Urgency.NOW,
        area=Area.REQUESTS,
        model=RightsRequest,
        filters=due,
    ),
)
