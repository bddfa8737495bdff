"""What an address left where no key leads to its holder: requests, look-ups, blocks, notices to staff."""

import uuid
from collections.abc import Sequence

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from consent.domain import link_requests
from consent.models import ConsentEvent, DeskLookup, Evidence, LinkRequest, SubjectKey
from customers.domain.addresses import hashes_of_address
from customers.domain.key_rings import suppression_keys
from customers.models import Contact, ContactPoint

MESSAGES = "_messages"


@transaction.atomic
def sweep_traces(*, contact: Contact, points: Sequence[ContactPoint]) -> None:
    """Take away what these addresses left outside the rows of their contact (art. 17 GDPR)."""
    digests = [digest for point in points for digest in _digests(point)]
    lookups = DeskLookup.objects.filter(organisation=contact.organisation_id, address_hash__in=digests)
    lookups.delete()
    _forget_requests({point.value for point in points})
    _forget_block_proofs(contact, digests)
    _forget_notices(_words(contact, points))


def _digests(point: ContactPoint) -> list[bytes]:
    hashes = hashes_of_address(
        organisation_id=point.organisation_id, kind=point.kind, value=point.value, keys=suppression_keys()
    )
    return [hashed.digest for hashed in hashes]


def _forget_requests(values: set[str]) -> None:
    """Requests for a link wait seconds; those that wait are few, and are read one by one."""
    asked = [
        request.pk
        for request in LinkRequest.objects.order_by("asked_at", "pk")
        if values & {address.value for address in link_requests.read_asked(request=request)}
    ]
    LinkRequest.objects.filter(pk__in=asked).delete()


def _forget_block_proofs(contact: Contact, digests: Sequence[bytes]) -> None:
    """Who blocked an address before we knew its holder left proof under a key of its own."""
    subjects = (
        _blocked_by(contact, digests).exclude(subject_id=contact.pk).values_list("subject_id", flat=True)
    )
    found: set[uuid.UUID] = set(subjects)
    found -= set(Contact.objects.filter(pk__in=found).values_list("pk", flat=True))
    Evidence.objects.filter(subject_id__in=found).delete()
    SubjectKey.objects.filter(subject_id__in=found).delete()


def _blocked_by(contact: Contact, digests: Sequence[bytes]) -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(
        organisation=contact.organisation_id,
        act__in=["SUPPRESSED", "SUPPRESSION_LIFTED"],
        address_hash__in=[digest.hex() for digest in digests],
    )


def _words(contact: Contact, points: Sequence[ContactPoint]) -> set[str]:
    names = {contact.given_name, contact.family_name, contact.organisation_name}
    return {word for word in names | {point.value for point in points} if word}


def _forget_notices(words: set[str]) -> None:
    """A sentence such as "Alice Jansen was changed" waits in the session of whoever changed it."""
    for session in Session.objects.order_by("pk"):
        told = session.get_decoded()
        if any(word in str(told.get(MESSAGES, "")) for word in words):
            told.pop(MESSAGES)
            Session.objects.filter(pk=session.pk).update(session_data=SessionStore().encode(told))
