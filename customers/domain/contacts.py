import datetime
import uuid
from dataclasses import dataclass

from django.db import connection, transaction

from customers.domain.addresses import Address, hash_address
from customers.domain.key_rings import suppression_keys
from customers.domain.standings import keep_standing
from customers.models import Contact, ContactPoint, Organisation


@dataclass(frozen=True, kw_only=True)
class PersonDetails:
    """What somebody tells about themselves beside their addresses."""

    given_name: str = ""
    family_name: str = ""
    organisation_name: str = ""
    birth_date: datetime.date | None = None
    language: str = "nl"
    country: str = ""


def hold_address(*, organisation: Organisation, address: Address) -> None:
    """Make others who come with this address wait for this transaction: nobody is made twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{organisation.pk}|{address.value}"]
        )


def find_contact(*, organisation: Organisation, address: Address) -> Contact | None:
    """Find the contact that has held this address longest; None when nobody holds it."""
    point = (
        ContactPoint.objects.filter(
            organisation=organisation, kind=address.kind, value=address.value, invalid_at__isnull=True
        )
        .select_related("contact")
        .order_by("created_at", "pk")
        .first()
    )
    return point.contact if point else None


def find_and_hold(*, organisation: Organisation, address: Address) -> Contact | None:
    """Find the contact that holds this address, and keep others from erasing it in this transaction."""
    found = find_contact(organisation=organisation, address=address)
    if found is None:
        return None
    living = Contact.objects.filter(pk=found.pk, erased_at__isnull=True)
    return living.select_for_update(no_key=True).first()


def find_own_point(*, organisation: Organisation, address: Address, beside: Address) -> ContactPoint:
    """Find this address as it stands with the contact that holds another one beside it.

    Raises ContactPoint.DoesNotExist.
    """
    contact = find_contact(organisation=organisation, address=beside)
    return ContactPoint.objects.get(contact=contact, kind=address.kind, value=address.value)


@transaction.atomic
def add_contact(
    *, organisation: Organisation, details: PersonDetails, known_at: datetime.datetime
) -> Contact:
    """Make a contact for somebody new."""
    kind = Contact.Kind.ORGANISATION if details.organisation_name else Contact.Kind.PERSON
    return Contact.objects.create(
        organisation=organisation,
        kind=kind,
        given_name=details.given_name,
        family_name=details.family_name,
        organisation_name=details.organisation_name,
        birth_date=details.birth_date,
        language=details.language,
        country=details.country,
        created_at=known_at,
    )


@transaction.atomic
def add_point(
    *, contact: Contact, address: Address, known_at: datetime.datetime, claimed: bool = False
) -> ContactPoint:
    """Give a contact one more address, hashed and unverified; an address it already has stays as it is.

    It is only claimed when anybody could have typed it beside another address.
    """
    hashed = hash_address(
        organisation_id=contact.organisation_id,
        kind=address.kind,
        value=address.value,
        keys=suppression_keys(),
    )
    point, _created = ContactPoint.objects.get_or_create(
        contact=contact,
        kind=address.kind,
        value=address.value,
        defaults={
            "organisation_id": contact.organisation_id,
            "raw_input": address.raw_input,
            "street": address.street,
            "postal_code": address.postal_code,
            "city": address.city,
            "placeholder": address.placeholder,
            "claimed": claimed,
            "address_hash": hashed.digest,
            "hash_key_version": hashed.key_version,
            "created_at": known_at,
        },
    )
    return point


@transaction.atomic
def mark_verified(
    *,
    point: ContactPoint,
    method: ContactPoint.Verification,
    verified_at: datetime.datetime,
    agent_id: uuid.UUID | None = None,
) -> ContactPoint:
    """Note that an address is this person's, how that was found, when, and by whom; the first proof stays."""
    point = _hold(point)
    if point.verified_at is None:
        point.verified_at, point.verified_method, point.verified_by_id = verified_at, method, agent_id
        point.save(update_fields=["verified_at", "verified_method", "verified_by"])
    return point


@transaction.atomic
def mark_invalid(
    *, point: ContactPoint, reason: ContactPoint.Invalidity, invalid_at: datetime.datetime
) -> ContactPoint:
    """Note that an address does not reach this person (any more); what was permitted on it does not move."""
    point = _hold(point)
    if point.invalid_at is None:
        point.invalid_at, point.invalid_reason = invalid_at, reason
        point.save(update_fields=["invalid_at", "invalid_reason"])
    return point


@transaction.atomic
def use_again(*, point: ContactPoint) -> ContactPoint:
    """Take up an address that was invalid before; it counts as new, so nobody has verified it."""
    point = _hold(point)
    point.invalid_at, point.invalid_reason = None, ""
    point.verified_at, point.verified_method, point.verified_by_id = None, "", None
    point.save(
        update_fields=["invalid_at", "invalid_reason", "verified_at", "verified_method", "verified_by"]
    )
    return point


@transaction.atomic
def correct_names(*, contact_id: uuid.UUID, given_name: str, family_name: str) -> Contact:
    """Change how a person is called (right to rectification, art. 16 GDPR)."""
    contact = hold_contact(contact_id=contact_id)
    contact.given_name, contact.family_name = given_name, family_name
    contact.save(update_fields=["given_name", "family_name"])
    return contact


@transaction.atomic
def learn_birth_date(
    *, contact_id: uuid.UUID, birth_date: datetime.date, learned_at: datetime.datetime
) -> Contact:
    """Note when a person was born where that is not known yet; a known date stays.

    Only the person or staff corrects it (art. 16 GDPR): a date can make somebody count as of age.
    """
    contact = hold_contact(contact_id=contact_id)
    if contact.birth_date is None:
        keep_standing(contact_id=contact_id, replaced_at=learned_at)
        contact.birth_date = birth_date
        contact.save(update_fields=["birth_date"])
    return contact


def hold_contact(*, contact_id: uuid.UUID) -> Contact:
    """Let writers about one person take turns until their transaction ends.

    It is taken before any other row about that person, so that no two of them wait for each other.
    """
    return Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=contact_id)


def _hold(point: ContactPoint) -> ContactPoint:
    hold_contact(contact_id=point.contact_id)
    return ContactPoint.objects.get(pk=point.pk)
