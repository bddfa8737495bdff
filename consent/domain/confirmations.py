import datetime
import enum
import uuid
from dataclasses import dataclass

from django.db import transaction

from consent.domain import outbox
from consent.domain.ledger.evidence import EvidenceGoneError
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.outbox import NewMessage
from consent.domain.visits import Visit
from consent.models import Act, Actor, ConsentEvent, Grade, Method, OutboxMessage, Source
from customers.domain import contacts
from customers.models import Contact, ContactPoint

FASTEST_HUMAN_SECONDS = 5


class Stage(enum.Enum):
    """Where a confirmation link stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    GONE = "gone"


class ConfirmationNotOpenError(Exception):
    """The link was not open any more: it expired, or the request was cleaned up."""


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """One confirmation link: the message that carried it, its requests, and where it stands."""

    message: OutboxMessage
    requests: list[ConsentEvent]
    stage: Stage


@transaction.atomic
def find_confirmation(*, message_id: uuid.UUID, now: datetime.datetime) -> Confirmation | None:
    """Look up what a confirmation link would confirm; None when it is gone, or the person was erased."""
    message = (
        OutboxMessage.objects.select_related("legal_entity", "contact_point", "contact")
        .filter(pk=message_id, kind=OutboxMessage.Kind.CONFIRM_REQUEST)
        .first()
    )
    if message is None:
        return None
    try:
        requests = _requests(message)
    except EvidenceGoneError:
        return None
    return Confirmation(message=message, requests=requests, stage=_stage(message, requests, now))


@transaction.atomic
def confirm(*, message_id: uuid.UUID, visit: Visit, confirmed_at: datetime.datetime) -> list[ConsentEvent]:
    """Turn the requests of a confirmation mail into permissions, and mail what was agreed.

    Pressing twice confirms once: the second time gives no new event. Raises ConfirmationNotOpenError.
    """
    # Two presses at once wait for each other here, also on two mails about the same request.
    list(Contact.objects.select_for_update(no_key=True, of=("self",)).filter(messages=message_id))
    confirmation = find_confirmation(message_id=message_id, now=confirmed_at)
    if confirmation is None or confirmation.stage in (Stage.EXPIRED, Stage.GONE):
        raise ConfirmationNotOpenError
    if confirmation.stage is Stage.CONFIRMED:
        return []
    return _confirm(confirmation, visit, confirmed_at)


@transaction.atomic
def send_again(*, message_id: uuid.UUID, asked_at: datetime.datetime) -> OutboxMessage:
    """Mail a fresh link for a request that was not confirmed in time.

    Raises ConfirmationNotOpenError when there is nothing to confirm, and outbox.TooManyMessagesError.
    """
    confirmation = find_confirmation(message_id=message_id, now=asked_at)
    if confirmation is None or confirmation.stage is not Stage.EXPIRED:
        raise ConfirmationNotOpenError
    old = confirmation.message
    return outbox.write_for_stranger(message=_again(old), written_at=asked_at)


def _requests(message: OutboxMessage) -> list[ConsentEvent]:
    permissions = outbox.read_permissions(message=message)
    ids = [permission["event_id"] for permission in permissions]
    return list(ConsentEvent.objects.filter(pk__in=ids, act=Act.REQUESTED).order_by("sequence"))


def _stage(message: OutboxMessage, requests: list[ConsentEvent], now: datetime.datetime) -> Stage:
    answers = ConsentEvent.objects.filter(
        organisation_id=message.organisation_id,
        subject_id=message.subject_id,
        refers_to_id__in=[request.pk for request in requests],
        act__in=[Act.CONFIRMED, Act.LAPSED, Act.INVALIDATED],
    )
    acts = set(answers.values_list("act", flat=True))
    if Act.CONFIRMED in acts:
        return Stage.CONFIRMED
    # Whoever reads the mail of an address that was replaced cannot say yes for this person.
    if not requests or acts or message.point.invalid_at is not None:
        return Stage.GONE
    expired = message.link_expires_at is None or message.link_expires_at <= now
    return Stage.EXPIRED if expired else Stage.OPEN


def _confirm(confirmation: Confirmation, visit: Visit, confirmed_at: datetime.datetime) -> list[ConsentEvent]:
    message = confirmation.message
    point = message.point
    contacts.mark_verified(point=point, method=ContactPoint.Verification.EMAIL_LINK, verified_at=confirmed_at)
    _learn_birth_date(message, confirmed_at)
    proof = _proof(message, point, visit, confirmed_at)
    events = [_granted(request, point, confirmed_at, proof) for request in confirmation.requests]
    recorded = record(events=events, recorded_at=confirmed_at)
    outbox.write(message=_what_was_agreed(message, confirmed_at), written_at=confirmed_at)
    return recorded


def _granted(
    request: ConsentEvent, point: ContactPoint, confirmed_at: datetime.datetime, proof: dict[str, object]
) -> NewEvent:
    return NewEvent(
        organisation_id=request.organisation_id,
        act=Act.CONFIRMED,
        subject_id=request.subject_id,
        occurred_at=confirmed_at,
        actor=Actor.SUBJECT,
        source=Source.CONFIRMATION_LINK,
        method=Method.BUTTON,
        legal_entity_id=request.legal_entity_id,
        purpose_id=request.purpose_id,
        channel=request.channel,
        contact_point_id=request.contact_point_id,
        refers_to_id=request.pk,
        collection_point_id=request.collection_point_id,
        shown=Wordings(
            language=request.language,
            notice_version_id=request.notice_version_id,
            notice_hash=request.notice_hash,
            privacy_statement_id=request.privacy_statement_id,
            privacy_statement_hash=request.privacy_statement_hash,
            shown_form_hash=request.shown_form_hash,
        ),
        valid_until=request.valid_until,
        uses=request.uses,
        first_contact_due_at=request.first_contact_due_at,
        # The mail proves its own address; a number is proven by its own code.
        grade=Grade.A if request.contact_point_id in (None, point.pk) else Grade.B,
        lacks=request.lacks.split(),
        proof=proof,
    )


def _learn_birth_date(message: OutboxMessage, confirmed_at: datetime.datetime) -> None:
    """In the same act as the permission, so that one given under age never counts (rules, "Order", row 9)."""
    born = str(outbox.read_content(message=message).get("birth_date", ""))
    if born:
        contacts.learn_birth_date(
            contact_id=message.person.pk,
            birth_date=datetime.date.fromisoformat(born),
            learned_at=confirmed_at,
        )


def _proof(
    message: OutboxMessage, point: ContactPoint, visit: Visit, confirmed_at: datetime.datetime
) -> dict[str, object]:
    seconds = int((confirmed_at - (message.sent_at or message.created_at)).total_seconds())
    return {
        "address": point.value,
        "message": str(message.pk),
        "seconds_since_sent": seconds,
        # A mail scanner that presses buttons is faster than a person.
        "faster_than_a_person": seconds < FASTEST_HUMAN_SECONDS,
        **visit.as_proof(),
    }


def _what_was_agreed(message: OutboxMessage, confirmed_at: datetime.datetime) -> NewMessage:
    content = outbox.read_content(message=message)
    content.pop("birth_date", None)
    agreed = [{**permission, "to_confirm": False} for permission in outbox.read_permissions(message=message)]
    return NewMessage(
        kind=OutboxMessage.Kind.CONFIRMATION,
        legal_entity=message.legal_entity,
        contact_point=message.point,
        language=message.language,
        content={**content, "permissions": agreed, "confirmed_at": confirmed_at.isoformat()},
        event_id=message.event_id,
    )


def _again(message: OutboxMessage) -> NewMessage:
    lasts = (message.link_expires_at or message.created_at) - (message.sent_at or message.created_at)
    return NewMessage(
        kind=OutboxMessage.Kind.CONFIRM_REQUEST,
        legal_entity=message.legal_entity,
        contact_point=message.point,
        language=message.language,
        content=outbox.read_content(message=message),
        event_id=message.event_id,
        link_lasts=lasts,
    )
