"""What waited in a backup: after a restore it is held, since it may have left after the backup was made."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from consent.domain.outbox import KINDS_LET_GO
from consent.models import Notification, OutboxMessage, SubjectKey
from customers.models import StaffMember

State = OutboxMessage.State


def hold_waiting() -> int:
    """Hold every message that waits or was being sent; returns how many.

    To be done before anything is sent: whoever may decide that releases or drops them.
    """
    waiting = OutboxMessage.objects.filter(state__in=[State.WAITING, State.SENDING])
    return waiting.update(state=State.HELD)


def count_by_kind(*, among: QuerySet[OutboxMessage]) -> list[tuple[str, int, datetime.datetime]]:
    """Count what is held, with the moment the oldest was written, kind by kind."""
    held = among.filter(state=State.HELD).order_by()
    kinds = held.values_list("kind").annotate(number=Count("pk"), oldest=Min("created_at"))
    return list(kinds.order_by("kind"))


def release(
    *,
    among: QuerySet[OutboxMessage],
    kinds: Sequence[str],
    staff: StaffMember,
    reason: str,
    released_at: datetime.datetime,
) -> int:
    """Let held messages of these kinds be sent after all, with who decided that and why; returns how many."""
    return _held(among, kinds).update(
        state=State.WAITING, tries=0, due_at=released_at, decided_by=staff, decision_reason=reason
    )


@transaction.atomic
def drop(*, among: QuerySet[OutboxMessage], kinds: Sequence[str], staff: StaffMember, reason: str) -> int:
    """Never send held messages of these kinds, with who decided that and why; returns how many.

    What names somebody outside or erased goes unread with its key.
    """
    keys = list(_held(among, kinds).select_for_update(of=("self",)).values_list("pk", flat=True))
    dropped = OutboxMessage.objects.filter(pk__in=keys)
    outside = dropped.filter(kind__in=KINDS_LET_GO)
    SubjectKey.objects.filter(subject_id__in=outside.values("subject_id")).delete()
    # Whoever was to be told by such a mail was not: it stands among what can be told again.
    Notification.objects.filter(message_id__in=keys, state=Notification.State.MAILED).update(
        state=Notification.State.DEAD
    )
    return dropped.update(state=State.DROPPED, decided_by=staff, decision_reason=reason)


def _held(among: QuerySet[OutboxMessage], kinds: Sequence[str]) -> QuerySet[OutboxMessage]:
    return among.filter(state=State.HELD, kind__in=kinds)
