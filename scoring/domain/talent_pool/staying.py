"""A candidate stays in a talent pool, or stops: each is a new act of the person in the ledger."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import QuerySet

from consent.domain import preference_changes, preference_receipts, withdrawals
from consent.domain.link_requests import LinkNotOpenError
from consent.domain.preference_changes import Visitor, Wish
from consent.domain.preferences import Key
from consent.domain.withdrawals import Scope
from consent.models import Channel, ConsentEvent, ConsentRecord, Method, NoticeVersion, OutboxMessage
from scoring.domain.talent_pool.standing import newest_wording, permissions
from scoring.models import StayQuestion, TalentPool


class NotInPoolError(LookupError):
    """The permission for the pool ended or was stopped: there is nothing to extend."""


class WordingChangedError(Exception):
    """The wording that was shown is not the one that is asked now; nothing was recorded."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """The place of one person in a pool: the permissions that are extended, and the wording to do it with.

    They are of one channel, as the wording is; the first is the one that ends first.
    """

    pool: TalentPool
    records: tuple[ConsentRecord, ...]
    notice: NoticeVersion | None

    @property
    def record(self) -> ConsentRecord:
        return self.records[0]


def find_place(*, pool: TalentPool, contact_id: uuid.UUID, now: datetime.datetime) -> Place | None:
    """Find the permissions with which somebody is in a pool, of the channel that ends first.

    None where they are not in it.
    """
    records = list(_standing(pool, contact_id, now))
    return _place(pool, [one for one in records if one.channel == records[0].channel])


def find_asked_place(*, pool: TalentPool, message: OutboxMessage, now: datetime.datetime) -> Place | None:
    """Find the permission that a mail asked about: that for its own address, and no other."""
    records = _standing(pool, message.person.pk, now).filter(channel=Channel.EMAIL)
    return _place(pool, list(records.filter(contact_point=message.contact_point_id)))


def find_question(*, message_id: uuid.UUID) -> tuple[OutboxMessage, TalentPool]:
    """Find the mail behind a link to stay, and its pool; raises LinkNotOpenError.

    Once its address is replaced or its person erased it opens nothing, like other links to a mailbox.
    """
    found = OutboxMessage.objects.select_related("organisation", "legal_entity", "contact_point", "contact")
    message = found.filter(
        pk=message_id,
        kind=OutboxMessage.Kind.STAY,
        contact__erased_at__isnull=True,
        contact_point__invalid_at__isnull=True,
        link_revoked_at__isnull=True,
    ).first()
    question = StayQuestion.objects.filter(message_id=message_id).select_related(
        "pool__legal_entity", "pool__purpose"
    )
    asked = question.first()
    if message is None or asked is None:
        raise LinkNotOpenError
    return message, asked.pool


@transaction.atomic
def stay(
    *, place: Place, visitor: Visitor, notice_version_id: str, occurred_at: datetime.datetime
) -> list[ConsentEvent]:
    """Record that somebody permits to stay for another term, with the wording they were shown.

    It is a permission given anew, never the old one with another date: its own event, its own proof
    (art. 7(1) GDPR). Raises NotInPoolError, WordingChangedError.
    """
    preference_changes.hold(visitor=visitor)
    standing = _standing(place.pool, visitor.contact.pk, occurred_at)
    current = _place(place.pool, list(standing.filter(pk__in=[one.pk for one in place.records])))
    if current is None:
        raise NotInPoolError
    if current.notice is None or str(current.notice.pk) != notice_version_id:
        raise WordingChangedError
    wishes = [
        Wish(key=_key(record), turn_on=True, notice_version_id=notice_version_id)
        for record in current.records
    ]
    pressed = replace(visitor, how=replace(visitor.how, method=Method.BUTTON))
    saved = preference_changes.save_choices(visitor=pressed, wishes=wishes, occurred_at=occurred_at)
    if saved.not_offered:
        raise WordingChangedError
    _mail_receipt(pressed, place.pool, saved.events, occurred_at)
    return saved.events


@transaction.atomic
def stop(*, place: Place, visitor: Visitor, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    """Withdraw every permission for a pool, effective at once: as easy as staying (art. 7(3) GDPR)."""
    pressed = replace(visitor, how=replace(visitor.how, method=Method.BUTTON))
    standing = permissions(pool=place.pool, now=occurred_at).filter(contact=visitor.contact)
    events: list[ConsentEvent] = []
    for record in standing.select_related("contact_point").order_by("pk"):
        events += _stop_one(record, pressed, occurred_at)
    _mail_receipt(pressed, place.pool, events, occurred_at)
    return events


def _standing(pool: TalentPool, contact_id: uuid.UUID, now: datetime.datetime) -> QuerySet[ConsentRecord]:
    rows = permissions(pool=pool, now=now).filter(contact=contact_id).select_related("contact_point")
    return rows.order_by("valid_until", "pk")


def _place(pool: TalentPool, records: Sequence[ConsentRecord]) -> Place | None:
    if not records:
        return None
    notice = newest_wording(pool=pool, channel=records[0].channel)
    return Place(pool=pool, records=tuple(records), notice=notice)


def _stop_one(record: ConsentRecord, visitor: Visitor, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    scope = Scope(
        legal_entity_id=record.legal_entity_id, purpose_id=record.purpose_id, channel=record.channel
    )
    if record.contact_point is None:
        return withdrawals.object_to(
            contact=visitor.contact, scope=scope, how=visitor.how, occurred_at=occurred_at
        )
    return withdrawals.stop(point=record.contact_point, scope=scope, how=visitor.how, occurred_at=occurred_at)


def _key(record: ConsentRecord) -> Key:
    return Key(record.legal_entity_id, record.purpose_id, record.channel, record.contact_point_id)


def _mail_receipt(
    visitor: Visitor, pool: TalentPool, events: list[ConsentEvent], written_at: datetime.datetime
) -> None:
    if events:
        preference_receipts.mail_receipt(
            visitor=visitor, legal_entity=pool.legal_entity, events=events, written_at=written_at
        )
