"""The right to be forgotten: one person, everything about them, in one transaction."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction

from consent.domain.erasing.forgetting import forget
from consent.domain.erasing.traces import sweep_traces
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.suppressions import Block, suppress_address
from consent.models import Act, ConsentEvent, Evidence, KeptData, SubjectKey, Suppression
from customers.domain import contacts
from customers.domain.addresses import Address
from customers.models import Contact, ContactPoint, CustomerRelation, Transaction

MODELS_OF: Final = {
    KeptData.What.EVIDENCE: (Evidence, SubjectKey),
    KeptData.What.TRANSACTIONS: (Transaction,),
}


class AlreadyErasedError(ValueError):
    """Everything about this contact was erased before."""


class KeepingNotAllowedError(ValueError):
    """Data stays only with a reason, and until a day in the future (art. 17(3) GDPR)."""


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """One kind of data that stays for a while: on which of the grounds of art. 17(3) GDPR, and why."""

    what: KeptData.What
    ground: KeptData.Ground
    reason: str
    keep_until_date: datetime.date


@transaction.atomic
def erase(
    *,
    contact: Contact,
    how: Circumstances,
    erased_at: datetime.datetime,
    exemptions: Sequence[Exemption] = (),
    decided_by_id: uuid.UUID | None = None,
) -> ConsentEvent:
    """Erase a person: destroy the key of their proof and every row about them, and block their addresses.

    What stays is an empty contact, its bare events in the ledger, and the keyed hash of each address, so that
    nobody brings the person back but the person (art. 17 and 21(3) GDPR). A number that was found to be
    another's is not blocked. Raises AlreadyErasedError, KeepingNotAllowedError.
    """
    _check(exemptions, erased_at)
    points = _hold(contact)
    # The ledger says that it happened and by whom; proof would lie under a key that is destroyed here.
    bare = replace(how, proof=None)
    for point in points:
        _block(contact, point, bare, erased_at)
    events = [*_relation_ends(contact, bare, erased_at), _erased(contact, bare, erased_at)]
    recorded = record(events=events, recorded_at=erased_at)
    _keep(contact, exemptions, erased_at, decided_by_id)
    sweep_traces(contacts=[contact], points=points)
    kept = [model for exemption in exemptions for model in MODELS_OF[exemption.what]]
    forget(contact_ids=[contact.pk], forgotten_at=erased_at, kept=kept)
    return recorded[-1]


@transaction.atomic
def end_keeping(*, kept: KeptData, ended_at: datetime.datetime) -> None:
    """Take away what stayed after an erasure, now that its term has passed (art. 17(3) GDPR)."""
    Contact.objects.select_for_update(of=("self",)).get(pk=kept.contact_id)
    for model in MODELS_OF[KeptData.What(kept.what)]:
        column = "contact_id" if model is Transaction else "subject_id"
        model.objects.filter(**{column: kept.contact_id}).delete()
    KeptData.objects.filter(pk=kept.pk).update(gone_at=ended_at)


def _check(exemptions: Sequence[Exemption], erased_at: datetime.datetime) -> None:
    for one in exemptions:
        if not one.reason.strip() or one.keep_until_date <= erased_at.date():
            raise KeepingNotAllowedError(one.what)


def hold_addresses(*, contact: Contact) -> None:
    """Hold every address of a contact; to be done before the contact itself is held, as every writer goes."""
    for point in _points(contact):
        contacts.hold_address(organisation=contact.organisation, address=_address(point))


def _hold(contact: Contact) -> list[ContactPoint]:
    """The contact is held whole: nothing new can be hung on it meanwhile."""
    hold_addresses(contact=contact)
    held = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if held.erased_at is not None:
        raise AlreadyErasedError
    return _points(contact)


def _points(contact: Contact) -> list[ContactPoint]:
    return list(contact.points.select_related("organisation").order_by("value", "pk"))


def _address(point: ContactPoint) -> Address:
    return Address(kind=point.kind, value=point.value, raw_input="")


def _block(contact: Contact, point: ContactPoint, how: Circumstances, erased_at: datetime.datetime) -> None:
    if point.invalid_reason == ContactPoint.Invalidity.WRONG_NUMBER:
        return
    suppress_address(
        block=Block(organisation=contact.organisation, address=_address(point)),
        reason=Suppression.Reason.ERASURE,
        how=how,
        suppressed_at=erased_at,
        recorded_at=erased_at,
        contact_id=contact.pk,
    )


def _relation_ends(contact: Contact, how: Circumstances, erased_at: datetime.datetime) -> list[NewEvent]:
    running = CustomerRelation.objects.filter(contact=contact, ended_at__isnull=True).order_by("pk")
    return [
        NewEvent(
            organisation_id=contact.organisation_id,
            act=Act.RELATION_ENDED,
            subject_id=contact.pk,
            legal_entity_id=relation.legal_entity_id,
            relation_id=relation.pk,
            reason=CustomerRelation.Ending.ERASED,
            occurred_at=erased_at,
            **vars(how),
        )
        for relation in running
    ]


def _erased(contact: Contact, how: Circumstances, erased_at: datetime.datetime) -> NewEvent:
    return NewEvent(
        organisation_id=contact.organisation_id,
        act=Act.ERASED,
        subject_id=contact.pk,
        occurred_at=erased_at,
        **vars(how),
    )


def _keep(
    contact: Contact,
    exemptions: Sequence[Exemption],
    decided_at: datetime.datetime,
    decided_by_id: uuid.UUID | None,
) -> None:
    KeptData.objects.bulk_create(
        [
            KeptData(contact=contact, decided_at=decided_at, decided_by_id=decided_by_id, **vars(one))
            for one in exemptions
        ]
    )
