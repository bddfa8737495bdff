"""Answering a rights request: more time, no, or what was asked, done by the one function that does it."""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from consent.domain import corrections, link_requests, restrictions, withdrawals
from consent.domain.corrections import Correction
from consent.domain.erasing.erasure import Exemption, erase, hold_addresses
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.rights import clock, letters
from consent.domain.rights.receiving import hold_open
from consent.domain.rights.steps import take_step
from consent.domain.withdrawals import Scope
from consent.models import Channel, RightsRequest, RightsStep
from customers.models import Contact

Kind, State, What = RightsRequest.Kind, RightsRequest.State, RightsStep.What
# Saying no to these asks for no proof of who says it: that would be harder than saying yes was.
WITHOUT_IDENTITY: Final = frozenset({Kind.MARKETING, Kind.PROFILING})
LONGEST_REASON: Final = 300
COPIES: Final = frozenset({Kind.ACCESS, Kind.PORTABILITY, Kind.PROOF})


class IdentityNotCheckedError(PermissionError):
    """It was not checked yet who asks."""


class NotExtendableError(ValueError):
    """The term is extended once, within its first month, and not that of proof (art. 12(3) GDPR)."""


class ReasonMissingError(ValueError):
    """A person hears why: no extension or refusal without a reason."""


@dataclass(frozen=True, kw_only=True)
class Fulfilment:
    """How a request is done, by whom, and what its kind needs beside that."""

    how: Circumstances
    remark: str = ""
    exemptions: Sequence[Exemption] = ()
    correction: Correction | None = None
    decided_by_id: uuid.UUID | None = None


@transaction.atomic
def extend(
    *, request: RightsRequest, reason: str, staff_id: uuid.UUID | None, extended_at: datetime.datetime
) -> RightsRequest:
    """Take two months more for a complex request, and tell the person why, within the first month.

    Source: art. 12(3) GDPR. Raises NotExtendableError, ReasonMissingError, AlreadyAnsweredError.
    """
    _demand(reason)
    hold_open(request=request)
    late = extended_at >= request.first_due_at
    if request.kind == Kind.PROOF or request.extended_at is not None or late:
        raise NotExtendableError
    request.extended_at = extended_at
    request.due_at = clock.extended_term(received_at=request.received_at, legal_entity=request.legal_entity)
    request.save(update_fields=["extended_at", "due_at"])
    take_step(request=request, what=What.EXTENDED, taken_at=extended_at, staff_id=staff_id, note=reason)
    letters.tell_extension(request=request, reason=reason, written_at=extended_at)
    return request


@transaction.atomic
def refuse(
    *,
    request: RightsRequest,
    ground: RightsRequest.Ground,
    reason: str,
    staff_id: uuid.UUID | None,
    refused_at: datetime.datetime,
) -> RightsRequest:
    """Refuse a request on a ground of the law, and tell the person why and where to complain.

    Source: art. 12(4) and (5) GDPR. Raises ReasonMissingError, AlreadyAnsweredError.
    """
    _demand(reason)
    hold_open(request=request)
    take_step(request=request, what=What.REFUSED, taken_at=refused_at, staff_id=staff_id, note=reason)
    request.ground = ground
    _close(request, State.REFUSED, refused_at)
    letters.tell_refusal(request=request, reason=reason, written_at=refused_at)
    return request


@transaction.atomic
def fulfil(*, request: RightsRequest, done: Fulfilment, fulfilled_at: datetime.datetime) -> RightsRequest:
    """Do what was asked, write it down, and tell the person; of somebody we do not know we hold nothing.

    Source: art. 12(3) GDPR. Raises IdentityNotCheckedError, AlreadyAnsweredError, and what the right itself
    raises: AlreadyRestrictedError, KeepingNotAllowedError.
    """
    contact = request.contact
    erases = contact is not None and request.kind == Kind.ERASURE
    if contact is not None and erases:
        hold_addresses(contact=contact)
    hold_open(request=request)
    if not request.identity and request.kind not in WITHOUT_IDENTITY:
        raise IdentityNotCheckedError
    if contact is not None:
        PERFORM[Kind(request.kind)](request, contact, done, fulfilled_at)
    take_step(
        request=request,
        what=What.FULFILLED,
        taken_at=fulfilled_at,
        staff_id=done.how.staff_id,
        # A note about somebody who is erased would need the key that was just destroyed.
        note="" if erases else done.remark,
    )
    _close(request, State.DONE, fulfilled_at)
    if not erases:
        letters.tell_done(request=request, remark=done.remark, written_at=fulfilled_at)
    return request


def _close(request: RightsRequest, state: RightsRequest.State, closed_at: datetime.datetime) -> None:
    request.state, request.closed_at = state, closed_at
    request.save(update_fields=["state", "closed_at", "ground"])


def _demand(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError


def _erase(request: RightsRequest, contact: Contact, done: Fulfilment, at: datetime.datetime) -> None:
    point = letters.point_to_write_to(request=request)
    erase(
        contact=contact,
        how=done.how,
        erased_at=at,
        exemptions=done.exemptions,
        decided_by_id=done.decided_by_id,
    )
    if point is not None:
        letters.tell_erased(request=request, point=point, written_at=at)


def _restrict(request: RightsRequest, contact: Contact, done: Fulfilment, at: datetime.datetime) -> None:
    restrictions.restrict(
        contact=contact,
        reason=(done.remark or str(request.pk))[:LONGEST_REASON],
        how=done.how,
        restricted_at=at,
        recorded_at=at,
    )


def _correct(_request: RightsRequest, contact: Contact, done: Fulfilment, at: datetime.datetime) -> None:
    if done.correction is not None:
        corrections.correct(contact=contact, correction=done.correction, how=done.how, occurred_at=at)


def _stop_marketing(
    _request: RightsRequest, contact: Contact, done: Fulfilment, at: datetime.datetime
) -> None:
    withdrawals.object_to(contact=contact, scope=Scope(), how=done.how, occurred_at=at)


def _stop_profiling(
    _request: RightsRequest, contact: Contact, done: Fulfilment, at: datetime.datetime
) -> None:
    scope = Scope(channel=Channel.NONE)
    withdrawals.object_to(contact=contact, scope=scope, how=done.how, occurred_at=at)


def _send_link(request: RightsRequest, _contact: Contact, done: Fulfilment, at: datetime.datetime) -> None:
    """Who is behind their link already needs no other."""
    point = letters.point_to_write_to(request=request)
    if point is not None and request.identity != RightsRequest.Identity.LINK:
        link_requests.mail_link(point=point, legal_entity=request.legal_entity, asked_at=at)


Performing = Callable[[RightsRequest, Contact, Fulfilment, datetime.datetime], None]
PERFORM: Final[Mapping[RightsRequest.Kind, Performing]] = {
    Kind.ACCESS: _send_link,
    Kind.PORTABILITY: _send_link,
    Kind.PROOF: _send_link,
    Kind.RECTIFICATION: _correct,
    Kind.ERASURE: _erase,
    Kind.RESTRICTION: _restrict,
    Kind.MARKETING: _stop_marketing,
    Kind.PROFILING: _stop_profiling,
}
