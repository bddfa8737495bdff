import datetime
import enum
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Min, Q, QuerySet

from consent.domain.call_desk import pacing
from consent.domain.caller_numbers import list_usable_numbers
from consent.domain.calling_policies import AttemptLimit, find_attempt_limit
from consent.domain.engine.answering import Answer, ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import Question, put_question
from consent.domain.jobs import UNFINISHED
from consent.domain.rulebook.codes import Code
from consent.models import CallList, CallListEntry, Channel, Job, ShownContact
from customers.domain import contacts
from customers.domain.addresses import Address
from customers.models import CallerNumber, ContactPoint, StaffMember

HOLD: Final = datetime.timedelta(minutes=20)
LOOKED_AT_IN_ONE_GO: Final = 50
TRY_LATER: Final = datetime.timedelta(hours=1)
State, WaitsFor = CallListEntry.State, CallListEntry.WaitsFor


class FactsUnavailableError(Exception):
    """What decides cannot be read now: nobody is shown."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Somebody who may be called now by this agent, and the answer that says so."""

    row: ShownContact
    entry: CallListEntry
    answer: Answer


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the engine says of a contact at this second, and whether the hour permits the call."""

    answer: Answer
    in_time: bool


class Reason(enum.StrEnum):
    """Why a call list shows nobody."""

    CLOSED = "CLOSED"
    EXPIRED = "EXPIRED"
    NO_CALLER_NUMBER = "NO_CALLER_NUMBER"
    NOBODY_LEFT = "NOBODY_LEFT"
    BEING_FILLED = "BEING_FILLED"
    WITH_COLLEAGUES = "WITH_COLLEAGUES"
    HOURS = "HOURS"
    LATER = "LATER"
    MORE_TO_LOOK_AT = "MORE_TO_LOOK_AT"


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Why nobody is shown now, and from when somebody can be."""

    reason: Reason
    until: datetime.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """One agent who asks for the next contact of one list at one moment."""

    call_list: CallList
    agent: StaffMember
    at: datetime.datetime
    question: Question
    limit: AttemptLimit


def take_next(*, call_list: CallList, agent: StaffMember, at: datetime.datetime) -> Shown | None:
    """Give an agent the next contact who may be called at this second, or the one they already have.

    Two agents never get the same one, nor the same number from two lists. The engine is asked again for
    everybody; who may not be called is skipped with the code and never shown, who may not be called at this
    hour or was called today waits. Source: issue "call desk"; rules, "With every answer". Returns None when
    nobody can be shown (`why_nobody` says why). Raises UnknownCodeError.
    """
    if _standstill(call_list, at):
        return None
    turn = _Turn(
        call_list=call_list,
        agent=agent,
        at=at,
        question=question_of(call_list=call_list, at=at),
        limit=find_attempt_limit(legal_entity=call_list.legal_entity, at=at),
    )
    for _ in range(LOOKED_AT_IN_ONE_GO):
        found = _look_at_one(turn)
        if not isinstance(found, CallListEntry):
            return found
    return None


def look_again(*, shown: ShownContact, at: datetime.datetime) -> Look:
    """Ask about a contact on an agent's screen again, changing nothing.

    Raises FactsUnavailableError, UnknownCodeError.
    """
    call_list = shown.entry.call_list
    answer = _ask(question_of(call_list=call_list, at=at), shown.entry)
    return Look(answer=answer, in_time=_is_in_time(shown.entry, answer))


def has_now(*, shown: ShownContact, at: datetime.datetime) -> bool:
    """Say whether a contact is still with the agent to whom it was shown."""
    entry = shown.entry
    return (
        shown.attempt_id is None
        and entry.state == State.HELD
        and entry.held_by_id == shown.agent_id
        and entry.held_until is not None
        and entry.held_until > at
    )


@transaction.atomic
def keep_hold(*, shown: ShownContact, at: datetime.datetime) -> bool:
    """Let an agent who still works on a contact keep it for twenty more minutes; say whether they have it.

    A hold that has ended is not taken up again: a colleague may have the number since, from this list or from
    another one.
    """
    held = CallListEntry.objects.filter(pk=shown.entry_id, state=State.HELD, held_by=shown.agent_id)
    related = held.select_related("contact_point__organisation").select_for_update(of=("self",))
    entry = related.filter(held_until__gt=at).first()
    if entry is None or shown.attempt_id is not None or _with_a_colleague_until(entry, at):
        return False
    entry.held_until = at + HOLD
    entry.save(update_fields=["held_until"])
    return True


@transaction.atomic
def put_back(*, shown: ShownContact, at: datetime.datetime) -> None:
    """Let a contact wait again when the agent stops without calling; it comes first for whoever is next."""
    held = CallListEntry.objects.filter(pk=shown.entry_id, state=State.HELD, held_by=shown.agent_id)
    held.update(state=State.WAITING, held_by=None, held_until=None)


def why_nobody(*, call_list: CallList, at: datetime.datetime) -> Pause:
    """Say why nobody of a list is shown now, and from when somebody can be."""
    if stop := _standstill(call_list, at):
        return stop
    entries = CallListEntry.objects.filter(call_list=call_list)
    waiting = entries.filter(state=State.WAITING)
    if waiting.filter(next_try_at__lte=at).exists():
        return Pause(reason=Reason.MORE_TO_LOOK_AT)
    first = waiting.order_by("next_try_at", "pk").first()
    if first is None:
        held = entries.filter(state=State.HELD).aggregate(until=Min("held_until"))["until"]
        return Pause(reason=Reason.WITH_COLLEAGUES, until=held) if held else _nobody_yet(call_list)
    hours = first.waits_for == WaitsFor.HOURS
    return Pause(reason=Reason.HOURS if hours else Reason.LATER, until=first.next_try_at)


def _nobody_yet(call_list: CallList) -> Pause:
    filling = Job.objects.filter(call_list=call_list, state__in=UNFINISHED).exists()
    return Pause(reason=Reason.BEING_FILLED if filling else Reason.NOBODY_LEFT)


def is_held_by(*, call_list: CallList, agent: StaffMember) -> bool:
    """Say whether an agent still has a contact of this list."""
    return CallListEntry.objects.filter(call_list=call_list, state=State.HELD, held_by=agent).exists()


def usable_numbers(*, call_list: CallList, at: datetime.datetime) -> list[CallerNumber]:
    """List the numbers that the legal entity may show now; a call is never anonymous (art. 11.7(8) Tw)."""
    return list_usable_numbers(legal_entity_id=call_list.legal_entity_id, at=at)


def _standstill(call_list: CallList, at: datetime.datetime) -> Pause | None:
    if call_list.closed_at is not None:
        return Pause(reason=Reason.CLOSED)
    if call_list.expires_at is not None and call_list.expires_at <= at:
        return Pause(reason=Reason.EXPIRED)
    if not usable_numbers(call_list=call_list, at=at):
        return Pause(reason=Reason.NO_CALLER_NUMBER)
    return None


def question_of(
    *, call_list: CallList, at: datetime.datetime, now: datetime.datetime | None = None
) -> Question:
    """Put the question of a call list at this moment, or at a later one than now; raises UnknownCodeError."""
    return put_question(
        legal_entity=call_list.legal_entity.code,
        purpose=call_list.purpose.code,
        channel=Channel.CALL,
        product_group=call_list.product_group.code if call_list.product_group else "",
        at=at,
        now=now or at,
    )


# One contact is one transaction: what it locks is free again before the next is looked at.
@transaction.atomic
def _look_at_one(turn: _Turn) -> Shown | CallListEntry | None:
    """Show the next contact, or give back the one that was skipped or made to wait; None: nobody is left."""
    # One agent with two windows asks twice: they take turns, so that both get the same contact.
    StaffMember.objects.select_for_update(of=("self",), no_key=True).get(pk=turn.agent.pk)
    entry = _own(turn) or _candidate(turn)
    if entry is None:
        return None
    if wait := _wait_of_pace(turn, entry):
        return wait
    try:
        answer = _ask(turn.question, entry)
    except FactsUnavailableError:
        # One record that cannot be read must not keep everybody behind it from being looked at.
        return _wait(entry, turn.at + TRY_LATER, "")
    if not answer.decision.allowed:
        return _skip(entry, answer.decision.code)
    if not _is_in_time(entry, answer):
        return _wait(entry, answer.next_allowed_at or turn.at + TRY_LATER, WaitsFor.HOURS)
    return _show(turn, entry, answer)


def _own(turn: _Turn) -> CallListEntry | None:
    held = CallListEntry.objects.filter(call_list=turn.call_list, state=State.HELD, held_by=turn.agent)
    return _locked(held.order_by("pk"))


def _candidate(turn: _Turn) -> CallListEntry | None:
    free = Q(state=State.WAITING) | Q(state=State.HELD, held_until__lte=turn.at)
    entries = CallListEntry.objects.filter(
        free,
        call_list=turn.call_list,
        state__in=[State.WAITING, State.HELD],
        next_try_at__lte=turn.at,
    )
    return _locked(entries.order_by("-call_back_asked", "next_try_at", "pk"))


def _locked(entries: QuerySet[CallListEntry]) -> CallListEntry | None:
    """Lock the first that no other agent is looking at."""
    related = entries.select_related("contact", "contact_point__organisation")
    return related.select_for_update(of=("self",), skip_locked=True).first()


def _wait_of_pace(turn: _Turn, entry: CallListEntry) -> CallListEntry | None:
    """Whoever has this number on the phone now, was called today or often enough, is not called."""
    if busy_until := _with_a_colleague_until(entry, turn.at):
        return _wait(entry, busy_until, "")
    if entry.call_back_asked:
        return None
    calls = pacing.find_calls(entry=entry, call_list=turn.call_list)
    if pacing.is_enough(calls=calls, call_list=turn.call_list, limit=turn.limit):
        return _change(entry, state=State.DONE)
    if calls.last_at is None:
        return None
    day = pacing.next_day(after=calls.last_at, limit=turn.limit, zone=turn.question.zone)
    return _wait(entry, day, WaitsFor.ANOTHER_DAY) if day > turn.at else None


def _with_a_colleague_until(entry: CallListEntry, at: datetime.datetime) -> datetime.datetime | None:
    point: ContactPoint = entry.contact_point
    address = Address(kind=point.kind, value=point.value, raw_input=point.raw_input)
    # Agents of other lists who come to this number wait here until it is with somebody.
    contacts.hold_address(organisation=point.organisation, address=address)
    same_number = CallListEntry.objects.filter(
        state=State.HELD,
        held_until__gt=at,
        contact_point__organisation=point.organisation_id,
        contact_point__value=point.value,
    ).exclude(pk=entry.pk)
    until: datetime.datetime | None = same_number.aggregate(until=Min("held_until"))["until"]
    return until


def _ask(question: Question, entry: CallListEntry) -> Answer:
    asked = Asked(text=entry.contact_point.value, contact_id=entry.contact_id)
    answer = ask_one(question=question, asked=asked)
    if answer.decision.code == Code.D_UNAVAILABLE:
        raise FactsUnavailableError
    return answer


def _is_in_time(entry: CallListEntry, answer: Answer) -> bool:
    """A call that the person asked for may fall outside the hours (rules, "With every answer")."""
    return entry.call_back_asked or answer.within_hours is not False


def _skip(entry: CallListEntry, code: Code) -> CallListEntry:
    return _change(entry, state=State.SKIPPED, skip_code=code.value)


def _wait(entry: CallListEntry, until: datetime.datetime, waits_for: str) -> CallListEntry:
    return _change(entry, state=State.WAITING, next_try_at=until, waits_for=waits_for)


def _change(entry: CallListEntry, **values: Any) -> CallListEntry:
    for name, value in {"held_by": None, "held_until": None, **values}.items():
        setattr(entry, name, value)
    entry.save(update_fields=["held_by", "held_until", *values])
    return entry


def _show(turn: _Turn, entry: CallListEntry, answer: Answer) -> Shown:
    before = _shown_before(turn, entry) if entry.held_by_id == turn.agent.pk else None
    _change(entry, state=State.HELD, held_by=turn.agent, held_until=turn.at + HOLD, waits_for="")
    row = before or ShownContact.objects.create(
        entry=entry, agent=turn.agent, shown_at=turn.at, code=answer.decision.code
    )
    entry.call_list = turn.call_list
    row.entry = entry
    return Shown(row=row, entry=entry, answer=answer)


def _shown_before(turn: _Turn, entry: CallListEntry) -> ShownContact | None:
    rows = ShownContact.objects.filter(entry=entry, agent=turn.agent, attempt__isnull=True)
    return rows.order_by("-shown_at", "-pk").first()
