"""Two questions about the stops of one permission: does one stand now, and was there ever one?"""

import datetime

from django.db.models import Q, QuerySet

from consent.domain.suppressions import find_suppressions
from consent.domain.withdrawals import Scope, find_record
from consent.models import ConsentRecord, Notice, Objection, Status
from customers.domain.addresses import Address
from customers.models import Contact, ContactPoint

EVER = datetime.datetime.min.replace(tzinfo=datetime.UTC)


def is_stopped(*, point: ContactPoint, scope: Scope) -> bool:
    """Say whether the person's last act about this permission was to stop it, by itself or with more."""
    row = find_record(point=point, scope=scope)
    if row is not None and row.status == Status.WITHDRAWN:
        return True
    last_act_at = row.last_act_at if row is not None and row.last_act_at else EVER
    objections = _objections(point.contact, scope)
    return objections.filter(objected_at__gte=last_act_at).exists()


def ever_stopped(*, contact: Contact, point: ContactPoint | None, notice: Notice) -> bool:
    """Say whether a person, or a block on the address, ever stopped what a notice asks, whatever came later.

    Only their own act lifts that again, never what anybody typed into a form (rules, "The question").
    """
    scope = Scope(
        legal_entity_id=notice.legal_entity_id, purpose_id=notice.purpose_id, channel=notice.channel
    )
    return (
        _ever_withdrawn(contact, scope) or _objections(contact, scope).exists() or _is_blocked(point, scope)
    )


def _objections(contact: Contact, scope: Scope) -> QuerySet[Objection]:
    """The standing objections that reach this scope: what one leaves out means all."""
    return Objection.objects.filter(
        Q(legal_entity__isnull=True) | Q(legal_entity_id=scope.legal_entity_id),
        Q(purpose__isnull=True) | Q(purpose_id=scope.purpose_id),
        contact=contact,
        channel__in=["", scope.channel],
        standing=True,
    )


def _ever_withdrawn(contact: Contact, scope: Scope) -> bool:
    return ConsentRecord.objects.filter(contact=contact, withdrawn_at__isnull=False, **vars(scope)).exists()


def _is_blocked(point: ContactPoint | None, scope: Scope) -> bool:
    if point is None:
        return False
    address = Address(kind=point.kind, value=point.value, raw_input=point.raw_input)
    found = find_suppressions(organisation=point.organisation, addresses=[address])
    return any(block.channel in ("", scope.channel) for block in found.get(point.value, []))
