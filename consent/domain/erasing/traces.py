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
def sweep_traces(*, contacts: Sequence[Contact], points: Sequence[ContactPoint]) -> None:
    """Take away what these addresses left outside the rows of their contacts, all of one organisation.

    Source: art. 17 GDPR.
    """
    digests = [digest for point in points for digest in _digests(point)]
    owners = {contact.organisation_id for contact in contacts}
    DeskLookup.objects.filter(organisation__in=owners, address_hash__in=digests).delete()
    _forget_requests({point.value for point in points})
    _forget_block_proofs(contacts, digests)
    _forget_notices(_words(contacts, points))


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


def _forget_block_proofs(contacts: Sequence[Contact], digests: Sequence[bytes]) -> None:
    """Who blocked an address before we knew its holder left proof under a key of its own."""
    found: set[uuid.UUID] = set(_blocked_by(contacts, digests).values_list("subject_id", flat=True))
    found -= set(Contact.objects.filter(pk__in=found).values_list("pk", flat=True))
    Evidence.objects.filter(subject_id__in=found).delete()
    SubjectKey.objects.filter(subject_id__in=found).delete()


def _blocked_by(contacts: Sequence[Contact], digests: Sequence[bytes]) -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(
        organisation__in={contact.organisation_id for contact in contacts},
        act__in=["SUPPRESSED", "SUPPRESSION_LIFTED"],
        address_hash__in=[digest.hex() for digest in digests],
    )


def _words(contacts: Sequence[Contact], points: Sequence[ContactPoint]) -> set[str]:
    names = {name for one in contacts for name in (one.given_name, one.family_name, one.organisation_name)}
    return {word for word in names | {point.value for point in points} if word}


def _forget_notices(words: set[str]) -> None:
    """A sentence such as "Alice Jansen was changed" waits in the session of whoever changed it."""
    for session in Session.objects.order_by("pk"):
        told = session.get_decoded()
        said = str(told.get(MESSAGES, ""))
        if any(word in said for word in words):
            told.pop(MESSAGES)
            Session.objects.filter(pk=session.pk).update(session_data=SessionStore().encode(told))
