"""A person asks from their own page, behind a link to their own address: some things are done at once."""

import datetime
import uuid
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from consent.domain.preference_changes import Visitor, prove_address
from consent.domain.rights.answering import COPIES, WITHOUT_IDENTITY, Fulfilment, fulfil
from consent.domain.rights.receiving import NewRequest, receive
from consent.domain.rights.steps import take_step
from consent.models import RightsRequest, RightsStep, Source
from customers.models import Contact, Language, LegalEntity

AT_ONCE: Final = COPIES | WITHOUT_IDENTITY


class NoSuchCopyError(LookupError):
    """This person has no answered request for a copy with this key."""


@transaction.atomic
def ask(
    *,
    visitor: Visitor,
    legal_entity: LegalEntity,
    kind: RightsRequest.Kind,
    words: str,
    asked_at: datetime.datetime,
) -> RightsRequest:
    """Take a request from the page behind a link, which shows who asks; do at once what needs nobody.

    A copy is there to be downloaded, and an objection counts, as soon as it is sent (art. 12(2) GDPR). Where
    somebody has to look at it, the clock runs. Raises AlreadyAskedError.
    """
    prove_address(visitor=visitor, occurred_at=asked_at)
    asked = NewRequest(
        legal_entity=legal_entity,
        kind=kind,
        source=Source.PREFERENCES,
        language=visitor.how.shown.language or Language.NL,
        contact=visitor.contact,
        words=words,
        identity=RightsRequest.Identity.LINK,
    )
    request = receive(asked=asked, received_at=asked_at, recorded_at=asked_at)
    if kind in AT_ONCE:
        fulfil(request=request, done=Fulfilment(how=visitor.how), fulfilled_at=asked_at)
    return request


def list_own(*, contact: Contact) -> QuerySet[RightsRequest]:
    """List what a person asked, newest first."""
    rows = RightsRequest.objects.filter(contact=contact).select_related("legal_entity")
    return rows.order_by("-received_at", "-pk")


@transaction.atomic
def find_copy(*, contact: Contact, request_id: uuid.UUID, taken_at: datetime.datetime) -> RightsRequest:
    """Let a person take the copy they asked for, and write down that they did; raises NoSuchCopyError."""
    request = (
        list_own(contact=contact)
        .filter(pk=request_id, kind__in=COPIES, state=RightsRequest.State.DONE)
        .first()
    )
    if request is None:
        raise NoSuchCopyError(str(request_id))
    take_step(request=request, what=RightsStep.What.COPY_GIVEN, taken_at=taken_at)
    return request
