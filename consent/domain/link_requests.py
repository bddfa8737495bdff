import datetime
import uuid

from django.db import transaction
from django.db.models import Count

from consent.domain import outbox
from consent.domain.ledger import evidence
from consent.domain.ledger.evidence import EvidenceBrokenError
from consent.domain.links import derive_key
from consent.domain.outbox import NewMessage, TooManyMessagesError
from consent.models import Channel, ConsentRecord, LinkRequest, OutboxMessage
from customers.domain.addresses import Address, AddressNotUsableError, read_email, read_phone
from customers.domain.key_rings import evidence_keys
from customers.models import ContactPoint, Country, CustomerRelation, LegalEntity, uuid7

LINK_LASTS = datetime.timedelta(minutes=30)
LONGEST_ADDRESS = 320


class LinkNotOpenError(Exception):
    """The link was sent too long ago, its address was replaced, it was revoked, or its person was erased."""


def read_candidates(*, text: str) -> list[Address]:
    """Read what somebody typed as every address it can be: a national number fits more than one country.

    Raises AddressNotUsableError when it is no address at all.
    """
    if "@" in text:
        return [read_email(text=text)]
    found: dict[str, Address] = {}
    for country in Country.values:
        try:
            address = read_phone(text=text, country=country)
        except AddressNotUsableError:
            continue
        found.setdefault(address.value, address)
    if not found:
        raise AddressNotUsableError(text)
    return list(found.values())


def ask_for_link(*, text: str, asked_at: datetime.datetime) -> LinkRequest:
    """Keep a request for a preference link until a worker answers it.

    Nothing is looked up here, so a known and an unknown address take the same work and the same time.
    Raises AddressNotUsableError.
    """
    read_candidates(text=text)
    request_id, ring = uuid7(), evidence_keys()
    nonce, ciphertext = evidence.encrypt(
        key=_key(ring.newest), plain=text.strip()[:LONGEST_ADDRESS].encode(), bound_to=request_id
    )
    return LinkRequest.objects.create(
        id=request_id, nonce=nonce, ciphertext=ciphertext, key_version=ring.newest, asked_at=asked_at
    )


@transaction.atomic
def answer_next(*, now: datetime.datetime) -> LinkRequest | None:
    """Mail or text a link to everybody who holds the address of the oldest request, and forget the request.

    Each organisation that knows the address sends its own link, one to each contact. Returns the request that
    was answered, None when there is none.
    """
    request = (
        LinkRequest.objects.select_for_update(of=("self",), skip_locked=True)
        .order_by("asked_at", "pk")
        .first()
    )
    if request is None:
        return None
    for holder in _holders(read_asked(request=request)):
        entity = find_nearest_entity(point=holder)
        if entity is not None:
            mail_link(point=_where_to_send(holder), legal_entity=entity, asked_at=now)
    LinkRequest.objects.filter(pk=request.pk).delete()
    return request


def read_asked(*, request: LinkRequest) -> list[Address]:
    """Read a request as every address it can be about; empty when it cannot be read."""
    try:
        return list(read_candidates(text=_read(request)))
    except (EvidenceBrokenError, KeyError):
        # Nobody can answer what cannot be read; kept, it would hold up every request and message after it.
        return []


def mail_link(*, point: ContactPoint, legal_entity: LegalEntity, asked_at: datetime.datetime) -> None:
    """Send a preference link to an address, by mail or text message.

    After three a day no more go out, in silence: whoever asks learns nothing, and nobody is buried in mail.
    Nothing goes to an address that is not this person's (any more).
    """
    if point.invalid_at is not None:
        return
    message = NewMessage(
        kind=OutboxMessage.Kind.PREFERENCE_LINK,
        legal_entity=legal_entity,
        contact_point=point,
        language=point.contact.language,
        content={},
        channel=Channel.EMAIL if point.kind == ContactPoint.Kind.EMAIL else Channel.SMS,
        link_lasts=LINK_LASTS,
    )
    try:
        outbox.write_for_stranger(message=message, written_at=asked_at)
    except TooManyMessagesError:
        return


def open_link(*, message_id: uuid.UUID, now: datetime.datetime) -> OutboxMessage:
    """Find the message behind a link that is followed now, changing nothing; raises LinkNotOpenError."""
    message = find_session(message_id=message_id)
    if message.link_expires_at is None or message.link_expires_at <= now:
        raise LinkNotOpenError
    return message


def find_session(*, message_id: uuid.UUID) -> OutboxMessage:
    """Find the message behind a link that was opened in time; raises LinkNotOpenError.

    Once its address is replaced or found to be another's, it opens nothing: whoever reads that mailbox now
    may be somebody else (architecture, "Links": revocable).
    """
    message = find_own_session(message_id=message_id)
    if message.point.invalid_at is not None:
        raise LinkNotOpenError
    return message


def find_own_session(*, message_id: uuid.UUID) -> OutboxMessage:
    """Find the message behind the page on which a person replaced the address of that same message.

    They are still there, and may have to mend a slip of the pen. Raises LinkNotOpenError.
    """
    message = (
        OutboxMessage.objects.select_related(
            "organisation", "legal_entity", "contact_point", "contact__organisation"
        )
        .filter(
            pk=message_id,
            kind=OutboxMessage.Kind.PREFERENCE_LINK,
            link_revoked_at__isnull=True,
            contact__erased_at__isnull=True,
        )
        .first()
    )
    if message is None:
        raise LinkNotOpenError
    return message


def revoke_link(*, message_id: uuid.UUID, revoked_at: datetime.datetime) -> None:
    """Close a link before its time: from now on it opens nothing."""
    OutboxMessage.objects.filter(pk=message_id, link_revoked_at__isnull=True).update(
        link_revoked_at=revoked_at
    )


def _holders(candidates: list[Address]) -> list[ContactPoint]:
    points = ContactPoint.objects.filter(
        kind=candidates[0].kind,
        value__in=[address.value for address in candidates],
        invalid_at__isnull=True,
        placeholder=False,
        contact__erased_at__isnull=True,
    )
    # By contact, as every writer about several people goes: so no two of them wait for each other.
    return list(points.select_related("contact", "organisation").order_by("contact", "pk"))


def _where_to_send(point: ContactPoint) -> ContactPoint:
    """A link opens all we know of a contact; who typed a number on a form beside an e-mail address may be
    anybody, so the link then goes to that e-mail address.
    """
    if not point.claimed:
        return point
    addresses = point.contact.points.filter(kind=ContactPoint.Kind.EMAIL, invalid_at__isnull=True)
    return addresses.select_related("contact").order_by("created_at", "pk").first() or point


def find_nearest_entity(*, point: ContactPoint) -> LegalEntity | None:
    """Find the legal entity with most permissions and relations; else the first of the organisation."""
    ties: dict[uuid.UUID, int] = {}
    permissions = ConsentRecord.objects.filter(contact_id=point.contact_id)
    relations = CustomerRelation.objects.filter(contact_id=point.contact_id)
    for rows in (permissions, relations):
        for entity_id, count in rows.values_list("legal_entity_id").annotate(Count("pk")):
            ties[entity_id] = ties.get(entity_id, 0) + count
    entities = list(point.organisation.legal_entities.order_by("name", "pk"))
    return max(entities, key=lambda entity: ties.get(entity.pk, 0), default=None)


def _read(request: LinkRequest) -> str:
    return evidence.decrypt(
        key=_key(request.key_version),
        nonce=bytes(request.nonce),
        ciphertext=bytes(request.ciphertext),
        bound_to=request.pk,
    ).decode()


def _key(version: int) -> bytes:
    return derive_key(key=evidence_keys().keys[version], use="request for a link")
