import datetime

from django.db import transaction

from consent.domain import withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.suppressions import Block, find_suppressions, suppress_address
from consent.domain.withdrawals import Scope
from consent.models import Channel, ConsentEvent, Objection, Suppression
from customers.domain.addresses import Address
from customers.domain.contacts import hold_address, hold_contact
from customers.models import Contact, ContactPoint, Organisation

CHANNELS = tuple(channel for channel in Channel if channel.point_kind == ContactPoint.Kind.PHONE)


@transaction.atomic
def block_number(
    *, organisation: Organisation, address: Address, how: Circumstances, blocked_at: datetime.datetime
) -> None:
    """Block a number for calls and messages by every legal entity of an organisation, effective at once.

    For contacts who hold it this is their objection on each phone channel; a number that nobody holds is
    suppressed by its keyed hash. Blocked twice it is blocked once. Source: rules, "Order" (what an act of a
    known contact is, and what arises from blocking an unknown address).
    """
    hold_address(organisation=organisation, address=address)
    holders = _holders(organisation, address)
    for contact in holders:
        _object(contact, how, blocked_at)
    blocked = address.value in find_suppressions(organisation=organisation, addresses=[address])
    if holders or blocked:
        return
    suppress_address(
        block=Block(organisation=organisation, address=address),
        reason=Suppression.Reason.BLOCKED,
        how=how,
        suppressed_at=blocked_at,
        recorded_at=blocked_at,
    )


def _holders(organisation: Organisation, address: Address) -> list[Contact]:
    points = ContactPoint.objects.filter(
        organisation=organisation, kind=address.kind, value=address.value, invalid_at__isnull=True
    )
    return list(
        Contact.objects.filter(pk__in=points.values("contact"), erased_at__isnull=True).order_by("pk")
    )


def _object(contact: Contact, how: Circumstances, blocked_at: datetime.datetime) -> list[ConsentEvent]:
    # Held before it is looked at: a permission that is being given at this moment is stopped as well.
    hold_contact(contact_id=contact.pk)
    standing = set(
        Objection.objects.filter(
            contact=contact, legal_entity__isnull=True, purpose__isnull=True, standing=True
        ).values_list("channel", flat=True)
    )
    events: list[ConsentEvent] = []
    for channel in CHANNELS:
        if channel.value not in standing or _is_permitted(contact, channel):
            events += withdrawals.object_to(
                contact=contact, scope=Scope(channel=channel.value), how=how, occurred_at=blocked_at
            )
    return events


def _is_permitted(contact: Contact, channel: Channel) -> bool:
    return contact.consent_records.filter(channel=channel.value, status__in=withdrawals.STANDING).exists()
