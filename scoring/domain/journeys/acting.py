"""What is done for whoever is in a stage so long: a message, a task for a colleague, a segment.

Each person is held while it is done and their next action is noted with it, so nothing is done twice.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from customers.models import Contact
from scoring.domain.journeys.gate import keep_followed
from scoring.domain.journeys.stopping import stop_following
from scoring.models import (
    Campaign,
    CampaignRecipient,
    ColleagueTask,
    Journey,
    JourneyAction,
    JourneyMember,
    SegmentMember,
)

AT_ONCE: Final = 2_000
DAY: Final = datetime.timedelta(days=1)
What = JourneyAction.What


def act_for_some(*, journey: Journey, at: datetime.datetime) -> int:
    """Do what is due for the next people, and say for how many; within a transaction.

    What a stage gets after somebody passed the day of it is not done for them. Who may not be followed at
    this moment gets nothing of it, and leaves.
    """
    due = JourneyMember.objects.filter(journey=journey, act_at__lte=at).order_by("act_at", "pk")
    turn = list(due.values_list("contact", flat=True)[:AT_ONCE])
    if not turn:
        return 0
    people = Contact.objects.select_for_update(of=("self",), no_key=True).filter(erased_at__isnull=True)
    held = list(people.filter(pk__in=turn).order_by("pk").values_list("pk", flat=True))
    followed = keep_followed(journey=journey, contact_ids=held, now=at)
    stop_following(members=due.filter(contact__in=set(held) - followed), at=at)
    rows = due.select_for_update(of=("self",), no_key=True).filter(contact__in=followed)
    members = list(rows.select_related("journey"))
    actions = _actions_of(journey)
    for action, those in _whose_turn(members, actions, at):
        DO[What(action.what)](action, those, at)
    for member in members:
        member.act_at = next_action_at(actions=actions[member.stage_id], since=member.stage_since, after=at)
    JourneyMember.objects.bulk_update(members, ["act_at"])
    return len(held)


def next_action_at(
    *, actions: Sequence[JourneyAction], since: datetime.datetime, after: datetime.datetime | None = None
) -> datetime.datetime | None:
    """Say when the next action of a stage is due for somebody, after a moment; None: no more."""
    moments = [since + action.after_days * DAY for action in actions]
    return min((one for one in moments if after is None or one > after), default=None)


def _actions_of(journey: Journey) -> defaultdict[object, list[JourneyAction]]:
    found: defaultdict[object, list[JourneyAction]] = defaultdict(list)
    actions = JourneyAction.objects.filter(stage__journey=journey).select_related("campaign", "segment")
    for action in actions.order_by("after_days", "pk"):
        found[action.stage_id].append(action)
    return found


def _whose_turn(
    members: Sequence[JourneyMember],
    actions: Mapping[object, Sequence[JourneyAction]],
    at: datetime.datetime,
) -> list[tuple[JourneyAction, list[JourneyMember]]]:
    """Each action that is due with whom it is due for: those whose day came since the last look."""
    turns = []
    for stage_id, those in actions.items():
        here = [member for member in members if member.stage_id == stage_id]
        for action in those:
            due = [one for one in here if one.act_at and one.act_at <= _moment(action, one) <= at]
            if due:
                turns.append((action, due))
    return turns


def _moment(action: JourneyAction, member: JourneyMember) -> datetime.datetime:
    return member.stage_since + action.after_days * DAY


def _send(action: JourneyAction, members: Sequence[JourneyMember], at: datetime.datetime) -> None:
    """They wait for their turn of the campaign, which asks the rules about each at the moment of sending."""
    campaign = action.campaign
    if campaign is None or campaign.state == Campaign.State.ENDED:
        return
    rows = [
        CampaignRecipient(campaign=campaign, contact_id=member.contact_id, added_at=at, due_at=at)
        for member in members
    ]
    CampaignRecipient.objects.bulk_create(rows, ignore_conflicts=True)


def _give_task(action: JourneyAction, members: Sequence[JourneyMember], at: datetime.datetime) -> None:
    ColleagueTask.objects.bulk_create(
        ColleagueTask(
            organisation_id=member.journey.organisation_id,
            legal_entity_id=member.journey.legal_entity_id,
            contact_id=member.contact_id,
            member=member,
            action=action,
            words=action.words,
            department_id=action.department_id,
            staff_id=action.staff_id,
            given_at=at,
            due_at=None if action.due_days is None else at + action.due_days * DAY,
        )
        for member in members
    )


def _put_in(action: JourneyAction, members: Sequence[JourneyMember], at: datetime.datetime) -> None:
    rows = [
        SegmentMember(segment=action.segment, contact_id=member.contact_id, since_at=at) for member in members
    ]
    SegmentMember.objects.bulk_create(rows, ignore_conflicts=True)


def _take_out(action: JourneyAction, members: Sequence[JourneyMember], _at: datetime.datetime) -> None:
    those = [member.contact_id for member in members]
    SegmentMember.objects.filter(segment=action.segment, contact__in=those).delete()


Doing = Callable[[JourneyAction, Sequence[JourneyMember], datetime.datetime], None]
DO: Final[Mapping[JourneyAction.What, Doing]] = {
    What.MESSAGE: _send,
    What.TASK: _give_task,
    What.PUT_IN: _put_in,
    What.TAKE_OUT: _take_out,
}
