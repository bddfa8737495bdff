import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from consent.domain import withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.preferences import Key, Row, read_preferences
from consent.domain.privacy.editions import statement_in_force
from consent.domain.terms import term_end
from consent.domain.withdrawals import NothingToUndoError, Scope
from consent.models import (
    Act,
    Channel,
    ConsentEvent,
    ConsentRecord,
    Grade,
    Method,
    NoticeVersion,
    Objection,
    in_language,
)
from customers.domain import contacts
from customers.models import Contact, ContactPoint


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One permission that the person turned on or off, with the wording that stood beside the box."""

    key: Key
    turn_on: bool
    notice_version_id: str


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """The person behind a preference link: who, the address the link was sent to, and how they came."""

    contact: Contact
    opened_with: ContactPoint
    how: Circumstances


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What came of a save: the events in the ledger, and how many permissions were no longer offered."""

    events: list[ConsentEvent]
    not_offered: int


@transaction.atomic
def save_choices(*, visitor: Visitor, wishes: Sequence[Wish], occurred_at: datetime.datetime) -> Saved:
    """Record each choice that a person changed: a stop, or a permission with the wording that was shown.

    The first save proves that the person reads mail (or texts) at the address of the link. When another page
    changed the same choice meanwhile, the person's last act wins and both stand in the ledger. A stop always
    goes through; a permission only while its wording is offered.
    """
    hold(visitor=visitor)
    events = prove_address(visitor=visitor, occurred_at=occurred_at)
    for wish in wishes:
        if not wish.turn_on:
            events += _turn_off(wish.key, visitor, occurred_at)
    rows = _rows_now(visitor, occurred_at) if any(wish.turn_on for wish in wishes) else {}
    not_offered = 0
    for wish in wishes:
        if wish.turn_on:
            given = _turn_on(rows.get(wish.key), wish, visitor, occurred_at)
            not_offered += not given
            events += given
    return Saved(events=events, not_offered=not_offered)


@transaction.atomic
def stop_everything(*, visitor: Visitor, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    """Object to every contact by every legal entity of the organisation, and withdraw each permission.

    Pressed twice it stops once: what is stopped already gives no new event (art. 21(2)-(3) GDPR).
    """
    hold(visitor=visitor)
    now = read_preferences(contact=visitor.contact, opened_with=visitor.opened_with, now=occurred_at)
    if now.stopped_at is not None and not any(row.standing.is_on for row in now.rows):
        return []
    events = prove_address(visitor=visitor, occurred_at=occurred_at)
    how = replace(visitor.how, method=Method.BUTTON)
    return events + withdrawals.object_to(
        contact=visitor.contact, scope=Scope(), how=how, occurred_at=occurred_at
    )


@transaction.atomic
def prove_address(*, visitor: Visitor, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    """Note that the address of the link is this person's, the first time they act behind it."""
    # Asked of the database: another page may have done it since this one was opened.
    point = ContactPoint.objects.get(pk=visitor.opened_with.pk)
    if point.verified_at is not None:
        return []
    methods = ContactPoint.Verification
    by_mail = point.kind == ContactPoint.Kind.EMAIL
    contacts.mark_verified(
        point=point, method=methods.EMAIL_LINK if by_mail else methods.SMS_CODE, verified_at=occurred_at
    )
    event = NewEvent(
        organisation_id=visitor.contact.organisation_id,
        act=Act.ADDRESS_VERIFIED,
        subject_id=visitor.contact.pk,
        contact_point_id=point.pk,
        occurred_at=occurred_at,
        **vars(replace(visitor.how, method=Method.BUTTON)),
    )
    return record(events=[event], recorded_at=occurred_at)


def find_point(*, contact: Contact, point_id: uuid.UUID | None) -> ContactPoint | None:
    """Find a contact's own address; None for processing, which has none."""
    return contact.points.filter(pk=point_id).first() if point_id else None


def hold(*, visitor: Visitor) -> None:
    """Make two pages of one person wait for each other until this transaction ends."""
    list(Contact.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visitor.contact.pk))


def _rows_now(visitor: Visitor, now: datetime.datetime) -> dict[Key, Row]:
    found = read_preferences(contact=visitor.contact, opened_with=visitor.opened_with, now=now)
    return {row.key: row for row in found.rows}


def _turn_off(key: Key, visitor: Visitor, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    scope = Scope(legal_entity_id=key.legal_entity_id, purpose_id=key.purpose_id, channel=key.channel)
    point = find_point(contact=visitor.contact, point_id=key.contact_point_id)
    if point is None:
        return withdrawals.object_to(
            contact=visitor.contact, scope=scope, how=visitor.how, occurred_at=occurred_at
        )
    return withdrawals.stop(point=point, scope=scope, how=visitor.how, occurred_at=occurred_at)


def _turn_on(
    row: Row | None, wish: Wish, visitor: Visitor, occurred_at: datetime.datetime
) -> list[ConsentEvent]:
    if row is None or not row.can_change:
        return []
    if not wish.notice_version_id:
        return _take_back_objection(row, visitor, occurred_at)
    notice = _shown_notice(row, wish)
    if notice is None:
        return []
    return record(events=[_permission(row, notice, visitor, occurred_at)], recorded_at=occurred_at)


def _take_back_objection(row: Row, visitor: Visitor, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    """Where no consent is asked, the ground that carried contact before stands again."""
    key = row.key
    objections = Objection.objects.filter(
        contact=visitor.contact,
        legal_entity_id=key.legal_entity_id,
        purpose_id=key.purpose_id,
        channel=key.channel,
        standing=True,
    )
    stops = [event_id for event_id in objections.values_list("objection_event_id", flat=True) if event_id]
    try:
        return withdrawals.undo(
            contact=visitor.contact, stops=stops, how=visitor.how, occurred_at=occurred_at
        )
    except NothingToUndoError:
        return []


def _shown_notice(row: Row, wish: Wish) -> NoticeVersion | None:
    return NoticeVersion.objects.filter(
        pk=wish.notice_version_id,
        published_at__isnull=False,
        notice__legal_entity=row.legal_entity,
        notice__purpose=row.purpose,
        notice__channel=row.channel,
    ).first()


def _permission(
    row: Row, notice: NoticeVersion, visitor: Visitor, occurred_at: datetime.datetime
) -> NewEvent:
    how, zone = visitor.how, row.legal_entity.time_zone
    months, called_within = row.purpose.term_months, row.purpose.first_contact_months
    given_before = _record_of(row, visitor) is not None
    calls = row.channel == Channel.CALL
    return NewEvent(
        organisation_id=visitor.contact.organisation_id,
        act=Act.RENEWED if given_before else Act.GIVEN,
        subject_id=visitor.contact.pk,
        occurred_at=occurred_at,
        legal_entity_id=row.legal_entity.pk,
        purpose_id=row.purpose.pk,
        channel=row.channel.value,
        contact_point_id=row.key.contact_point_id,
        valid_until=term_end(start=occurred_at, months=months, zone=zone) if months else None,
        uses=row.purpose.uses,
        first_contact_due_at=term_end(start=occurred_at, months=called_within, zone=zone) if calls else None,
        grade=Grade.A if _is_proven(row, visitor) else Grade.B,
        **vars(replace(how, shown=_wordings(notice, row, how, occurred_at), proof=_proof(row, notice, how))),
    )


def _record_of(row: Row, visitor: Visitor) -> ConsentRecord | None:
    key = row.key
    return ConsentRecord.objects.filter(
        contact=visitor.contact,
        contact_point_id=key.contact_point_id,
        legal_entity_id=key.legal_entity_id,
        purpose_id=key.purpose_id,
        channel=key.channel,
        granted_at__isnull=False,
    ).first()


def _is_proven(row: Row, visitor: Visitor) -> bool:
    return all(p.verified_at is not None or p.pk == visitor.opened_with.pk for p in row.points)


def _wordings(
    notice: NoticeVersion, row: Row, how: Circumstances, occurred_at: datetime.datetime
) -> Wordings:
    statement = statement_in_force(legal_entity_id=row.legal_entity.pk, at=occurred_at)
    return Wordings(
        language=how.shown.language,
        notice_version_id=notice.pk,
        notice_hash=notice.content_hash,
        privacy_statement_id=statement.pk if statement else None,
        privacy_statement_hash=statement.content_hash if statement else "",
    )


def _proof(row: Row, notice: NoticeVersion, how: Circumstances) -> dict[str, object]:
    return {
        **(how.proof or {}),
        "address": row.points[0].value if row.points else "",
        "wording": in_language(notice.wording, how.shown.language),
        "withdrawal": in_language(notice.withdrawal, how.shown.language),
    }
