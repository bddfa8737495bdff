import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import orjson
from django.db import models, transaction
from django.db.models import Q

from consent.domain.ledger import evidence
from consent.models import (
    Act,
    Channel,
    ConsentEvent,
    NoticeVersion,
    OutboxMessage,
    SubjectKey,
    in_language,
)
from customers.domain import contacts
from customers.domain.addresses import hash_address
from customers.domain.key_rings import suppression_keys
from customers.models import ContactPoint, LegalEntity, uuid7

Kind = OutboxMessage.Kind
State = OutboxMessage.State

# Messages that a stranger can cause by typing somebody's address into a page.
STRANGER_KINDS = (Kind.CONFIRM_REQUEST, Kind.CONFIRMATION, Kind.PREFERENCE_LINK)
STRANGER_MESSAGES_A_DAY = 3
KINDS_TO_MANY = (Kind.PRIVACY_CHANGE, Kind.BREACH, Kind.CAMPAIGN)
# They name somebody who was erased, or to somebody outside: once they left, nobody reads them again.
KINDS_LET_GO = (Kind.FAREWELL, Kind.PROCESSOR)
# A sender takes at most 15 seconds before it is killed; then its message is free again.
CLAIM_LASTS = datetime.timedelta(seconds=20)
RETRY_AFTER = datetime.timedelta(minutes=5)
# Most hiccups last seconds, and somebody is waiting for this message.
FIRST_RETRIES_AFTER = (datetime.timedelta(seconds=10), datetime.timedelta(minutes=1))
MOST_TRIES = 50


class TooManyMessagesError(Exception):
    """This address got as many messages today as a stranger may cause."""


class AgreedPermission(TypedDict):
    """One permission as a message tells it: what was agreed, on which address, and whether it still waits."""

    event_id: str
    wording: str
    withdrawal: str
    channel: str
    purpose_id: str
    contact_point_id: str
    to_confirm: bool


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """One message to be sent: what its template needs, without links, and for how long its link works."""

    kind: Kind
    legal_entity: LegalEntity
    contact_point: ContactPoint
    language: str
    content: dict[str, object]
    event_id: uuid.UUID | None = None
    channel: Channel = Channel.EMAIL
    link_lasts: datetime.timedelta | None = None


def write(*, message: NewMessage, written_at: datetime.datetime) -> OutboxMessage:
    """Put a message in the outbox, in the transaction of its cause; its content is encrypted."""
    [written] = write_many(messages=[message], written_at=written_at)
    return written


@transaction.atomic
def write_many(*, messages: Sequence[NewMessage], written_at: datetime.datetime) -> list[OutboxMessage]:
    """Put messages in the outbox, in the transaction of their cause; as few queries as for one."""
    keys = evidence.subject_keys(subject_ids=[message.contact_point.contact_id for message in messages])
    rows = [_row(message, keys[message.contact_point.contact_id], written_at) for message in messages]
    return OutboxMessage.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to somebody who is no contact (any more): the officer, or a person who was just erased."""

    kind: Kind
    legal_entity: LegalEntity
    to: str
    language: str
    content: dict[str, object]


@transaction.atomic
def write_letter(*, letter: Letter, written_at: datetime.datetime) -> OutboxMessage:
    """Put a mail to somebody outside in the outbox; also its address is encrypted, with a key of its own."""
    message_id, subject_id = uuid7(), uuid7()
    key = evidence.subject_keys(subject_ids=[subject_id])[subject_id]
    plain = orjson.dumps({**letter.content, "to": letter.to})
    nonce, ciphertext = evidence.encrypt(key=key, plain=plain, bound_to=message_id)
    hashed = hash_address(
        organisation_id=letter.legal_entity.organisation_id,
        kind=ContactPoint.Kind.EMAIL,
        value=letter.to.lower(),
        keys=suppression_keys(),
    )
    return OutboxMessage.objects.create(
        id=message_id,
        organisation_id=letter.legal_entity.organisation_id,
        legal_entity=letter.legal_entity,
        channel=Channel.EMAIL,
        kind=letter.kind,
        language=letter.language,
        subject_id=subject_id,
        nonce=nonce,
        ciphertext=ciphertext,
        recipient_hash=hashed.digest,
        created_at=written_at,
        due_at=written_at,
    )


@transaction.atomic
def write_for_stranger(*, message: NewMessage, written_at: datetime.datetime) -> OutboxMessage:
    """Put a message in the outbox that anybody could have asked for.

    Raises TooManyMessagesError after three a day to one address, so that nobody is buried in mail by others.
    """
    # One writer per address counts at a time.
    contacts.hold_contact(contact_id=message.contact_point.contact_id)
    today = OutboxMessage.objects.filter(
        recipient_hash=message.contact_point.address_hash,
        kind__in=STRANGER_KINDS,
        created_at__gt=written_at - datetime.timedelta(days=1),
    )
    if today.count() >= STRANGER_MESSAGES_A_DAY:
        raise TooManyMessagesError
    return write(message=message, written_at=written_at)


def read_content(*, message: OutboxMessage) -> dict[str, object]:
    """Read what a message says; raises EvidenceGoneError when its subject was erased."""
    keys = evidence.subject_keys_at_hand(subject_ids=[message.subject_id])
    plain = evidence.decrypt(
        key=keys[message.subject_id],
        nonce=bytes(message.nonce),
        ciphertext=bytes(message.ciphertext),
        bound_to=message.pk,
    )
    content: dict[str, object] = orjson.loads(plain)
    return content


def recipient_of(*, message: OutboxMessage) -> str:
    """Read where a message goes; raises EvidenceGoneError when its subject was erased."""
    if message.contact_point is not None:
        return message.contact_point.value
    return str(read_content(message=message)["to"])


def read_permissions(*, message: OutboxMessage) -> list[AgreedPermission]:
    """List the permissions a message is about; empty when it is about none."""
    permissions = read_content(message=message).get("permissions", [])
    return permissions if isinstance(permissions, list) else []


def tell_permission(*, event: ConsentEvent, version: NoticeVersion, language: str) -> AgreedPermission:
    """Say in a message's terms what one event agreed, with its exact wording and how to withdraw."""
    return AgreedPermission(
        event_id=str(event.pk),
        wording=in_language(version.wording, language),
        withdrawal=in_language(version.withdrawal, language),
        channel=event.channel,
        purpose_id=str(event.purpose_id),
        contact_point_id=str(event.contact_point_id) if event.contact_point_id else "",
        to_confirm=event.act == Act.REQUESTED,
    )


def purpose_of(*, permission: AgreedPermission) -> uuid.UUID:
    """Read the purpose of one permission in a message."""
    return uuid.UUID(permission["purpose_id"])


@transaction.atomic
def claim_next(*, now: datetime.datetime) -> OutboxMessage | None:
    """Take up the message that is due longest; None when there is none.

    What is sent to many comes last: somebody waits for a confirmation or a link.
    """
    due = _due(now).order_by("due_at", "pk")
    return _claim(due.exclude(kind__in=KINDS_TO_MANY), now) or _claim(due, now)


@transaction.atomic
def claim(*, message_id: uuid.UUID, now: datetime.datetime) -> OutboxMessage | None:
    """Take up one message; None when it is sent, not due, or being sent by another."""
    return _claim(_due(now).filter(pk=message_id), now)


@transaction.atomic
def mark_sent(*, message: OutboxMessage, sent_at: datetime.datetime, answer: str) -> None:
    """Note that the mail server took the message; its link lasts from this moment."""
    expires_at = message.link_expires_at and message.link_expires_at - message.created_at + sent_at
    OutboxMessage.objects.filter(pk=message.pk).update(
        state=State.SENT, sent_at=sent_at, last_answer=answer[:300], link_expires_at=expires_at
    )


@transaction.atomic
def mark_refused(*, message: OutboxMessage, answer: str) -> None:
    """Note that the mail server refused the message for good."""
    _still_ours(message).update(state=State.REFUSED, last_answer=answer[:300])


@transaction.atomic
def mark_for_retry(*, message: OutboxMessage, now: datetime.datetime, answer: str) -> None:
    """Note a failure that may pass: again soon, twice, and then every five minutes for four hours."""
    state = State.WAITING if message.tries < MOST_TRIES else State.GIVEN_UP
    _still_ours(message).update(state=state, due_at=now + _pause(message.tries), last_answer=answer[:300])


@transaction.atomic
def mark_in_doubt(*, message: OutboxMessage, now: datetime.datetime, answer: str) -> None:
    """Note a connection lost after the message was handed over: it may have arrived, and is sent again."""
    mark_for_retry(message=message, now=now, answer=answer)
    OutboxMessage.objects.filter(pk=message.pk).update(possibly_sent_twice=True)


@transaction.atomic
def send_again(*, message: OutboxMessage, now: datetime.datetime) -> None:
    """Let a refused or given-up message be tried once more from the start."""
    OutboxMessage.objects.filter(pk=message.pk, state__in=[State.REFUSED, State.GIVEN_UP]).update(
        state=State.WAITING, tries=0, due_at=now
    )


def _row(message: NewMessage, key: bytes, written_at: datetime.datetime) -> OutboxMessage:
    point = message.contact_point
    message_id = uuid7()
    nonce, ciphertext = evidence.encrypt(key=key, plain=orjson.dumps(message.content), bound_to=message_id)
    return OutboxMessage(
        id=message_id,
        organisation_id=point.organisation_id,
        legal_entity=message.legal_entity,
        contact_id=point.contact_id,
        contact_point=point,
        channel=message.channel,
        kind=message.kind,
        language=message.language,
        event_id=message.event_id,
        subject_id=point.contact_id,
        nonce=nonce,
        ciphertext=ciphertext,
        recipient_hash=point.address_hash,
        created_at=written_at,
        due_at=written_at,
        link_expires_at=written_at + message.link_lasts if message.link_lasts else None,
    )


@transaction.atomic
def let_go(*, message: OutboxMessage) -> None:
    """Destroy what a message of these kinds said and to whom, once it left or never will."""
    if message.kind not in KINDS_LET_GO:
        return
    ended = OutboxMessage.objects.filter(pk=message.pk, state__in=[State.SENT, State.REFUSED, State.GIVEN_UP])
    SubjectKey.objects.filter(subject_id__in=ended.values("subject_id")).delete()


def _still_ours(message: OutboxMessage) -> models.QuerySet[OutboxMessage]:
    """A sender that took too long may find its message taken up, and sent, by another."""
    return OutboxMessage.objects.filter(pk=message.pk, tries=message.tries).exclude(state=State.SENT)


def _pause(tries: int) -> datetime.timedelta:
    early = dict(enumerate(FIRST_RETRIES_AFTER, start=1))
    return early.get(tries, RETRY_AFTER)


def _due(now: datetime.datetime) -> models.QuerySet[OutboxMessage]:
    waiting = Q(state=State.WAITING, due_at__lte=now)
    abandoned = Q(state=State.SENDING, claimed_at__lt=now - CLAIM_LASTS)
    return OutboxMessage.objects.filter(waiting | abandoned)


def _claim(due: models.QuerySet[OutboxMessage], now: datetime.datetime) -> OutboxMessage | None:
    message = due.select_for_update(skip_locked=True, of=("self",)).first()
    if message is None:
        return None
    if message.tries >= MOST_TRIES:
        _give_up(message)
        return _claim(due, now)
    message.possibly_sent_twice |= message.state == State.SENDING
    message.state, message.claimed_at, message.tries = State.SENDING, now, message.tries + 1
    message.save(update_fields=["possibly_sent_twice", "state", "claimed_at", "tries"])
    return message


def _give_up(message: OutboxMessage) -> None:
    """Nobody noted what came of its last try: a message that kills its senders is not tried for ever."""
    OutboxMessage.objects.filter(pk=message.pk).update(
        state=State.GIVEN_UP, possibly_sent_twice=True, last_answer="the sender died each time"
    )
