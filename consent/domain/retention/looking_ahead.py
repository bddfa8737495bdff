"""What goes next: how much of each kind of data, and when, before it goes."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Value
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.retention.due import Asked, find_due
from consent.domain.retention.terms import DEFAULTS, Kind, read_terms
from consent.models import ConsentRecord, KeptData, RetentionTerm, ScreeningRun, Status
from customers.models import Organisation

DAYS_AHEAD: Final = (0, 7, 30, 90)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One kind of data: how long it is kept and why, and how many rows go within each number of days."""

    title: str | StrPromise
    days_kept: int | None
    reason: str | StrPromise
    counts: list[int]


def look_ahead(*, organisation: Organisation, now: datetime.datetime) -> list[Line]:
    """Count what goes today and within a week, a month and a quarter, by the terms as they are now."""
    terms = read_terms(organisation_id=organisation.pk, at=now)
    decided = RetentionTerm.objects.filter(organisation=organisation, purpose__isnull=True)
    reasons = {row.kind: row.reason for row in decided.order_by("decided_at", "pk")}
    lines = [
        Line(
            title=kind.label,
            days_kept=terms.of(kind).days,
            reason=reasons.get(kind, DEFAULTS[kind].reason),
            counts=[
                find_due(kind=kind, asked=Asked(organisation=organisation, terms=terms, now=moment)).count()
                for moment in _moments(now)
            ],
        )
        for kind in Kind
    ]
    return [*_of_other_terms(organisation, now), *lines]


def _moments(now: datetime.datetime) -> list[datetime.datetime]:
    return [now + datetime.timedelta(days=days) for days in DAYS_AHEAD]


def _of_other_terms(organisation: Organisation, now: datetime.datetime) -> list[Line]:
    """What has its term elsewhere: at the legal entity, in the run, or in the decision itself."""
    requested = ConsentRecord.objects.filter(organisation=organisation, status=Status.REQUESTED)
    term = ExpressionWrapper(
        F("legal_entity__unconfirmed_days") * Value(datetime.timedelta(days=1)), output_field=DurationField()
    )
    lapses_at = ExpressionWrapper(F("requested_at") + term, output_field=DateTimeField())
    unconfirmed = requested.alias(lapses_at=lapses_at)
    files = ScreeningRun.objects.filter(organisation=organisation, wrapped_key__isnull=False)
    kept = KeptData.objects.filter(contact__organisation=organisation, gone_at__isnull=True)
    return [
        Line(
            title=_("Requests that nobody confirmed"),
            days_kept=None,
            reason=_("The legal entity says how long, 14 days by default: who did not confirm is nobody."),
            counts=[unconfirmed.filter(lapses_at__lte=moment).count() for moment in _moments(now)],
        ),
        Line(
            title=_("Files of screenings"),
            days_kept=1,
            reason=_("People change their minds: after a day the list is screened again."),
            counts=[files.filter(expires_at__lte=moment).count() for moment in _moments(now)],
        ),
        Line(
            title=_("Data kept after erasure"),
            days_kept=None,
            reason=_("Until the day that was decided with the erasure (art. 17(3) GDPR)."),
            counts=[kept.filter(keep_until_date__lt=moment.date()).count() for moment in _moments(now)],
        ),
    ]
