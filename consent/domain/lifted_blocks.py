import datetime
import uuid

from django.db import transaction

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.suppressions import Block, find_suppressions, lift_suppression, read_any
from consent.models import Actor, Method, Source, Suppression


class OtherAddressError(ValueError):
    """The address that was typed is not the one that is blocked."""


class LeftByErasureError(ValueError):
    """The block keeps an erased person from coming back; only their own later consent passes it."""


@transaction.atomic
def lift_on_request(
    *, block: Suppression, text: str, reason: str, staff_id: uuid.UUID, lifted_at: datetime.datetime
) -> None:
    """Take a block away after the person asked for it; whoever does it states what the person did.

    Anybody can block a number on a public page, also somebody else's by mistake. Lifting gives no permission.
    Source: rules, "The question" (acts that stop) and "Order", row 6; art. 17(3) GDPR for erased people.
    Raises LeftByErasureError, OtherAddressError, NotSuppressedError.
    """
    if block.reason == Suppression.Reason.ERASURE:
        raise LeftByErasureError
    blocked = [
        address
        for address in read_any(text=text)
        for found in find_suppressions(organisation=block.organisation, addresses=[address]).values()
        if block.pk in [row.pk for row in found]
    ]
    if not blocked:
        raise OtherAddressError
    how = Circumstances(
        actor=Actor.STAFF,
        source=Source.STAFF_ENTRY,
        method=Method.RECORD,
        staff_id=staff_id,
        proof={"reason": reason},
    )
    lift_suppression(
        block=Block(organisation=block.organisation, address=blocked[0], channel=block.channel),
        how=how,
        lifted_at=lifted_at,
        recorded_at=lifted_at,
    )
