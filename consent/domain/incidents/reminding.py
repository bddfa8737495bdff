"""Reminding the officer of the 72 hours: before they end, and when they have passed (art. 33(1) GDPR)."""

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from consent.domain import outbox
from consent.domain.incidents.clock import REPORT_WITHIN, report_due_at
from consent.domain.outbox import Letter
from consent.models import Incident, OutboxMessage

AHEAD: Final = datetime.timedelta(hours=24)


def remind_next(*, now: datetime.datetime) -> bool:
    """Remind the officer of the next data breach that is not reported or explained; say if there was one.

    Each is reminded of once before the 72 hours end, and once after. A legal entity without the address of an
    officer sees it on its desk alone.
    """
    with transaction.atomic():
        due = _due(now).select_for_update(skip_locked=True, of=("self",)).order_by("noticed_at", "pk")
        incident = due.select_related("legal_entity").first()
        if incident is None:
            return False
        Incident.objects.filter(pk=incident.pk).update(reminded_at=now)
        if incident.legal_entity.dpo_email:
            outbox.write_letter(letter=_letter(incident, now), written_at=now)
    return True


def count_waiting(*, among: QuerySet[Incident], now: datetime.datetime) -> dict[str, int]:
    """Count the data breaches that are neither reported nor explained, within the 72 hours and after them."""
    overdue = Q(noticed_at__lte=now - REPORT_WITHIN)
    found: dict[str, int] = _waiting(among).aggregate(
        overdue=Count("pk", filter=overdue), soon=Count("pk", filter=~overdue)
    )
    return found


def _waiting(among: QuerySet[Incident]) -> QuerySet[Incident]:
    return among.filter(reported_at__isnull=True, not_reported_reason="", closed_at__isnull=True)


def _due(now: datetime.datetime) -> QuerySet[Incident]:
    first = Q(reminded_at__isnull=True, noticed_at__lte=now - REPORT_WITHIN + AHEAD)
    again = Q(noticed_at__lte=now - REPORT_WITHIN, reminded_at__lt=F("noticed_at") + REPORT_WITHIN)
    return _waiting(Incident.objects.filter(first | again))


def _letter(incident: Incident, now: datetime.datetime) -> Letter:
    """The mail names the page and no more: what happened is read there."""
    entity, due_at = incident.legal_entity, report_due_at(incident=incident)
    local = due_at.astimezone(ZoneInfo(entity.time_zone))
    with override(entity.language):
        overdue = due_at <= now
        content: dict[str, object] = {
            "subject": gettext("Data breach: the 72 hours have passed")
            if overdue
            else gettext("Data breach: report it within a day"),
            "paragraphs": [
                gettext(
                    "A data breach is neither reported to the authority nor is it written down why not "
                    "(art. 33 GDPR)."
                )
            ],
            "facts": [
                (gettext("Legal entity"), entity.name),
                (gettext("Report before"), date_format(local, "j F Y H:i")),
            ],
            "page": f"/admin/consent/incident/{incident.pk}/change/",
        }
    return Letter(
        kind=OutboxMessage.Kind.OFFICER,
        legal_entity=entity,
        to=entity.dpo_email,
        language=entity.language,
        content=content,
    )
