"""Who is asked about: addresses as people type them, in the one form the database compares by."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson
from django.db.models import F

from consent.domain.engine.question import Question
from consent.models import Channel
from customers.domain.addresses import (
    AddressHasher,
    AddressNotUsableError,
    read_address,
    read_usual_phone,
)
from customers.domain.key_rings import suppression_keys
from customers.models import ContactPoint

Kind = ContactPoint.Kind


class Asked(NamedTuple):
    """One address as typed, and the contact it is asked for, where one is named."""

    text: str
    contact_id: uuid.UUID | None = None


@dataclass(kw_only=True)
class Addresses:
    """Everyone asked about, side by side: the address as we compare it, and the contact it is asked for.

    The value is empty where nothing could be read; what nobody can have is not usable.
    """

    values: list[str] = field(default_factory=list)
    usable: bytearray = field(default_factory=bytearray)
    contacts: list[uuid.UUID | None] = field(default_factory=list)

    def add(self, *, value: str, usable: bool, contact_id: uuid.UUID | None) -> None:
        self.values.append(value)
        self.usable.append(usable)
        self.contacts.append(contact_id)


def read_all_asked(*, question: Question, asked: Sequence[Asked]) -> Addresses:
    """Read what was typed: no value when it is no address, or not one this channel can use.

    A national number is read in the legal entity's country. Post is asked by contact, whose postal address
    is found by the key; processing hangs on the contact, whichever address names it (rules, "The question").
    """
    if question.channel == Channel.POST:
        return _postal_addresses(question, asked)
    phones = question.point_kind in {"", Kind.PHONE}
    addresses = Addresses()
    for text, contact_id in asked:
        usual = read_usual_phone(text=text, country=question.country) if phones else ""
        value, usable = (usual, True) if usual else _read(question, text)
        addresses.add(value=value, usable=usable, contact_id=contact_id if value else None)
    return addresses


def as_parameters(*, question: Question, addresses: Addresses) -> dict[str, object]:
    """Write the addresses as parameters of the facts query, each a column of all of them in order."""
    keys = suppression_keys().keys
    hashers = {
        kind: [
            AddressHasher(organisation_id=question.organisation_id, kind=kind, key=keys[version])
            for version in sorted(keys)
        ]
        for kind in Kind.values
    }
    digests = [
        hasher.digest(value).hex()
        for value in addresses.values
        for hasher in hashers[question.point_kind or _kind_of(value)]
    ]
    return {
        "values": orjson.dumps(addresses.values).decode(),
        "usable": bytes(addresses.usable),
        "contacts": orjson.dumps(addresses.contacts).decode() if any(addresses.contacts) else None,
        "digests": orjson.dumps(digests).decode(),
        "keys": len(keys),
    }


def _read(question: Question, text: str) -> tuple[str, bool]:
    try:
        address = read_address(text=text, country=question.country)
    except AddressNotUsableError:
        return "", False
    fits = question.point_kind in {"", address.kind}
    return (address.value, not address.placeholder) if fits else ("", False)


def _kind_of(value: str) -> str:
    return Kind.EMAIL if "@" in value else Kind.PHONE


def _postal_addresses(question: Question, asked: Sequence[Asked]) -> Addresses:
    """Of several postal addresses of a contact the newest counts that works."""
    named = {one.contact_id for one in asked if one.contact_id}
    points = ContactPoint.objects.filter(
        organisation_id=question.organisation_id, contact_id__in=named, kind=Kind.POSTAL
    )
    usable_first = F("invalid_at").desc(nulls_first=True)
    first = points.order_by("contact_id", usable_first, "-created_at", "-pk").distinct("contact_id")
    values = dict(first.values_list("contact_id", "value"))
    addresses = Addresses()
    for one in asked:
        value = values.get(one.contact_id, "") if one.contact_id else ""
        addresses.add(value=value, usable=bool(value), contact_id=one.contact_id if value else None)
    return addresses
