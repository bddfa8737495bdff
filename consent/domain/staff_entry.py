import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction

from consent.domain import outbox
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.opt_in import CONFIRM_WITHIN
from consent.domain.outbox import NewMessage
from consent.domain.privacy.editions import statement_shown
from consent.domain.terms import term_end
from consent.models import (
    Act,
    Actor,
    Channel,
    CollectionPoint,
    ConsentEvent,
    Grade,
    Method,
    Notice,
    NoticeVersion,
    OutboxMessage,
    Source,
    in_language,
)
from customers.models import Contact, ContactPoint

# What stands as proof for each way in which permission reaches staff (promise 5 of the product).
PROOF_OF_SOURCE = {
    Source.PHONE_CALL: "recording",
    Source.DIRECT_MESSAGE: "message",
    Source.PAPER: "scan",
    Source.EVENT: "batch",
}
METHOD_OF_SOURCE = {
    Source.PHONE_CALL: Method.ORAL,
    Source.DIRECT_MESSAGE: Method.REPLY,
    Source.PAPER: Method.SIGNATURE,
    Source.EVENT: Method.SIGNATURE,
}
ENTERED_ACTS = (Act.GIVEN, Act.RENEWED, Act.REFUSED)


class PermissionNotRecordableError(ValueError):
    """What was entered cannot be true, or belongs to another organisation."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a member of staff was told or handed: who, which permission, when, where, how, and the wording."""

    contact: Contact
    contact_point: ContactPoint | None
    notice: Notice
    notice_version: NoticeVersion | None
    act: Act
    source: Source
    occurred_at: datetime.datetime | None
    place: str
    proof_reference: str
    staff_id: uuid.UUID
    actor: Actor = Actor.SUBJECT
    representative: str = ""
    language: str = ""
    collection_point: CollectionPoint | None = None


@transaction.atomic
def record_permission(*, entry: Entry, recorded_at: datetime.datetime) -> ConsentEvent:
    """Record a permission given or refused by phone, message, paper or at an event, with its own proof.

    A recording, message, scan or batch proves it; without that, without place, moment or wording it is
    kept, marked incomplete, and does not authorise (art. 7(1) GDPR). Where the purpose asks for double
    opt-in it is a request until the person confirms. Raises PermissionNotRecordableError.
    """
    _check(entry, recorded_at)
    [event] = record(events=[_event(entry, recorded_at)], recorded_at=recorded_at)
    _mail_what_was_agreed(entry, event, recorded_at)
    return event


def _check(entry: Entry, recorded_at: datetime.datetime) -> None:
    notice, version, point = entry.notice, entry.notice_version, entry.contact_point
    kind = Channel(notice.channel).point_kind
    faults = {
        "is no entry by staff": entry.source not in PROOF_OF_SOURCE or entry.act not in ENTERED_ACTS,
        "lies in the future": entry.occurred_at is not None and entry.occurred_at > recorded_at,
        "belongs to another organisation": entry.contact.organisation_id
        != notice.legal_entity.organisation_id,
        "is about an erased contact": entry.contact.erased_at is not None,
        "has no address of this contact for the channel": bool(kind)
        and (point is None or point.kind != kind or point.contact_id != entry.contact.pk),
        "has a wording of another notice, or a draft": version is not None
        and (version.notice_id != notice.pk or version.published_at is None),
    }
    if found := [fault for fault, present in faults.items() if present]:
        raise PermissionNotRecordableError("; ".join(found))


def _event(entry: Entry, recorded_at: datetime.datetime) -> NewEvent:
    purpose, zone = entry.notice.purpose, entry.notice.legal_entity.time_zone
    occurred_at = entry.occurred_at or recorded_at
    by_phone = entry.notice.channel == Channel.CALL
    return NewEvent(
        organisation_id=entry.contact.organisation_id,
        act=_act(entry),
        subject_id=entry.contact.pk,
        occurred_at=occurred_at,
        # A date without a recording, scan or message behind it is only claimed.
        proven=entry.occurred_at is not None and bool(entry.proof_reference),
        actor=entry.actor,
        staff_id=entry.staff_id,
        source=entry.source,
        method=METHOD_OF_SOURCE[entry.source],
        legal_entity_id=entry.notice.legal_entity_id,
        purpose_id=purpose.pk,
        channel=entry.notice.channel,
        contact_point_id=entry.contact_point.pk if entry.contact_point else None,
        collection_point_id=entry.collection_point.pk if entry.collection_point else None,
        shown=_wordings(entry, occurred_at),
        valid_until=_end(occurred_at, purpose.term_months, zone),
        uses=purpose.uses,
        first_contact_due_at=_end(occurred_at, purpose.first_contact_months if by_phone else None, zone),
        grade=Grade.B if entry.proof_reference else Grade.D,
        lacks=_lacks(entry),
        proof=_proof(entry),
    )


def _act(entry: Entry) -> Act:
    granted = entry.act != Act.REFUSED
    return Act.REQUESTED if granted and entry.notice.purpose.double_opt_in else entry.act


def _end(start: datetime.datetime, months: int | None, zone: str) -> datetime.datetime | None:
    return term_end(start=start, months=months, zone=zone) if months else None


def _wordings(entry: Entry, occurred_at: datetime.datetime) -> Wordings:
    version = entry.notice_version
    point = entry.collection_point
    statement = statement_shown(collection_point=point, at=occurred_at) if point else None
    return Wordings(
        language=entry.language,
        notice_version_id=version.pk if version else None,
        notice_hash=version.content_hash if version else "",
        privacy_statement_id=statement.pk if statement else None,
        privacy_statement_hash=statement.content_hash if statement else "",
    )


def _lacks(entry: Entry) -> list[str]:
    needed = {
        PROOF_OF_SOURCE[entry.source]: entry.proof_reference,
        "place": entry.place,
        "moment": entry.occurred_at,
        "wording": entry.notice_version,
        "representative": entry.representative or entry.actor != Actor.REPRESENTATIVE,
    }
    return [name for name, value in needed.items() if not value]


def _proof(entry: Entry) -> dict[str, object]:
    told = {
        "address": entry.contact_point.value if entry.contact_point else "",
        "place": entry.place,
        PROOF_OF_SOURCE[entry.source]: entry.proof_reference,
        "representative": entry.representative,
        "wording": in_language(entry.notice_version.wording, entry.language) if entry.notice_version else "",
    }
    return {name: value for name, value in told.items() if value}


def _mail_what_was_agreed(entry: Entry, event: ConsentEvent, recorded_at: datetime.datetime) -> None:
    """Mail what was agreed, or the button that makes a request a permission, where there is an address."""
    email = _email_of(entry)
    version = entry.notice_version
    if event.act == Act.REFUSED or email is None or version is None:
        return
    requested = event.act == Act.REQUESTED
    message = NewMessage(
        kind=OutboxMessage.Kind.CONFIRM_REQUEST if requested else OutboxMessage.Kind.CONFIRMATION,
        legal_entity=entry.notice.legal_entity,
        contact_point=email,
        language=entry.language or entry.contact.language,
        content=_agreed(entry, version, event),
        event_id=event.pk,
        link_lasts=CONFIRM_WITHIN if requested else None,
    )
    outbox.write(message=message, written_at=recorded_at)


def _email_of(entry: Entry) -> ContactPoint | None:
    """Mail goes to the address the permission is about, or else to the one known longest."""
    point = entry.contact_point
    if point is not None and point.kind == ContactPoint.Kind.EMAIL:
        return point
    addresses = entry.contact.points.filter(kind=ContactPoint.Kind.EMAIL, invalid_at__isnull=True)
    return addresses.order_by("created_at", "pk").first()


def _agreed(entry: Entry, version: NoticeVersion, event: ConsentEvent) -> dict[str, object]:
    language = entry.language or entry.contact.language
    title = in_language(entry.collection_point.title, language) if entry.collection_point else ""
    return {
        "form": title or entry.place,
        "agreed_at": event.occurred_at.isoformat(),
        "permissions": [outbox.tell_permission(event=event, version=version, language=language)],
    }
