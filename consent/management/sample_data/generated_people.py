"""Drawing up one generated person: who they are, and where they can be reached."""

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import slugify

from consent.management.sample_data.generated_names import (
    BELGIAN_FAMILY_NAMES,
    DUTCH_FAMILY_NAMES,
    GIVEN_NAMES,
    STREETS,
    TOWNS,
)
from customers.domain.addresses import Address, hash_address, read_email, read_phone, read_postal
from customers.domain.key_rings import KeyRing, suppression_keys
from customers.models import Contact, ContactPoint, Country, Language, LegalEntity

# From here to 9999 no number of area 020-000 is assigned.
FIRST_NUMBER = 1000
MOST_PEOPLE = 9000
SHARE_ENGLISH = 0.08
SHARE_POSTAL = 0.3
SHARE_BELGIAN = 0.85


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One generated person, not yet stored, with the dice that say what they do."""

    dice: random.Random
    contact: Contact
    points: dict[str, ContactPoint]

    @property
    def supplied(self) -> Sequence[str]:
        return sorted(self.points)


def draw_person(*, number: int, entity: LegalEntity, known_at: datetime.datetime) -> Drawn:
    """Draw the person with this number: the same one every time."""
    dice = dice_of(number=number)
    contact = _contact(dice, entity, known_at)
    addresses = _addresses(dice, number, contact)
    points = {address.kind: _point(contact, address, suppression_keys()) for address in addresses}
    return Drawn(dice=dice, contact=contact, points=points)


def dice_of(*, number: int) -> random.Random:
    return random.Random(f"person {number} of the sample")  # noqa: S311 (must repeat itself; nothing secret)


def _contact(dice: random.Random, entity: LegalEntity, known_at: datetime.datetime) -> Contact:
    belgian = entity.country == Country.BE and dice.random() < SHARE_BELGIAN
    return Contact(
        organisation=entity.organisation,
        country=Country.BE if belgian else Country.NL,
        language=Language.EN if dice.random() < SHARE_ENGLISH else Language.NL,
        given_name=dice.choice(GIVEN_NAMES),
        family_name=dice.choice(BELGIAN_FAMILY_NAMES if belgian else DUTCH_FAMILY_NAMES),
        created_at=known_at,
    )


def _addresses(dice: random.Random, number: int, contact: Contact) -> list[Address]:
    name = slugify(f"{contact.given_name} {contact.family_name}")
    domain = "example.be" if contact.country == Country.BE else dice.choice(("example.org", "example.com"))
    addresses = [
        read_email(text=f"{name}.{number}@{domain}"),
        read_phone(text=f"+3120000{FIRST_NUMBER + number}", country=Country.NL),
    ]
    if dice.random() < SHARE_POSTAL:
        addresses.append(_home(dice, contact.country))
    return addresses


def _home(dice: random.Random, country: str) -> Address:
    return read_postal(
        street=f"{dice.choice(STREETS)} {dice.randint(1, 199)}",
        postal_code="0000" if country == Country.BE else "0000 AA",
        city=dice.choice(TOWNS),
        country=country,
    )


def _point(contact: Contact, address: Address, keys: KeyRing) -> ContactPoint:
    hashed = hash_address(
        organisation_id=contact.organisation_id, kind=address.kind, value=address.value, keys=keys
    )
    return ContactPoint(
        organisation_id=contact.organisation_id,
        contact=contact,
        kind=address.kind,
        value=address.value,
        raw_input=address.raw_input,
        street=address.street,
        postal_code=address.postal_code,
        city=address.city,
        placeholder=address.placeholder,
        address_hash=hashed.digest,
        hash_key_version=hashed.key_version,
        created_at=contact.created_at,
    )
