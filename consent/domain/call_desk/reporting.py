import datetime
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from consent.domain import attempts, withdrawals
from consent.domain.attempts import NewAttempt, Objected
from consent.domain.call_desk import pacing
from consent.domain.call_desk.taking import question_of
from consent.domain.caller_numbers import list_reportable_numbers
from consent.domain.calling_policies import find_attempt_limit
from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.ledger.circumstances import Circumstances
from consent.models import (
    Act,
    Actor,
    CallListEntry,
    Channel,
    ConsentEvent,
    ContactAttempt,
    Method,
    ShownContact,
    Source,
)
from customers.domain.staff import Duty, has_duty
from customers.models import CallerNumber, StaffMember

Outcome = ContactAttempt.Outcome
State, WaitsFor = CallListEntry.State, CallListEntry.WaitsFor
FINAL: Final = (Outcome.CONVERSATION, Outcome.WRONG_NUMBER)
# Long enough to see the slip at the next contact, too short to reconsider what a person said.
CORRECT_WITHIN: Final = datetime.timedelta(hours=1)


class AlreadyReportedError(ValueError):
    """What came of this call was logged before."""


class NumberNotOursError(ValueError):
    """The number shown is none on which the legal entity answers."""


class CallBackMomentError(ValueError):
    """A call back needs a moment in the future, and only a call back has one."""


class NotTheirsToCorrectError(PermissionError):
    """Only the agent who recorded it, within the hour, or the data protection officer takes it back."""


class ReasonMissingError(ValueError):
    """Taking back an objection needs a reason."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What an agent says about a call: what came of it, the number shown, and what was offered and said."""

    outcome: ContactAttempt.Outcome
    number_shown: CallerNumber
    objection_offered: bool = False
    objected: Objected = Objected.NOT
    call_back_at: datetime.datetime | None = None
    asked_by_person: bool = False


@transaction.atomic
def report(*, shown: ShownContact, said: Report, at: datetime.datetime) -> ContactAttempt:
    """Log what came of a call to somebody the desk showed, at once and with everything that follows from it.

    It is logged also when the hold has ended or the list was closed: the call was made. Only a conversation
    uses up a permission; a wrong number is invalid; "don't call me" counts before the next contact is shown.
    Raises AlreadyReportedError, NumberNotOursError, CallBackMomentError.
    """
    row = ShownContact.objects.select_for_update(of=("self",)).get(pk=shown.pk)
    if row.attempt_id is not None:
        raise AlreadyReportedError
    entry = (
        CallListEntry.objects.select_for_update(of=("self",))
        .select_related("call_list__legal_entity", "call_list__purpose", "contact_point__contact")
        .get(pk=row.entry_id)
    )
    _check(entry, said, at)
    row.attempt = attempts.log_attempt(attempt=_attempt(row, entry, said, at), recorded_at=at)
    row.save(update_fields=["attempt"])
    _settle(entry, row, said, at)
    return row.attempt


@transaction.atomic
def correct_objection(
    *, shown: ShownContact, reason: str, corrected_by: StaffMember, at: datetime.datetime
) -> list[ConsentEvent]:
    """Take back an objection that an agent recorded by mistake; permission stands as before it.

    A new event of the staff member with the reason stands beside the objection; nothing is removed. The
    contact is not called again from this list. Raises NotTheirsToCorrectError, ReasonMissingError, and
    NothingToUndoError when nothing was recorded, it was taken back, or the person acted later.
    """
    if not may_correct(shown=shown, staff=corrected_by, at=at):
        raise NotTheirsToCorrectError
    if not reason.strip():
        raise ReasonMissingError
    how = Circumstances(
        actor=Actor.STAFF,
        source=Source.STAFF_ENTRY,
        method=Method.RECORD,
        staff_id=corrected_by.pk,
        proof={"reason": reason.strip()},
    )
    return withdrawals.undo(
        contact=shown.entry.contact,
        stops=[event.pk for event in stops_recorded(shown=shown)],
        how=how,
        occurred_at=at,
    )


def postponed_until(*, shown: ShownContact, said: Report, at: datetime.datetime) -> datetime.datetime | None:
    """Find the first permitted moment after a call back that was planned outside calling hours.

    None where it lies within them, where the person asked for that very moment (rules, "With every answer"),
    or where no call is permitted in the days that can be overseen. Two queries. Raises UnknownCodeError.
    """
    if said.call_back_at is None or said.asked_by_person:
        return None
    question = question_of(call_list=shown.entry.call_list, at=said.call_back_at, now=at)
    point = shown.entry.contact_point
    answer = ask_one(question=question, asked=Asked(text=point.value, contact_id=point.contact_id))
    return answer.next_allowed_at if answer.within_hours is False else None


def may_correct(*, shown: ShownContact, staff: StaffMember, at: datetime.datetime) -> bool:
    """Say whether somebody may take back an objection of this call; the officer always may."""
    if has_duty(staff=staff, duty=Duty.CORRECT_OBJECTION):
        return True
    attempt = shown.attempt
    return attempt is not None and shown.agent_id == staff.pk and at - attempt.attempted_at <= CORRECT_WITHIN


def stops_recorded(*, shown: ShownContact) -> list[ConsentEvent]:
    """List the objection and withdrawals that this call recorded."""
    if shown.attempt is None:
        return []
    events = ConsentEvent.objects.filter(
        organisation=shown.attempt.organisation_id,
        subject_id=shown.attempt.contact_id,
        act__in=[Act.OBJECTED, Act.WITHDRAWN],
        occurred_at=shown.attempt.attempted_at,
        staff_id=shown.agent_id,
    )
    return list(events.order_by("sequence"))


def _check(entry: CallListEntry, said: Report, at: datetime.datetime) -> None:
    numbers = list_reportable_numbers(legal_entity=entry.call_list.legal_entity, at=at)
    if said.number_shown.pk not in {number.pk for number in numbers}:
        raise NumberNotOursError(str(said.number_shown))
    if (said.outcome == Outcome.CALL_BACK) != (said.call_back_at is not None):
        raise CallBackMomentError
    if said.call_back_at is not None and said.call_back_at <= at:
        raise CallBackMomentError


def _attempt(row: ShownContact, entry: CallListEntry, said: Report, at: datetime.datetime) -> NewAttempt:
    return NewAttempt(
        contact_point=entry.contact_point,
        legal_entity=entry.call_list.legal_entity,
        purpose=entry.call_list.purpose,
        attempted_at=at,
        outcome=said.outcome,
        agent=row.agent,
        channel=Channel.CALL,
        number_shown=said.number_shown,
        objection_offered=said.objection_offered,
        call_back_at=said.call_back_at,
        requested_by_person=said.asked_by_person or entry.call_back_asked,
        objected=said.objected,
    )


def _settle(entry: CallListEntry, row: ShownContact, said: Report, at: datetime.datetime) -> None:
    """Decide what becomes of the contact on the list; what somebody else has in hand only ends for good."""
    entry.attempts += 1
    entry.last_outcome = said.outcome
    entry.save(update_fields=["attempts", "last_outcome"])
    theirs = entry.state == State.HELD and entry.held_by_id == row.agent_id
    is_final = said.outcome in FINAL or said.objected is not Objected.NOT
    if is_final or theirs:
        _change(entry, _done() if is_final else _what_next(entry, said, at))


def _what_next(entry: CallListEntry, said: Report, at: datetime.datetime) -> dict[str, Any]:
    limit = find_attempt_limit(legal_entity=entry.call_list.legal_entity, at=at)
    calls = pacing.find_calls(entry=entry, call_list=entry.call_list)
    if said.asked_by_person and said.call_back_at is not None:
        return _waiting(said.call_back_at, WaitsFor.CALL_BACK) | {"call_back_asked": True}
    if pacing.is_enough(calls=calls, call_list=entry.call_list, limit=limit):
        return _done()
    zone = entry.call_list.legal_entity.time_zone
    day = pacing.next_day(after=at, limit=limit, zone=zone)
    if said.call_back_at is not None:
        return _waiting(max(said.call_back_at, day), WaitsFor.CALL_BACK)
    return _waiting(day, WaitsFor.ANOTHER_DAY)


def _done() -> dict[str, Any]:
    return {"state": State.DONE, "waits_for": "", "call_back_asked": False, "skip_code": ""}


def _waiting(until: datetime.datetime, waits_for: str) -> dict[str, Any]:
    return {
        "state": State.WAITING,
        "next_try_at": until,
        "waits_for": waits_for,
        "call_back_asked": False,
        "skip_code": "",
    }


def _change(entry: CallListEntry, values: dict[str, Any]) -> None:
    for name, value in {"held_by": None, "held_until": None, **values}.items():
        setattr(entry, name, value)
    entry.save(update_fields=["held_by", "held_until", *values])
