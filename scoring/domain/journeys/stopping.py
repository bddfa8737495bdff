"""Leaving a journey other than by a rule: out by hand, nobody may follow them any more, or it ended."""

import datetime
from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet

from customers.models import Contact, StaffMember
from scoring.models import (
    ColleagueTask,
    Journey,
    JourneyMember,
    JourneyMove,
    JourneyStage,
    Score,
    SegmentMember,
)

AT_ONCE: Final = 2_000
LEFT: Final = ("stage", "left_at", "outcome", "act_at", "still_employed")
LONGEST_REASON: Final = 200


class NoReasonError(ValueError):
    """What is done by hand says why."""


def read_reason(reason: str) -> str:
    """Read why something is done by hand; raises NoReasonError."""
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise NoReasonError
    return said


def stop_following(*, members: QuerySet[JourneyMember], at: datetime.datetime) -> None:
    """Let these people out at once, with a step that says why; in the transaction of the act that says so."""
    _let_out(members, JourneyMember.Outcome.STOPPED, JourneyMove.How.STOPPED, at)


def empty_some(*, journey: Journey, at: datetime.datetime) -> int:
    """Let the next people out of a journey that ended, and say how many; within a transaction."""
    inside = JourneyMember.objects.filter(journey=journey, left_at__isnull=True)
    turn = list(inside.order_by("contact").values_list("contact", flat=True)[:AT_ONCE])
    people = Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=turn)
    held = list(people.order_by("pk").values_list("pk", flat=True))
    those = inside.filter(contact__in=held)
    return _let_out(those, JourneyMember.Outcome.ENDED, JourneyMove.How.ENDED, at)


def let_out_held(
    *,
    members: Sequence[JourneyMember],
    outcome: JourneyMember.Outcome,
    how: JourneyMove.How,
    at: datetime.datetime,
    staff: StaffMember | None = None,
    reason: str = "",
) -> None:
    """Let out people whose rows are held, with a step each; what colleagues had to do for them goes.

    Who leaves a stage of employees works here still, unless a colleague let them out. Within a transaction.
    """
    employed = _of_employees(members)
    moves = [
        JourneyMove(
            member=member,
            journey_id=member.journey_id,
            from_stage_id=member.stage_id,
            stage_since=member.stage_since,
            moved_at=at,
            recorded_at=at,
            how=how,
            staff=staff,
            reason=reason,
        )
        for member in members
    ]
    for member in members:
        was_employed = member.still_employed or member.stage_id in employed
        member.still_employed = was_employed and how != JourneyMove.How.HAND
        member.stage, member.left_at, member.outcome, member.act_at = None, at, outcome, None
    JourneyMember.objects.bulk_update(members, LEFT)
    JourneyMove.objects.bulk_create(moves)
    drop_tasks(members=members)


def _of_employees(members: Sequence[JourneyMember]) -> set[object]:
    stages = JourneyStage.objects.filter(pk__in={member.stage_id for member in members}, figures_only=True)
    return set(stages.values_list("pk", flat=True))


def drop_tasks(*, members: Sequence[JourneyMember]) -> None:
    """Delete what colleagues had still to do for these people."""
    ColleagueTask.objects.filter(member__in=members, done_at__isnull=True).delete()


def stop_naming(*, members: Sequence[JourneyMember], journey: Journey) -> None:
    """Take away what names people who came into a stage of which only figures are shown.

    Their open tasks, their scores and the groups they are in, at this legal entity: an employee cannot freely
    consent to being scored (recital 43 GDPR). The gate keeps them from getting another.
    """
    drop_tasks(members=members)
    people = [member.contact_id for member in members]
    Score.objects.filter(model__legal_entity=journey.legal_entity_id, contact__in=people).delete()
    SegmentMember.objects.filter(segment__legal_entity=journey.legal_entity_id, contact__in=people).delete()


def _let_out(
    members: QuerySet[JourneyMember],
    outcome: JourneyMember.Outcome,
    how: JourneyMove.How,
    at: datetime.datetime,
) -> int:
    rows = members.filter(left_at__isnull=True).select_for_update(of=("self",), no_key=True)
    gone = list(rows.order_by("pk"))
    let_out_held(members=gone, outcome=outcome, how=how, at=at)
    return len(gone)
