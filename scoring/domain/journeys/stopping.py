"""Leaving a journey by no rule and no hand: nobody may follow them any more, or it ended."""

import datetime
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet

from customers.models import Contact
from scoring.models import ColleagueTask, Journey, JourneyMember, JourneyMove

AT_ONCE: Final = 2_000
LEFT: Final = ("stage", "left_at", "outcome", "act_at")


def stop_following(*, members: QuerySet[JourneyMember], at: datetime.datetime) -> None:
    """Let these people out at once, with a step that says why; what colleagues had to do for them goes.

    Within the transaction of the act that says so.
    """
    gone = _let_out(members, JourneyMember.Outcome.STOPPED, JourneyMove.How.STOPPED, at)
    ColleagueTask.objects.filter(member__in=gone, done_at__isnull=True).delete()


def empty_some(*, journey: Journey, at: datetime.datetime) -> int:
    """Let the next people out of a journey that ended, and say how many; within a transaction."""
    inside = JourneyMember.objects.filter(journey=journey, left_at__isnull=True)
    turn = list(inside.order_by("contact").values_list("contact", flat=True)[:AT_ONCE])
    people = Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=turn)
    held = list(people.order_by("pk").values_list("pk", flat=True))
    those = inside.filter(contact__in=held)
    return len(_let_out(those, JourneyMember.Outcome.ENDED, JourneyMove.How.ENDED, at))


def _let_out(
    members: QuerySet[JourneyMember], outcome: JourneyMember.Outcome, how: JourneyMove.How, at: Any
) -> Sequence[JourneyMember]:
    rows = members.filter(left_at__isnull=True).select_for_update(of=("self",), no_key=True)
    gone = list(rows.order_by("pk"))
    moves = [
        JourneyMove(
            member=member,
            journey_id=member.journey_id,
            from_stage_id=member.stage_id,
            stage_since=member.stage_since,
            moved_at=at,
            how=how,
        )
        for member in gone
    ]
    for member in gone:
        member.stage, member.left_at, member.outcome, member.act_at = None, at, outcome, None
    JourneyMember.objects.bulk_update(gone, LEFT)
    JourneyMove.objects.bulk_create(moves)
    return gone
