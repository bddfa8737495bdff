import datetime
import enum
import uuid
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, Q

from consent.domain import withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.withdrawals import Scope
from consent.models import Act, Actor, Channel, ConsentRecord, ContactAttempt, Method, Purpose, Source
from customers.domain import contacts
from customers.models import CallerNumber, ContactPoint, LegalEntity, StaffMember

Outcome = ContactAttempt.Outcome
CALLS = (Channel.CALL, Channel.AUTOMATED_CALL)


class AttemptNotRecordableError(ValueError):
    """The attempt lies in the future, hid its number, or belongs to two organisations or legal entities."""


class Objected(enum.Enum):
    """How far the person's "don't call me", said in the call, reaches."""

    NOT = enum.auto()
    PURPOSE = enum.auto()
    CHANNEL = enum.auto()
    EVERYTHING = enum.auto()


@dataclass(frozen=True, kw_only=True)
class NewAttempt:
    """One try to reach somebody: on which address, for whom and what, and what came of it."""

    contact_point: ContactPoint
    legal_entity: LegalEntity
    purpose: Purpose
    attempted_at: datetime.datetime
    outcome: ContactAttempt.Outcome
    agent: StaffMember | None = None
    channel: Channel = Channel.CALL
    number_shown: CallerNumber | None = None
    objection_offered: bool = False
    call_back_at: datetime.datetime | None = None
    requested_by_person: bool = False
    objected: Objected = Objected.NOT


@transaction.atomic
def log_attempt(*, attempt: NewAttempt, recorded_at: datetime.datetime) -> ContactAttempt:
    """Write down a try to reach somebody, and what follows from it.

    A conversation uses up one use of the permission it rested on; an unanswered call does not (rules,
    "Consent as a ground"). A wrong number is no longer this person's. "Don't call me" is an objection, at
    once (art. 21(3) GDPR; art. 11.7(2) Tw: it is offered in every call). A call shows a number (art. 11.7(8)
    Tw). Raises AttemptNotRecordableError.
    """
    _check(attempt, recorded_at)
    row = _row(attempt)
    if attempt.outcome == Outcome.CONVERSATION:
        _use_permission(attempt, recorded_at)
    if attempt.outcome == Outcome.WRONG_NUMBER:
        _invalidate_number(attempt, recorded_at)
    if attempt.objected is not Objected.NOT:
        _object(attempt, recorded_at)
    return row


def _check(attempt: NewAttempt, recorded_at: datetime.datetime) -> None:
    organisation_id = attempt.contact_point.organisation_id
    faults = {
        "lies in the future": attempt.attempted_at > recorded_at,
        "belongs to another organisation": organisation_id
        not in {attempt.legal_entity.organisation_id, attempt.purpose.organisation_id}
        or attempt.legal_entity.organisation_id != attempt.purpose.organisation_id,
        "shows the number of another legal entity": attempt.number_shown is not None
        and attempt.number_shown.legal_entity_id != attempt.legal_entity.pk,
        "hides its number": _is_call(attempt) and attempt.number_shown is None,
        "is over a channel without this kind of address": attempt.channel.point_kind
        != attempt.contact_point.kind,
    }
    if found := [fault for fault, present in faults.items() if present]:
        raise AttemptNotRecordableError("; ".join(found))


def _is_call(attempt: NewAttempt) -> bool:
    """A call is never anonymous (art. 11.7(8) Tw); writing down that somebody asks for one is no call yet."""
    only_asked_for = attempt.requested_by_person and attempt.outcome == Outcome.CALL_BACK
    return attempt.channel in CALLS and not only_asked_for


def _row(attempt: NewAttempt) -> ContactAttempt:
    return ContactAttempt.objects.create(
        organisation_id=attempt.legal_entity.organisation_id,
        legal_entity=attempt.legal_entity,
        contact_id=attempt.contact_point.contact_id,
        contact_point=attempt.contact_point,
        purpose=attempt.purpose,
        channel=attempt.channel,
        attempted_at=attempt.attempted_at,
        outcome=attempt.outcome,
        number_shown=attempt.number_shown,
        objection_offered=attempt.objection_offered,
        call_back_at=attempt.call_back_at,
        requested_by_person=attempt.requested_by_person,
        agent=attempt.agent,
    )


def _use_permission(attempt: NewAttempt, recorded_at: datetime.datetime) -> None:
    grant_event_id = _permission_relied_on(attempt)
    if grant_event_id is not None:
        used = replace(_event(attempt, Act.USED), purpose_id=attempt.purpose.pk, refers_to_id=grant_event_id)
        record(events=[used], recorded_at=recorded_at)


def _permission_relied_on(attempt: NewAttempt) -> uuid.UUID | None:
    """Find the permission that was in force at the moment of the attempt, if it rested on one."""
    not_stopped = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__lt=F("granted_at"))
    row = ConsentRecord.objects.filter(
        not_stopped | Q(withdrawn_at__gt=attempt.attempted_at),
        contact_point=attempt.contact_point,
        legal_entity=attempt.legal_entity,
        purpose=attempt.purpose,
        channel=attempt.channel,
        granted_at__lte=attempt.attempted_at,
    ).first()
    return row.grant_event_id if row else None


def _invalidate_number(attempt: NewAttempt, recorded_at: datetime.datetime) -> None:
    contacts.hold_contact(contact_id=attempt.contact_point.contact_id)
    point = ContactPoint.objects.get(pk=attempt.contact_point.pk)
    if point.invalid_at is not None:
        return
    contacts.mark_invalid(
        point=point, reason=ContactPoint.Invalidity.WRONG_NUMBER, invalid_at=attempt.attempted_at
    )
    gone = replace(_event(attempt, Act.ADDRESS_INVALIDATED), reason=ContactPoint.Invalidity.WRONG_NUMBER)
    record(events=[gone], recorded_at=recorded_at)


def _event(attempt: NewAttempt, act: Act) -> NewEvent:
    return NewEvent(
        organisation_id=attempt.legal_entity.organisation_id,
        act=act,
        subject_id=attempt.contact_point.contact_id,
        legal_entity_id=attempt.legal_entity.pk,
        channel=attempt.channel,
        contact_point_id=attempt.contact_point.pk,
        occurred_at=attempt.attempted_at,
        actor=Actor.STAFF if attempt.agent else Actor.SYSTEM,
        staff_id=attempt.agent.pk if attempt.agent else None,
        source=_source(attempt),
        method=Method.RECORD,
    )


def _source(attempt: NewAttempt) -> Source:
    return Source.PHONE_CALL if attempt.contact_point.kind == ContactPoint.Kind.PHONE else Source.STAFF_ENTRY


def _object(attempt: NewAttempt, recorded_at: datetime.datetime) -> None:
    scope = Scope(
        legal_entity_id=attempt.legal_entity.pk,
        purpose_id=attempt.purpose.pk if attempt.objected is Objected.PURPOSE else None,
        channel="" if attempt.objected is Objected.EVERYTHING else attempt.channel,
    )
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=_source(attempt),
        method=Method.ORAL,
        staff_id=attempt.agent.pk if attempt.agent else None,
        proof={"address": attempt.contact_point.value, "agent": str(attempt.agent or "")},
    )
    withdrawals.object_to(
        contact=attempt.contact_point.contact,
        scope=scope,
        how=how,
        occurred_at=attempt.attempted_at,
        recorded_at=recorded_at,
    )
