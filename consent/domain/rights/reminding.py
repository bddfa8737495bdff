"""Telling the officer in time that a term ends, and again when it has passed."""

import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from consent.domain.rights import letters
from consent.domain.rights.steps import take_step
from consent.models import RightsRequest, RightsStep

# A week leaves time to answer with care; proof of consent has five working days in all.
AHEAD: Final = datetime.timedelta(days=7)
AHEAD_FOR_PROOF: Final = datetime.timedelta(days=2)


def remind_next(*, now: datetime.datetime) -> bool:
    """Remind the officer of the next request that needs it; say whether there was one.

    Each is reminded of once before its term ends, and once after. A legal entity without the address of an
    officer sees it on its desk alone.
    """
    with transaction.atomic():
        due = _due(now).select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")
        request = due.select_related("legal_entity").first()
        if request is None:
            return False
        take_step(request=request, what=RightsStep.What.REMINDED, taken_at=now)
        RightsRequest.objects.filter(pk=request.pk).update(reminded_at=now)
        if request.legal_entity.dpo_email:
            letters.remind_officer(request=request, written_at=now)
    return True


def count_due(*, among: QuerySet[RightsRequest], now: datetime.datetime) -> dict[str, int]:
    """Count the unanswered requests whose term has passed, and those whose term ends within a week."""
    open_ones = Q(state=RightsRequest.State.OPEN)
    found: dict[str, int] = among.aggregate(
        overdue=Count("pk", filter=open_ones & Q(due_at__lte=now)),
        soon=Count("pk", filter=open_ones & Q(due_at__gt=now, due_at__lte=now + AHEAD)),
    )
    return found


def _due(now: datetime.datetime) -> QuerySet[RightsRequest]:
    proof = Q(kind=RightsRequest.Kind.PROOF, due_at__lte=now + AHEAD_FOR_PROOF)
    other = ~Q(kind=RightsRequest.Kind.PROOF) & Q(due_at__lte=now + AHEAD)
    overdue = Q(due_at__lte=now, reminded_at__lt=F("due_at"))
    # Extended after a reminder: the new term has one of its own.
    extended = Q(extended_at__gt=F("reminded_at")) & (proof | other)
    first = Q(reminded_at__isnull=True) & (proof | other)
    return RightsRequest.objects.filter(first | overdue | extended, state=RightsRequest.State.OPEN)
