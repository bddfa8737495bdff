"""What colleagues do with one person on a journey: put in, put elsewhere, let out; always with a reason."""

import datetime

from django.db import transaction

from customers.domain import contacts
from customers.models import Contact, StaffMember
from scoring.domain.journeys.acting import next_action_at
from scoring.domain.journeys.employment import forget_employment
from scoring.domain.journeys.gate import keep_followed
from scoring.domain.journeys.stopping import let_out_held, read_reason, stop_naming
from scoring.domain.talent_pool.standing import is_in_pool_of
from scoring.models import Journey, JourneyMember, JourneyMove, JourneyStage


class NotFollowedError(ValueError):
    """This person may not be followed: they never permitted it, or said stop."""


class AlreadyThereError(ValueError):
    """This person is on the journey already, or in this stage."""


class NotThereError(ValueError):
    """This person left the journey meanwhile."""


class JourneyClosedError(ValueError):
    """The journey is a draft, or ended: nobody is on it."""


@transaction.atomic
def put_in(
    *,
    contact: Contact,
    stage: JourneyStage,
    source: JourneyMember.Source,
    put_by: StaffMember,
    reason: str,
    at: datetime.datetime,
) -> JourneyMember:
    """Put a person into a stage of a running journey; in a later stage they are a side entrant.

    On the journey of a talent pool nobody is followed without a permission for that pool, but who was hired.
    Raises NoReasonError, JourneyClosedError, NotFollowedError and AlreadyThereError.
    """
    said, journey = read_reason(reason), _open(stage)
    contacts.hold_contact(contact_id=contact.pk)
    if stage.figures_only:
        forget_employment(contact=contact, legal_entity=journey.legal_entity)
    followed = keep_followed(journey=journey, contact_ids=[contact.pk], now=at)
    if not followed or not (stage.figures_only or is_in_pool_of(journey=journey, contact=contact, now=at)):
        raise NotFollowedError(str(journey))
    if JourneyMember.objects.filter(journey=journey, contact=contact, left_at__isnull=True).exists():
        raise AlreadyThereError(str(journey))
    member = JourneyMember.objects.create(
        journey=journey,
        contact=contact,
        stage=stage,
        source=source,
        entered_at=at,
        stage_since=at,
        act_at=next_action_at(actions=list(stage.actions.all()), since=at),
    )
    _note(member, None, None, put_by, said, at)
    if stage.figures_only:
        stop_naming(members=[member], journey=journey)
    return member


@transaction.atomic
def move_by_hand(
    *,
    member: JourneyMember,
    to_stage: JourneyStage,
    moved_by: StaffMember,
    reason: str,
    at: datetime.datetime,
) -> None:
    """Put a person into another stage, forward or back; where only figures are shown no task names them.

    Raises NoReasonError, JourneyClosedError, NotThereError and AlreadyThereError.
    """
    said, journey = read_reason(reason), _open(to_stage)
    held = _hold(member)
    if journey.pk != held.journey_id or held.stage_id == to_stage.pk:
        raise AlreadyThereError(str(to_stage))
    before, since = held.stage, held.stage_since
    held.stage, held.stage_since = to_stage, at
    held.act_at = next_action_at(actions=list(to_stage.actions.all()), since=at)
    held.still_employed = False
    held.save(update_fields=["stage", "stage_since", "act_at", "still_employed"])
    _note(held, before, since, moved_by, said, at)
    if to_stage.figures_only:
        stop_naming(members=[held], journey=journey)


@transaction.atomic
def let_out(
    *,
    member: JourneyMember,
    outcome: JourneyMember.Outcome,
    let_out_by: StaffMember,
    reason: str,
    at: datetime.datetime,
) -> None:
    """Let a person out of a journey: nothing more is done for them. Raises NoReasonError, NotThereError."""
    said, held = read_reason(reason), _hold(member)
    let_out_held(
        members=[held], outcome=outcome, how=JourneyMove.How.HAND, at=at, staff=let_out_by, reason=said
    )


def _open(stage: JourneyStage) -> Journey:
    journey = stage.journey
    if journey.state not in (Journey.State.RUNNING, Journey.State.PAUSED):
        raise JourneyClosedError(str(journey))
    return journey


def _hold(member: JourneyMember) -> JourneyMember:
    """The person is held first, as everywhere."""
    contacts.hold_contact(contact_id=member.contact_id)
    rows = JourneyMember.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("stage").filter(pk=member.pk, left_at__isnull=True).first()
    if held is None:
        raise NotThereError(str(member.pk))
    return held


def _note(
    member: JourneyMember,
    before: JourneyStage | None,
    since: datetime.datetime | None,
    staff: StaffMember,
    reason: str,
    at: datetime.datetime,
) -> None:
    JourneyMove.objects.create(
        member=member,
        journey_id=member.journey_id,
        from_stage=before,
        to_stage=member.stage,
        stage_since=since,
        moved_at=at,
        recorded_at=at,
        how=JourneyMove.How.HAND,
        staff=staff,
        reason=reason,
    )
