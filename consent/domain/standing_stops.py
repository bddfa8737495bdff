from django.db.models import Q

from consent.domain.suppressions import find_suppressions
from consent.models import ConsentRecord, Notice, Objection
from customers.domain.addresses import Address
from customers.models import Contact, ContactPoint


def was_stopped(*, contact: Contact, point: ContactPoint | None, notice: Notice) -> bool:
    """Say whether a person, or a block on the address, ever stopped what a notice asks.

    Only their own act lifts that again, never what anybody typed into a form (rules, "The question").
    """
    return _withdrawn(contact, notice) or _objected(contact, notice) or _blocked(point, notice)


def _withdrawn(contact: Contact, notice: Notice) -> bool:
    return ConsentRecord.objects.filter(
        contact=contact,
        legal_entity_id=notice.legal_entity_id,
        purpose_id=notice.purpose_id,
        channel=notice.channel,
        withdrawn_at__isnull=False,
    ).exists()


def _objected(contact: Contact, notice: Notice) -> bool:
    return Objection.objects.filter(
        Q(legal_entity__isnull=True) | Q(legal_entity_id=notice.legal_entity_id),
        Q(purpose__isnull=True) | Q(purpose_id=notice.purpose_id),
        contact=contact,
        channel__in=["", notice.channel],
        standing=True,
    ).exists()


def _blocked(point: ContactPoint | None, notice: Notice) -> bool:
    if point is None:
        return False
    address = Address(kind=point.kind, value=point.value, raw_input=point.raw_input)
    found = find_suppressions(organisation=point.organisation, addresses=[address])
    return any(block.channel in ("", notice.channel) for block in found.get(point.value, []))
