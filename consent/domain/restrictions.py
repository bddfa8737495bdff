import datetime

from django.db import transaction

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, record
from consent.models import Act, Restriction
from customers.models import Contact


class AlreadyRestrictedError(ValueError):
    """The processing of this contact's data is restricted already."""


class NotRestrictedError(LookupError):
    """The processing of this contact's data is not restricted, or only from a later moment."""


@transaction.atomic
def restrict(
    *,
    contact: Contact,
    reason: str,
    how: Circumstances,
    restricted_at: datetime.datetime,
    recorded_at: datetime.datetime,
) -> Restriction:
    """Only store this contact's data from now on: no message, not even service (art. 18 GDPR).

    Raises AlreadyRestrictedError.
    """
    if _standing(contact) is not None:
        raise AlreadyRestrictedError
    event = NewEvent(
        organisation_id=contact.organisation_id,
        act=Act.RESTRICTED,
        subject_id=contact.pk,
        occurred_at=restricted_at,
        **vars(how),
    )
    record(events=[event], recorded_at=recorded_at)
    return Restriction.objects.create(
        contact=contact, restricted_at=restricted_at, reason=reason, event_id=event.id
    )


@transaction.atomic
def lift_restriction(
    *, contact: Contact, how: Circumstances, lifted_at: datetime.datetime, recorded_at: datetime.datetime
) -> Restriction:
    """Take a restriction away; the person is told beforehand (art. 18(3) GDPR).

    Raises NotRestrictedError.
    """
    row = _standing(contact)
    if row is None or row.restricted_at > lifted_at:
        raise NotRestrictedError
    event = NewEvent(
        organisation_id=contact.organisation_id,
        act=Act.RESTRICTION_LIFTED,
        subject_id=contact.pk,
        refers_to_id=row.event_id,
        occurred_at=lifted_at,
        **vars(how),
    )
    record(events=[event], recorded_at=recorded_at)
    row.lifted_at = lifted_at
    row.save(update_fields=["lifted_at"])
    return row


def _standing(contact: Contact) -> Restriction | None:
    # The contact's row is the lock of everything written about them.
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    return Restriction.objects.filter(contact=contact, lifted_at__isnull=True).first()
