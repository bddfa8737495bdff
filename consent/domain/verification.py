import datetime
import hashlib
import hmac
import uuid
from dataclasses import dataclass, replace

from django.db import connection, models, transaction

from consent.domain import outbox
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.links import derive_key
from consent.domain.outbox import NewMessage
from consent.models import Act, Actor, AddressVerification, Channel, Method, OutboxMessage, Source
from customers.domain import contacts
from customers.domain.key_rings import link_keys
from customers.models import Contact, ContactPoint, LegalEntity, Organisation, StaffMember, uuid7

DIGITS = 6
MOST_TRIES = 5
ASKS_A_DAY = 3
DAY = datetime.timedelta(days=1)
CODE_LASTS = datetime.timedelta(minutes=10)
# An agent has to find time to call; only the person's screen shows the code meanwhile.
CALL_BACK_LASTS = datetime.timedelta(hours=1)


class NoPhoneNumberError(ValueError):
    """The contact point is no phone number, is a placeholder, or does not reach this person."""


class TooManyAsksError(Exception):
    """This number got as many codes as one number may get in a day."""


class CodeWrongError(ValueError):
    """The code is not the one that was sent or shown."""


class CodeExpiredError(Exception):
    """The code was given too late."""


class CodeUsedError(Exception):
    """The code was given before, rightly; the number is verified."""


class TooManyTriesError(Exception):
    """The code was guessed at too often; a new one must be asked."""


class NotAskedThisWayError(LookupError):
    """There is no such verification by this method, or it is not for this agent's organisation."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Which number is to be verified, for which legal entity, and the language of the message."""

    point: ContactPoint
    legal_entity: LegalEntity
    language: str
    asked_at: datetime.datetime


@transaction.atomic
def ask_code(*, asking: Asking) -> AddressVerification:
    """Send a six-digit code to a phone number, good for ten minutes.

    At most three a day to one number, so that nobody is pestered in another's name. Only a number that
    proved itself may be called (Code Telemarketing 2024, rule 2).
    Raises NoPhoneNumberError, TooManyAsksError.
    """
    verification = _begin(asking, AddressVerification.Method.SMS_CODE, CODE_LASTS)
    message = NewMessage(
        kind=OutboxMessage.Kind.PHONE_CODE,
        legal_entity=asking.legal_entity,
        contact_point=asking.point,
        language=asking.language,
        content={"verification_id": str(verification.pk)},
        channel=Channel.SMS,
    )
    outbox.write(message=message, written_at=asking.asked_at)
    return verification


@transaction.atomic
def ask_call_back(*, asking: Asking) -> AddressVerification:
    """Note that somebody waits for a call, with a code on their screen that they will read to the agent.

    Raises NoPhoneNumberError, TooManyAsksError.
    """
    return _begin(asking, AddressVerification.Method.CALL_BACK, CALL_BACK_LASTS)


def open_call_backs(
    *, organisation: Organisation, now: datetime.datetime
) -> models.QuerySet[AddressVerification]:
    """List who waits to be called back, longest first."""
    return AddressVerification.objects.filter(
        contact_point__organisation=organisation,
        method=AddressVerification.Method.CALL_BACK,
        succeeded_at__isnull=True,
        expires_at__gt=now,
        tries__lt=MOST_TRIES,
    ).order_by("asked_at", "pk")


def code_for(*, verification: AddressVerification) -> str:
    """Work out the code again: it follows from the link key and the verification, and is stored nowhere.

    Only for the message to the number itself, or for the screen of the person who waits to be called.
    """
    for key in _keys():
        code = _code(key, verification.pk)
        if hmac.compare_digest(_code_hash(key, verification.pk, code), bytes(verification.code_hash)):
            return code
    raise NotAskedThisWayError(str(verification.pk))


def check_code(
    *, verification_id: uuid.UUID, typed: str, how: Circumstances, checked_at: datetime.datetime
) -> ContactPoint:
    """Take the code that came by SMS from the person who typed it, and verify the number.

    Each try counts, also a wrong one; five at most. Raises CodeWrongError, CodeExpiredError, CodeUsedError,
    TooManyTriesError, NotAskedThisWayError.
    """
    open_ones = AddressVerification.objects.filter(
        pk=verification_id, method=AddressVerification.Method.SMS_CODE
    )
    # Durable: the count of tries must stand, also when the page ends in an error.
    with transaction.atomic(durable=True):
        found = _check(open_ones, typed, how, checked_at)
    return _told(found)


def confirm_call_back(
    *,
    verification_id: uuid.UUID,
    typed: str,
    agent: StaffMember,
    checked_at: datetime.datetime,
) -> ContactPoint:
    """Take the code that the person read from their screen to the agent who called the number.

    Agent, method and time are kept (Code Telemarketing 2024, rule 2). Raises as `check_code` does.
    """
    open_ones = AddressVerification.objects.filter(
        pk=verification_id,
        method=AddressVerification.Method.CALL_BACK,
        contact_point__organisation=agent.organisation,
    )
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.PHONE_CALL,
        method=Method.CODE,
        staff_id=agent.pk,
        proof={"agent": agent.username},
    )
    return _told(_check(open_ones, typed, how, checked_at))


def _begin(
    asking: Asking, method: AddressVerification.Method, lasts: datetime.timedelta
) -> AddressVerification:
    point = asking.point
    if point.kind != ContactPoint.Kind.PHONE or point.placeholder or point.invalid_at is not None:
        raise NoPhoneNumberError
    _count_ask(asking)
    verification_id = uuid7()
    key = _keys()[0]
    return AddressVerification.objects.create(
        id=verification_id,
        contact_point=point,
        legal_entity=asking.legal_entity,
        method=method,
        code_hash=_code_hash(key, verification_id, _code(key, verification_id)),
        asked_at=asking.asked_at,
        expires_at=asking.asked_at + lasts,
    )


def _count_ask(asking: Asking) -> None:
    point = asking.point
    with connection.cursor() as cursor:
        # One number may stand with several contacts: its asks are counted one at a time.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"phone code {point.organisation_id} {point.value}"],
        )
    asked_today = AddressVerification.objects.filter(
        contact_point__organisation_id=point.organisation_id,
        contact_point__value=point.value,
        asked_at__gt=asking.asked_at - DAY,
    )
    if asked_today.count() >= ASKS_A_DAY:
        raise TooManyAsksError


@transaction.atomic
def _check(
    open_ones: models.QuerySet[AddressVerification],
    typed: str,
    how: Circumstances,
    checked_at: datetime.datetime,
) -> ContactPoint | Exception:
    """The fault is given back, not raised: a try that was wrong counts."""
    verification = _lock(open_ones)
    fault = _try(verification, typed, checked_at)
    return fault or _verify(verification, how, checked_at)


def _told(found: ContactPoint | Exception) -> ContactPoint:
    if isinstance(found, Exception):
        raise found
    return found


def _lock(open_ones: models.QuerySet[AddressVerification]) -> AddressVerification:
    # Contacts first, as every writer does; two who type the code at once wait for each other here.
    list(
        Contact.objects.filter(points__verifications__in=open_ones).select_for_update(
            no_key=True, of=("self",)
        )
    )
    verification = open_ones.select_for_update(of=("self",)).select_related("contact_point").first()
    if verification is None:
        raise NotAskedThisWayError
    return verification


def _try(verification: AddressVerification, typed: str, checked_at: datetime.datetime) -> Exception | None:
    if verification.succeeded_at is not None:
        return CodeUsedError()
    if checked_at >= verification.expires_at:
        return CodeExpiredError()
    if verification.tries >= MOST_TRIES:
        return TooManyTriesError()
    verification.tries += 1
    verification.save(update_fields=["tries"])
    return None if _is_right(verification, typed) else CodeWrongError()


def _is_right(verification: AddressVerification, typed: str) -> bool:
    code = "".join(typed.split())
    kept = bytes(verification.code_hash)
    matches = [hmac.compare_digest(_code_hash(key, verification.pk, code), kept) for key in _keys()]
    return any(matches)


def _verify(
    verification: AddressVerification, how: Circumstances, checked_at: datetime.datetime
) -> ContactPoint:
    verification.succeeded_at, verification.agent_id = checked_at, how.staff_id
    verification.save(update_fields=["succeeded_at", "agent"])
    point = verification.contact_point
    proof = {
        **(how.proof or {}),
        "address": point.value,
        "verification": str(verification.pk),
        "method": verification.method,
        "asked_at": verification.asked_at.isoformat(),
    }
    event = NewEvent(
        organisation_id=point.organisation_id,
        act=Act.ADDRESS_VERIFIED,
        subject_id=point.contact_id,
        legal_entity_id=verification.legal_entity_id,
        contact_point_id=point.pk,
        occurred_at=checked_at,
        **vars(replace(how, proof=proof)),
    )
    record(events=[event], recorded_at=checked_at)
    return contacts.mark_verified(
        point=point,
        method=ContactPoint.Verification(verification.method),
        verified_at=checked_at,
        agent_id=how.staff_id,
    )


def _keys() -> list[bytes]:
    """List the keys for this use, the newest first; a code outlives a change of keys."""
    ring = link_keys()
    versions = sorted(ring.keys, reverse=True)
    return [derive_key(key=ring.keys[version], use="phone code") for version in versions]


def _code(key: bytes, verification_id: uuid.UUID) -> str:
    digest = hmac.digest(key, b"code" + verification_id.bytes, hashlib.sha256)
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}}"


def _code_hash(key: bytes, verification_id: uuid.UUID, code: str) -> bytes:
    return hmac.digest(key, b"hash" + verification_id.bytes + code.encode(errors="replace"), hashlib.sha256)
