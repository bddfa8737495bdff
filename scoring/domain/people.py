"""Whom a row of others is about: named by key or by an address, and held while the row is kept."""

import uuid
from collections.abc import Collection, Mapping
from typing import Protocol

from customers.domain.addresses import AddressNotUsableError, read_address
from customers.models import Contact, ContactPoint, LegalEntity
from scoring.domain.told import Fault


class Named(Protocol):
    """A row that names somebody once."""

    @property
    def contact_id(self) -> uuid.UUID | None: ...
    @property
    def address(self) -> str: ...


def find_people(*, rows: Mapping[int, Named], legal_entity: LegalEntity) -> dict[int, uuid.UUID | Fault]:
    """Whom each row is about; nobody who only typed an address beside one that somebody else may have."""
    values = {
        place: _value(row.address, legal_entity) for place, row in rows.items() if row.contact_id is None
    }
    points = ContactPoint.objects.filter(
        organisation=legal_entity.organisation_id, value__in={*values.values()}, claimed=False
    ).exclude(invalid_reason=ContactPoint.Invalidity.WRONG_NUMBER)
    holders: dict[str, set[uuid.UUID]] = {}
    for value, contact_id in points.values_list("value", "contact_id") if values else ():
        holders.setdefault(value, set()).add(contact_id)
    return {
        place: row.contact_id or _only(holders.get(values.get(place, ""), set()))
        for place, row in rows.items()
    }


def hold_people(*, people: Collection[uuid.UUID], legal_entity: LegalEntity) -> set[uuid.UUID]:
    """Nobody objects, or is erased, between the gate and the row: their acts wait, or came first."""
    own = Contact.objects.filter(pk__in=people, organisation=legal_entity.organisation_id).select_for_update(
        no_key=True
    )
    found = own.order_by("pk").values_list("pk", "erased_at") if people else ()
    return {pk for pk, erased_at in found if erased_at is None}


def find_fault(
    *, who: uuid.UUID | Fault, living: Collection[uuid.UUID], looked_at: Collection[uuid.UUID]
) -> Fault | None:
    """Say why nothing is kept of somebody; None where it is."""
    if isinstance(who, Fault):
        return who
    if who not in living:
        return Fault.UNKNOWN_PERSON
    return None if who in looked_at else Fault.NOT_LOOKED_AT


def _only(holders: set[uuid.UUID]) -> uuid.UUID | Fault:
    if len(holders) > 1:
        return Fault.SEVERAL_PEOPLE
    return next(iter(holders), Fault.UNKNOWN_PERSON)


def _value(address: str, legal_entity: LegalEntity) -> str:
    try:
        return read_address(text=address, country=legal_entity.country).value
    except AddressNotUsableError:
        return ""
