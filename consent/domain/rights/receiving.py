"""A person asks something about their own data: written down, with its clock, and confirmed to them."""

import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction

from consent.domain.rights import clock, letters
from consent.domain.rights.steps import lock_words, take_step
from consent.models import RightsRequest, RightsStep, Source
from customers.domain import contacts
from customers.models import Contact, LegalEntity, uuid7

Kind, Identity, What = RightsRequest.Kind, RightsRequest.Identity, RightsStep.What
LONGEST_WORDS = 2000


class AlreadyAskedError(ValueError):
    """This person asked the same, and it is not answered yet."""

    def __init__(self, request: RightsRequest) -> None:
        super().__init__(str(request.pk))
        self.request = request


class OtherOrganisationError(ValueError):
    """The contact belongs to another organisation than the legal entity, or was erased."""


class AlreadyAnsweredError(ValueError):
    """The request was answered before."""


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """What somebody asks of which legal entity, how it came, and what they wrote.

    Without a contact, what they wrote says who they are and where to answer.
    """

    legal_entity: LegalEntity
    kind: RightsRequest.Kind
    source: Source
    language: str
    contact: Contact | None = None
    words: str = ""
    identity: RightsRequest.Identity | None = None
    staff_id: uuid.UUID | None = None


@transaction.atomic
def receive(
    *, asked: NewRequest, received_at: datetime.datetime, recorded_at: datetime.datetime
) -> RightsRequest:
    """Write down a request, start its clock at the moment it came, and confirm it by mail.

    The clock runs from receipt, whoever writes it down later (art. 12(3) GDPR).
    Raises AlreadyAskedError, OtherOrganisationError.
    """
    _check(asked)
    request = _new(asked, received_at)
    request.save(force_insert=True)
    take_step(request=request, what=What.RECEIVED, taken_at=recorded_at, staff_id=asked.staff_id)
    if asked.identity is not None:
        note_identity(
            request=request,
            identity=asked.identity,
            checked_at=recorded_at,
            staff_id=None if asked.identity == Identity.LINK else asked.staff_id,
        )
    letters.confirm_receipt(request=request, written_at=recorded_at)
    return request


@transaction.atomic
def note_identity(
    *,
    request: RightsRequest,
    identity: RightsRequest.Identity,
    checked_at: datetime.datetime,
    staff_id: uuid.UUID | None,
    note: str = "",
) -> RightsRequest:
    """Write down how we know that it is the person who asks; more proof than needed is not asked for.

    Source: art. 12(6) and 11 GDPR (only on reasonable doubt). Raises AlreadyAnsweredError.
    """
    hold_open(request=request)
    request.identity, request.identity_checked_at = identity, checked_at
    request.identity_checked_by_id = staff_id
    request.save(update_fields=["identity", "identity_checked_at", "identity_checked_by"])
    take_step(request=request, what=What.IDENTITY_CHECKED, taken_at=checked_at, staff_id=staff_id, note=note)
    return request


def hold_open(*, request: RightsRequest) -> RightsRequest:
    """Let those who work on one request take turns; raises AlreadyAnsweredError."""
    if request.contact_id is not None:
        # Contacts first, as every writer goes.
        contacts.hold_contact(contact_id=request.contact_id)
    held = RightsRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if held.state != RightsRequest.State.OPEN:
        raise AlreadyAnsweredError(str(request.pk))
    request.refresh_from_db(fields=["state", "due_at", "extended_at", "identity", "identity_checked_at"])
    return request


def find_open(*, contact: Contact, kind: str) -> RightsRequest | None:
    """Find the unanswered request of this kind of a person."""
    return RightsRequest.objects.filter(contact=contact, kind=kind, state=RightsRequest.State.OPEN).first()


def _check(asked: NewRequest) -> None:
    if asked.contact is None:
        return
    held = contacts.hold_contact(contact_id=asked.contact.pk)
    if held.organisation_id != asked.legal_entity.organisation_id or held.erased_at is not None:
        raise OtherOrganisationError
    standing = find_open(contact=held, kind=asked.kind)
    if standing is not None:
        raise AlreadyAskedError(standing)


def _new(asked: NewRequest, received_at: datetime.datetime) -> RightsRequest:
    request_id = uuid7()
    subject_id = asked.contact.pk if asked.contact else request_id
    nonce, ciphertext = lock_words(
        subject_id=subject_id, words=asked.words[:LONGEST_WORDS], bound_to=request_id
    )
    due_at = clock.first_term(kind=asked.kind, received_at=received_at, legal_entity=asked.legal_entity)
    return RightsRequest(
        id=request_id,
        organisation_id=asked.legal_entity.organisation_id,
        legal_entity=asked.legal_entity,
        contact=asked.contact,
        kind=asked.kind,
        source=asked.source,
        language=asked.language,
        received_at=received_at,
        first_due_at=due_at,
        due_at=due_at,
        subject_id=subject_id,
        nonce=nonce,
        ciphertext=ciphertext,
    )
