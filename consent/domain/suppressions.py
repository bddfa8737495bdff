import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.link_requests import read_candidates
from consent.domain.notifying.writing import tell_of_block
from consent.models import Act, Channel, ConsentEvent, Suppression
from customers.domain import contacts
from customers.domain.addresses import Address, AddressHash, AddressNotUsableError, hashes_of_address
from customers.domain.key_rings import suppression_keys
from customers.models import ContactPoint, Organisation


class NotSuppressedError(LookupError):
    """The address is not blocked for this organisation and channel."""


class ChannelNotForAddressError(ValueError):
    """The channel does not use this kind of address."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """What is blocked: one address for one organisation, on one channel or (empty) on all."""

    organisation: Organisation
    address: Address
    channel: str = ""


@transaction.atomic
def suppress_address(
    *,
    block: Block,
    reason: Suppression.Reason,
    how: Circumstances,
    suppressed_at: datetime.datetime,
    recorded_at: datetime.datetime,
    contact_id: uuid.UUID | None = None,
) -> Suppression:
    """Block an address by its keyed hash, which stays when everything else about the person is erased.

    For an erased person, an address nobody of ours holds, or a block list; what a known contact says is an
    objection. Whoever outside may hold the address is told. The event names a bare random subject where there
    is no contact. Source: rules, "Order" row 6;
    art. 17(3)(b) and 21(3) GDPR. Raises ChannelNotForAddressError.
    """
    if block.channel and Channel(block.channel).point_kind != block.address.kind:
        raise ChannelNotForAddressError(block.channel)
    # Blocking and lifting take turns on the address, whatever they lock after it.
    contacts.hold_address(organisation=block.organisation, address=block.address)
    event, hashed = _event(block, reason, how, suppressed_at, contact_id)
    recorded = record(events=[event], recorded_at=recorded_at)
    if reason == Suppression.Reason.BLOCKED:
        point = ContactPoint.objects.filter(
            contact=contact_id, kind=block.address.kind, value=block.address.value
        ).first()
        tell_of_block(event=recorded[0], address=block.address, point=point)
    return _keep(block, hashed, reason, event)


@transaction.atomic
def suppress_untold(*, block: Block, how: Circumstances, blocked_at: datetime.datetime) -> Suppression:
    """Block an address as `suppress_address` does, where nobody here holds it, and tell nobody outside."""
    contacts.hold_address(organisation=block.organisation, address=block.address)
    event, hashed = _event(block, Suppression.Reason.BLOCKED, how, blocked_at, None)
    record(events=[event], recorded_at=blocked_at)
    return _keep(block, hashed, Suppression.Reason.BLOCKED, event)


@transaction.atomic
def lift_suppression(
    *, block: Block, how: Circumstances, lifted_at: datetime.datetime, recorded_at: datetime.datetime
) -> None:
    """Take a block away, under whatever version of the hash key it was kept.

    Of a block and its lifting the later act counts; of equals, the block. Raises NotSuppressedError.
    """
    contacts.hold_address(organisation=block.organisation, address=block.address)
    digests = [hashed.digest for hashed in _hashes(block.organisation, block.address)]
    blocks = Suppression.objects.filter(
        organisation=block.organisation, address_hash__in=digests, channel=block.channel
    )
    standing = blocks.filter(lifted_at__isnull=True, suppressed_at__lt=lifted_at)
    lifted = list(standing.select_for_update(of=("self",)).order_by("pk"))
    if not lifted:
        raise NotSuppressedError
    events = [_lift_event(row, how, lifted_at) for row in lifted]
    record(events=events, recorded_at=recorded_at)
    blocks.filter(pk__in=[row.pk for row in lifted]).update(lifted_at=lifted_at)


def find_suppressions(
    *, organisation: Organisation, addresses: Sequence[Address]
) -> dict[str, list[Suppression]]:
    """Find the standing blocks on these addresses, by their value, under every version of the hash key.

    Source: architecture, "Leaving the building" (keys are versioned, all are kept, each is looked up).
    """
    owners = {
        (hashed.key_version, hashed.digest): address.value
        for address in addresses
        for hashed in _hashes(organisation, address)
    }
    standing = Suppression.objects.filter(
        organisation=organisation,
        address_hash__in={digest for _version, digest in owners},
        lifted_at__isnull=True,
    )
    found: dict[str, list[Suppression]] = {}
    for row in standing.order_by("suppressed_at", "pk"):
        found.setdefault(owners[row.hash_key_version, bytes(row.address_hash)], []).append(row)
    return found


def read_any(*, text: str) -> list[Address]:
    """Read what somebody typed as every address it can be; empty when it is none."""
    try:
        return read_candidates(text=text)
    except AddressNotUsableError:
        return []


def find_blocks(*, among: QuerySet[Suppression], text: str) -> list[uuid.UUID]:
    """Find the blocks, lifted ones too, on an address as typed, under every version of the hash key."""
    organisations = Organisation.objects.filter(pk__in=among.order_by().values("organisation"))
    digests = [
        hashed.digest
        for organisation in organisations.order_by("pk")
        for address in read_any(text=text.strip())
        for hashed in _hashes(organisation, address)
    ]
    return list(among.filter(address_hash__in=digests).order_by("pk").values_list("pk", flat=True))


def _hashes(organisation: Organisation, address: Address) -> list[AddressHash]:
    return hashes_of_address(
        organisation_id=organisation.pk, kind=address.kind, value=address.value, keys=suppression_keys()
    )


def _event(
    block: Block,
    reason: Suppression.Reason,
    how: Circumstances,
    suppressed_at: datetime.datetime,
    contact_id: uuid.UUID | None,
) -> tuple[NewEvent, AddressHash]:
    hashed = _hashes(block.organisation, block.address)[-1]
    event = NewEvent(
        organisation_id=block.organisation.pk,
        act=Act.SUPPRESSED,
        subject_id=contact_id or uuid.uuid4(),
        channel=block.channel,
        address_hash=hashed.digest.hex(),
        hash_key_version=hashed.key_version,
        reason=reason,
        occurred_at=suppressed_at,
        **vars(how),
    )
    return event, hashed


def _keep(block: Block, hashed: AddressHash, reason: Suppression.Reason, event: NewEvent) -> Suppression:
    row, _created = Suppression.objects.select_for_update(of=("self",)).get_or_create(
        organisation=block.organisation,
        address_hash=hashed.digest,
        hash_key_version=hashed.key_version,
        channel=block.channel,
        defaults={"reason": reason, "suppressed_at": event.occurred_at, "event_id": event.id},
    )
    if event.occurred_at >= row.suppressed_at:
        row.reason, row.suppressed_at, row.event_id = reason, event.occurred_at, event.id
    if row.lifted_at is not None and row.suppressed_at >= row.lifted_at:
        row.lifted_at = None
    row.save(update_fields=["reason", "suppressed_at", "event_id", "lifted_at"])
    return row


def _lift_event(row: Suppression, how: Circumstances, lifted_at: datetime.datetime) -> NewEvent:
    return NewEvent(
        organisation_id=row.organisation_id,
        act=Act.SUPPRESSION_LIFTED,
        subject_id=ConsentEvent.objects.get(pk=row.event_id).subject_id,
        channel=row.channel,
        address_hash=bytes(row.address_hash).hex(),
        hash_key_version=row.hash_key_version,
        reason=row.reason,
        refers_to_id=row.event_id,
        occurred_at=lifted_at,
        **vars(how),
    )
