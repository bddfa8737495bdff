"""Who is asked about: addresses as people type them, in the one form the database compares by."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import orjson
from django.db.models import F

from consent.domain.engine.question import Question
from consent.models import Channel
from customers.domain.addresses import (
    AddressHasher,
    AddressNotUsableError,
    read_address,
    read_usual_email,
    read_usual_phones,
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

    def only(self, *, places: Sequence[int]) -> "Addresses":
        """Who stands at these places, counted from nought."""
        return Addresses(
            values=[self.values[place] for place in places],
            usable=bytearray(self.usable[place] for place in places),
            contacts=[self.contacts[place] for place in places],
        )


def read_all_asked(*, question: Question, asked: Sequence[Asked]) -> Addresses:
    """Read what was typed, as `read_texts` does."""
    return read_texts(
        question=question,
        texts=[one.text for one in asked],
        contacts=[one.contact_id for one in asked],
    )


def read_texts(
    *, question: Question, texts: Sequence[str], contacts: Sequence[uuid.UUID | None]
) -> Addresses:
    """Read what was typed: no value when it is no address, or not one this channel can use.

    A national number is read in the legal entity's country. Post is asked by contact, whose postal address
    is found by the key; processing hangs on the contact, whichever address names it (rules, "The question").
    """
    if question.channel == Channel.POST:
        return _postal_addresses(question, contacts)
    if question.point_kind == Kind.EMAIL:
        values = [read_usual_email(text=text) for text in texts]
    else:
        values = read_usual_phones(texts=texts, country=question.country)
    usable = bytearray(b"\1") * len(texts)
    for place in [place for place, value in enumerate(values) if not value]:
        values[place], usable[place] = _read(question, texts[place])
    pairs = zip(values, contacts, strict=True)
    return Addresses(
        values=values, usable=usable, contacts=[contact_id if value else None for value, contact_id in pairs]
    )


def as_parameters(*, question: Question, addresses: Addresses) -> dict[str, object]:
    """Write the addresses as parameters of the facts query, each a column of all of them in order."""
    keys = suppression_keys().keys
    return {
        "values": orjson.dumps(addresses.values).decode(),
        "usable": bytes(addresses.usable),
        "contacts": orjson.dumps(addresses.contacts).decode() if any(addresses.contacts) else None,
        "digests": orjson.dumps(_digests(question, addresses.values, keys)).decode(),
        "keys": len(keys),
    }


def digest_of(*, question: Question, value: str) -> bytes:
    """Hash one address of the kind asked about by the newest key."""
    keys = suppression_keys()
    hasher = _hasher(question.organisation_id, question.point_kind, keys.keys[keys.newest])
    return bytes.fromhex(hasher.hex_digests([value])[0])


def _digests(question: Question, values: Sequence[str], keys: Mapping[int, bytes]) -> list[str]:
    """Every hash of each address, by version of the key: those of one address stand together."""
    kinds = {question.point_kind} if question.point_kind else {_kind_of(value) for value in values}
    by_kind = {
        kind: [_hasher(question.organisation_id, kind, keys[version]) for version in sorted(keys)]
        for kind in kinds
    }
    if len(kinds) == 1:
        columns = [hasher.hex_digests(values) for hasher in by_kind[kinds.pop()]]
        return columns[0] if len(columns) == 1 else [one for row in zip(*columns, strict=True) for one in row]
    hashed = ((value, hasher) for value in values for hasher in by_kind[_kind_of(value)])
    return [digest for value, hasher in hashed for digest in hasher.hex_digests([value])]


@lru_cache(maxsize=64)
def _hasher(organisation_id: uuid.UUID, kind: str, key: bytes) -> AddressHasher:
    return AddressHasher(organisation_id=organisation_id, kind=kind, key=key)


def _read(question: Question, text: str) -> tuple[str, bool]:
    try:
        address = read_address(text=text, country=question.country)
    except AddressNotUsableError:
        return "", False
    fits = question.point_kind in {"", address.kind}
    return (address.value, not address.placeholder) if fits else ("", False)


def _kind_of(value: str) -> str:
    return Kind.EMAIL if "@" in value else Kind.PHONE


def _postal_addresses(question: Question, contacts: Sequence[uuid.UUID | None]) -> Addresses:
    """Of several postal addresses of a contact the newest counts that works."""
    named = {contact_id for contact_id in contacts if contact_id}
    points = ContactPoint.objects.filter(
        organisation_id=question.organisation_id, contact_id__in=named, kind=Kind.POSTAL
    )
    usable_first = F("invalid_at").desc(nulls_first=True)
    first = points.order_by("contact_id", usable_first, "-created_at", "-pk").distinct("contact_id")
    values = dict(first.values_list("contact_id", "value"))
    addresses = Addresses()
    for contact_id in contacts:
        value = values.get(contact_id, "") if contact_id else ""
        addresses.add(value=value, usable=bool(value), contact_id=contact_id if value else None)
    return addresses
