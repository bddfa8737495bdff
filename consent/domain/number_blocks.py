import datetime
from typing import Final

from django.db import transaction

from consent.domain import rate_limits, withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.rate_limits import Limit
from consent.domain.suppressions import Block, find_suppressions, suppress_address, suppress_untold
from consent.domain.withdrawals import Scope
from consent.models import Channel, ConsentEvent, Objection, Suppression
from customers.domain.addresses import Address
from customers.domain.contacts import hold_address, hold_contact
from customers.models import Contact, ContactPoint, Organisation

CHANNELS = tuple(channel for channel in Channel if channel.point_kind == ContactPoint.Kind.PHONE)
# Of numbers that nobody here holds: anybody can type them without end, and each goes to others outside.
TOLD_FOR_A_VISITOR: Final = Limit(action="tell of a block", at_most=20, window=datetime.timedelta(hours=1))
TOLD_FOR_A_HOUSE: Final = Limit(
    action="tell of blocks, house", at_most=200, window=datetime.timedelta(hours=1)
)


@transaction.atomic
def block_number(
    *,
    organisation: Organisation,
    address: Address,
    how: Circumstances,
    blocked_at: datetime.datetime,
    visitor: str = "",
) -> None:
    """Block a number for calls and messages by every legal entity of an organisation, effective at once.

    For contacts who hold it this is their objection on each phone channel; a number that nobody holds is
    suppressed by its keyed hash. Blocked twice it is blocked once. The block is never limited; how many
    numbers that nobody here holds are told outside is, for a visitor of the open web (empty: staff) and for
    the organisation. Source: rules, "Order" (what an act of a known contact is, and what arises from blocking
    an unknown address).
    """
    hold_address(organisation=organisation, address=address)
    holders = _holders(organisation, address)
    for contact in holders:
        _object(contact, how, blocked_at)
    blocked = address.value in find_suppressions(organisation=organisation, addresses=[address])
    if holders or blocked:
        return
    block = Block(organisation=organisation, address=address)
    if visitor and not _may_tell(organisation, visitor, blocked_at):
        suppress_untold(block=block, how=how, blocked_at=blocked_at)
        return
    suppress_address(
        block=block,
        reason=Suppression.Reason.BLOCKED,
        how=how,
        suppressed_at=blocked_at,
        recorded_at=blocked_at,
    )


def _may_tell(organisation: Organisation, visitor: str, now: datetime.datetime) -> bool:
    """The visitor is asked first: one of them alone cannot use up what the house may tell."""
    return (
        rate_limits.count(limit=TOLD_FOR_A_VISITOR, who=f"{organisation.pk}|{visitor}", now=now).allowed
        and rate_limits.count(limit=TOLD_FOR_A_HOUSE, who=str(organisation.pk), now=now).allowed
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
