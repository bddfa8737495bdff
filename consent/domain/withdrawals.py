import datetime
import uuid
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db import transaction

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.models import (
    Act,
    Channel,
    Collector,
    ConsentEvent,
    ConsentRecord,
    Grade,
    Objection,
    Status,
)
from customers.domain import contacts
from customers.models import Contact, ContactPoint

# Pressing twice, or a mail program that sends the same one-click again, is one act.
SAME_ACT = datetime.timedelta(minutes=1)
STANDING = (Status.GIVEN, Status.RENEWED, Status.REQUESTED)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """How wide a stop reaches; what is left out means all."""

    legal_entity_id: uuid.UUID | None = None
    purpose_id: uuid.UUID | None = None
    channel: str = ""


class _Moment(NamedTuple):
    how: Circumstances
    occurred_at: datetime.datetime


class NothingToUndoError(LookupError):
    """The stop was undone before, or a later act has taken its place."""


@transaction.atomic
def stop(
    *, point: ContactPoint, scope: Scope, how: Circumstances, occurred_at: datetime.datetime
) -> list[ConsentEvent]:
    """Stop one permission on one address, whatever ground it had, effective at once.

    A consent that was asked or given is withdrawn (art. 7(3) GDPR); where another ground carried the
    contact, or the scope is wider than one permission, it is an objection (art. 21(2) GDPR; art. 11.7 Tw).
    Pressing again within a minute is the same act; later it is a new one, and both stand in the ledger.
    """
    # Held before it is looked at: a permission that is being given at this moment is stopped as well.
    contacts.hold_contact(contact_id=point.contact_id)
    row = find_record(point=point, scope=scope)
    if _just_stopped(point.contact, scope, row, occurred_at):
        return []
    if row is None or row.status not in (*STANDING, Status.WITHDRAWN):
        return record(
            events=[_objection(point.contact, scope, _Moment(how, occurred_at), point)],
            recorded_at=occurred_at,
        )
    return record(events=[_withdrawal(row, _Moment(how, occurred_at))], recorded_at=occurred_at)


@transaction.atomic
def object_to(
    *,
    contact: Contact,
    scope: Scope,
    how: Circumstances,
    occurred_at: datetime.datetime,
    recorded_at: datetime.datetime | None = None,
) -> list[ConsentEvent]:
    """Record "don't contact me" in a scope, and withdraw every permission inside it.

    Nobody is asked for a reason or an age, and it beats every older permission (art. 21(2)-(3) GDPR).
    """
    contacts.hold_contact(contact_id=contact.pk)
    events = [_objection(contact, scope, _Moment(how, occurred_at), None)]
    events += [_withdrawal(row, _Moment(how, occurred_at)) for row in _standing(contact, scope)]
    return record(events=events, recorded_at=recorded_at or occurred_at)


@transaction.atomic
def undo(
    *, contact: Contact, stops: list[uuid.UUID], how: Circumstances, occurred_at: datetime.datetime
) -> list[ConsentEvent]:
    """Take back stops of this contact that are still their last act: permission stands as before the stop.

    Each undo is a new event that refers to the stop. Raises NothingToUndoError when none can be undone.
    """
    contacts.hold_contact(contact_id=contact.pk)
    undone = [
        event
        for stop_event in _own_stops(contact, stops)
        if (event := _undoing(stop_event, _Moment(how, occurred_at)))
    ]
    if not undone:
        raise NothingToUndoError
    return record(events=undone, recorded_at=occurred_at)


def find_record(*, point: ContactPoint, scope: Scope) -> ConsentRecord | None:
    """Find the present state of the one permission in a scope; None where the scope is wider."""
    if scope.legal_entity_id is None or scope.purpose_id is None:
        return None
    return ConsentRecord.objects.filter(
        contact_point=point,
        legal_entity_id=scope.legal_entity_id,
        purpose_id=scope.purpose_id,
        channel=scope.channel,
    ).first()


def _just_stopped(
    contact: Contact, scope: Scope, row: ConsentRecord | None, occurred_at: datetime.datetime
) -> bool:
    if row is not None and row.status == Status.WITHDRAWN and row.withdrawn_at is not None:
        return occurred_at - row.withdrawn_at < SAME_ACT
    if row is not None and row.status in STANDING:
        return False
    objection = Objection.objects.filter(contact=contact, standing=True, **vars(scope)).first()
    if objection is None or objection.objected_at is None:
        return False
    last_acts = [one.last_act_at for one in _standing(contact, scope) if one.last_act_at]
    same = occurred_at - objection.objected_at < SAME_ACT
    return same and max(last_acts, default=objection.objected_at) <= objection.objected_at


def _standing(contact: Contact, scope: Scope) -> list[ConsentRecord]:
    rows = ConsentRecord.objects.filter(contact=contact, status__in=STANDING)
    if scope.legal_entity_id:
        rows = rows.filter(legal_entity_id=scope.legal_entity_id)
    if scope.purpose_id:
        rows = rows.filter(purpose_id=scope.purpose_id)
    if scope.channel:
        rows = rows.filter(channel=scope.channel)
    return list(rows.order_by("pk"))


def _own_stops(contact: Contact, stops: list[uuid.UUID]) -> list[ConsentEvent]:
    acts = (Act.WITHDRAWN, Act.OBJECTED)
    return list(
        ConsentEvent.objects.filter(pk__in=stops, subject_id=contact.pk, act__in=acts).order_by("sequence")
    )


def _undoing(stop_event: ConsentEvent, moment: _Moment) -> NewEvent | None:
    if stop_event.act == Act.OBJECTED:
        stands = Objection.objects.filter(objection_event_id=stop_event.pk, standing=True).exists()
        return _retraction(stop_event, moment) if stands else None
    row = ConsentRecord.objects.filter(withdrawal_event_id=stop_event.pk, status=Status.WITHDRAWN).first()
    if row is None or row.grant_event_id is None:
        return None
    return _renewal(row, ConsentEvent.objects.get(pk=row.grant_event_id), moment)


def _renewal(row: ConsentRecord, granted: ConsentEvent, moment: _Moment) -> NewEvent:
    """The permission as it stood: no stronger, no longer, and with the uses that were left."""
    how = replace(
        moment.how,
        collection_point_id=granted.collection_point_id,
        shown=Wordings(
            language=moment.how.shown.language or granted.language,
            notice_version_id=granted.notice_version_id,
            notice_hash=granted.notice_hash,
            privacy_statement_id=granted.privacy_statement_id,
            privacy_statement_hash=granted.privacy_statement_hash,
        ),
        proof={**(moment.how.proof or {}), "undoes": str(row.withdrawal_event_id)},
    )
    return NewEvent(
        organisation_id=granted.organisation_id,
        act=Act.RENEWED,
        subject_id=granted.subject_id,
        occurred_at=moment.occurred_at,
        legal_entity_id=granted.legal_entity_id,
        purpose_id=granted.purpose_id,
        channel=granted.channel,
        contact_point_id=granted.contact_point_id,
        refers_to_id=row.withdrawal_event_id,
        valid_until=granted.valid_until,
        # What was used stays used, and a first contact that was made need not be made again.
        uses=None if granted.uses is None else max(granted.uses - row.uses_spent, 0),
        first_contact_due_at=None if row.first_used_at else granted.first_contact_due_at,
        collector=Collector(granted.collector),
        grade=Grade(granted.grade) if granted.grade else None,
        lacks=granted.lacks.split(),
        **vars(how),
    )


def _retraction(stop_event: ConsentEvent, moment: _Moment) -> NewEvent:
    return NewEvent(
        organisation_id=stop_event.organisation_id,
        act=Act.OBJECTION_RETRACTED,
        subject_id=stop_event.subject_id,
        occurred_at=moment.occurred_at,
        legal_entity_id=stop_event.legal_entity_id,
        purpose_id=stop_event.purpose_id,
        channel=stop_event.channel,
        contact_point_id=stop_event.contact_point_id,
        refers_to_id=stop_event.pk,
        **vars(moment.how),
    )


def _withdrawal(row: ConsentRecord, moment: _Moment) -> NewEvent:
    return NewEvent(
        organisation_id=row.organisation_id,
        act=Act.WITHDRAWN,
        subject_id=row.contact_id,
        occurred_at=moment.occurred_at,
        legal_entity_id=row.legal_entity_id,
        purpose_id=row.purpose_id,
        channel=Channel(row.channel),
        contact_point_id=row.contact_point_id,
        refers_to_id=row.grant_event_id or row.request_event_id,
        **vars(moment.how),
    )


def _objection(contact: Contact, scope: Scope, moment: _Moment, point: ContactPoint | None) -> NewEvent:
    return NewEvent(
        organisation_id=contact.organisation_id,
        act=Act.OBJECTED,
        subject_id=contact.pk,
        occurred_at=moment.occurred_at,
        legal_entity_id=scope.legal_entity_id,
        purpose_id=scope.purpose_id,
        channel=scope.channel,
        contact_point_id=point.pk if point else None,
        **vars(moment.how),
    )
