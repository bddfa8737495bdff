import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.notifying.writing import tell_of_correction
from consent.domain.preference_changes import Visitor, hold, prove_address
from consent.domain.withdrawals import STANDING
from consent.models import Act, ConsentEvent, ConsentRecord, DataKind
from customers.domain import contacts
from customers.domain.addresses import Address
from customers.models import Contact, ContactPoint


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a person says their name and addresses are; only what differs changes anything."""

    given_name: str
    family_name: str
    addresses: Sequence[Address]


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What came of a correction: the events in the ledger and the addresses that are new."""

    events: list[ConsentEvent]
    new_points: list[ContactPoint]


@transaction.atomic
def correct_details(*, visitor: Visitor, correction: Correction, occurred_at: datetime.datetime) -> Corrected:
    """Correct a person's name and addresses (art. 16 GDPR).

    A changed address is a new contact point that nobody has verified. The old one is marked as replaced; the
    permissions on it do not move: they end with it.
    """
    hold(visitor=visitor)
    events = prove_address(visitor=visitor, occurred_at=occurred_at)
    corrected = correct(
        contact=visitor.contact, correction=correction, how=visitor.how, occurred_at=occurred_at
    )
    return Corrected(events=[*events, *corrected.events], new_points=corrected.new_points)


@transaction.atomic
def correct(
    *, contact: Contact, correction: Correction, how: Circumstances, occurred_at: datetime.datetime
) -> Corrected:
    """Correct a name and addresses as `correct_details` does, whoever tells it (art. 16 GDPR)."""
    corrected = _corrected_names(contact, correction)
    contacts.correct_names(
        contact_id=contact.pk, given_name=correction.given_name, family_name=correction.family_name
    )
    events, new_points = [], []
    for address in correction.addresses:
        old = _points_now(contact, address.kind)
        if address.value in [point.value for point in old]:
            continue
        for point in old:
            events += _replace(point, how, occurred_at)
        point = contacts.add_point(contact=contact, address=address, known_at=occurred_at)
        events += _use_again(point, how, occurred_at)
        new_points.append(point)
        corrected.append(DataKind(address.kind))
    tell_of_correction(contact=contact, corrected=corrected, occurred_at=occurred_at)
    return Corrected(events=events, new_points=new_points)


def _corrected_names(contact: Contact, correction: Correction) -> list[DataKind]:
    known = (contact.given_name, contact.family_name)
    return [] if known == (correction.given_name, correction.family_name) else [DataKind.NAMES]


def _points_now(contact: Contact, kind: str) -> list[ContactPoint]:
    points = contact.points.filter(kind=kind, invalid_at__isnull=True)
    return list(points.order_by("created_at", "pk"))


def _use_again(point: ContactPoint, how: Circumstances, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    """Take up an address that was invalid before, in the ledger as in the records."""
    if point.invalid_at is None:
        return []
    contacts.use_again(point=point)
    point.refresh_from_db()
    return record(events=[_about(point, Act.ADDRESS_RESTORED, how, occurred_at)], recorded_at=occurred_at)


def _replace(point: ContactPoint, how: Circumstances, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    contacts.mark_invalid(point=point, reason=ContactPoint.Invalidity.REPLACED, invalid_at=occurred_at)
    rows = ConsentRecord.objects.filter(contact_point=point, status__in=STANDING).order_by("pk")
    events = [_ended(row, how, occurred_at) for row in rows]
    gone = _about(point, Act.ADDRESS_INVALIDATED, how, occurred_at)
    replaced = replace(gone, reason=ContactPoint.Invalidity.REPLACED)
    return record(events=[*events, replaced], recorded_at=occurred_at)


def _about(point: ContactPoint, act: Act, how: Circumstances, occurred_at: datetime.datetime) -> NewEvent:
    return NewEvent(
        organisation_id=point.organisation_id,
        act=act,
        subject_id=point.contact_id,
        contact_point_id=point.pk,
        occurred_at=occurred_at,
        **vars(how),
    )


def _ended(row: ConsentRecord, how: Circumstances, occurred_at: datetime.datetime) -> NewEvent:
    return NewEvent(
        organisation_id=row.organisation_id,
        act=Act.INVALIDATED,
        subject_id=row.contact_id,
        legal_entity_id=row.legal_entity_id,
        purpose_id=row.purpose_id,
        channel=row.channel,
        contact_point_id=row.contact_point_id,
        refers_to_id=row.grant_event_id or row.request_event_id,
        occurred_at=occurred_at,
        **vars(how),
    )
