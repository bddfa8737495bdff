"""Who is asked about: addresses as people type them, in the one form the database compares by."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from django.db.models import F

from consent.domain.engine.question import Question
from consent.models import Channel
from customers.domain.addresses import (
    Address,
    AddressNotUsableError,
    hashes_of_address,
    read_address,
)
from customers.domain.key_rings import KeyRing, suppression_keys
from customers.models import ContactPoint


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One address as typed, and the contact it is asked for, where one is named."""

    text: str
    contact_id: uuid.UUID | None = None


def read_asked(*, question: Question, asked: Asked) -> Address | None:
    """Read what was typed; None when it is no address, or not one this channel can use.

    A national number is read in the legal entity's country. Post is asked by contact, whose postal address
    is found by the key; processing hangs on the contact, whichever address names it (rules, "The question").
    """
    if question.channel == Channel.POST:
        return _postal_address(question, asked)
    try:
        address = read_address(text=asked.text, country=question.country)
    except AddressNotUsableError:
        return None
    return address if question.point_kind in ("", address.kind) else None


def as_rows(*, question: Question, addresses: Sequence[tuple[Asked, Address | None]]) -> str:
    """Write the addresses as the one parameter of the facts query, in order."""
    keys = suppression_keys()
    rows = [_row(question, keys, place, *one) for place, one in enumerate(addresses)]
    return orjson.dumps(rows).decode()


def _row(
    question: Question, keys: KeyRing, place: int, asked: Asked, address: Address | None
) -> dict[str, object]:
    if address is None:
        return {"place": place, "value": "", "contact_id": None, "usable": False, "hashes": []}
    hashes = hashes_of_address(
        organisation_id=question.organisation_id,
        kind=address.kind,
        value=address.value,
        keys=keys,
    )
    return {
        "place": place,
        "value": address.value,
        "contact_id": str(asked.contact_id) if asked.contact_id else None,
        "usable": not address.placeholder,
        "hashes": [hashed.digest.hex() for hashed in hashes],
    }


def _postal_address(question: Question, asked: Asked) -> Address | None:
    if asked.contact_id is None:
        return None
    points = ContactPoint.objects.filter(
        organisation_id=question.organisation_id, contact_id=asked.contact_id, kind=ContactPoint.Kind.POSTAL
    )
    usable_first = F("invalid_at").desc(nulls_first=True)
    point = points.order_by(usable_first, "-created_at", "-pk").first()
    if point is None:
        return None
    return Address(kind=point.kind, value=point.value, raw_input=point.raw_input)
