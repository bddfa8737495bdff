"""Somebody calls or mails us: who is it, and what do they want from now on."""

import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction

from consent.domain import attempts, link_requests, number_blocks, withdrawals
from consent.domain.attempts import NewAttempt
from consent.domain.call_desk.lists import find_requested_list
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.link_requests import read_candidates
from consent.domain.withdrawals import Scope
from consent.models import (
    Actor,
    CallListEntry,
    Channel,
    ConsentEvent,
    ContactAttempt,
    DeskLookup,
    Method,
    Purpose,
    Source,
)
from customers.domain.addresses import Address, hash_address
from customers.domain.key_rings import suppression_keys
from customers.models import Contact, ContactPoint, LegalEntity, Organisation, StaffMember

CALLS = (Channel.CALL, Channel.AUTOMATED_CALL)


class WantedMomentError(ValueError):
    """A call is asked for at a moment that has passed."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """The address somebody gave, in the one form we keep, and whoever holds it."""

    address: Address
    points: tuple[ContactPoint, ...]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who answers, for which organisation and legal entities; no entities means all of them."""

    staff: StaffMember
    organisation: Organisation
    legal_entities: tuple[LegalEntity, ...] = ()


@transaction.atomic
def look_up(*, desk: Desk, text: str, at: datetime.datetime) -> Found:
    """Find who holds an address, and write down who looked whom up and when.

    Also a look-up that finds nobody is kept, by the keyed hash of the address. Raises AddressNotUsableError.
    """
    addresses = read_candidates(text=text)
    points = tuple(_holders(desk.organisation, addresses))
    known = {point.value for point in points}
    address = next((one for one in addresses if one.value in known), addresses[0])
    _log(desk, address, points, at)
    return Found(address=address, points=points)


@transaction.atomic
def object_to_calls(*, desk: Desk, point: ContactPoint, at: datetime.datetime) -> list[ConsentEvent]:
    """Record "don't call me", or for an e-mail address "don't mail me", effective at once.

    It counts for every legal entity the desk answers for. Source: art. 21(2)-(3) GDPR; art. 11.7 Tw.
    """
    channels = CALLS if point.kind == ContactPoint.Kind.PHONE else (Channel.EMAIL,)
    return [event for channel in channels for event in _object(desk, point, channel.value, at)]


def object_to_everything(*, desk: Desk, point: ContactPoint, at: datetime.datetime) -> list[ConsentEvent]:
    """Record "no contact at all", effective at once, for every legal entity the desk answers for."""
    return _object(desk, point, "", at)


def withdraw(*, desk: Desk, point: ContactPoint, scope: Scope, at: datetime.datetime) -> list[ConsentEvent]:
    """Withdraw one permission that the person names, effective at once (art. 7(3) GDPR)."""
    return withdrawals.stop(point=point, scope=scope, how=_how(desk, point), occurred_at=at)


def send_link(*, point: ContactPoint, legal_entity: LegalEntity, at: datetime.datetime) -> None:
    """Send a preference link, only ever to an address on record; after three a day no more go out."""
    link_requests.mail_link(point=point, legal_entity=legal_entity, asked_at=at)


def block_unknown(*, desk: Desk, address: Address, at: datetime.datetime) -> None:
    """Block a number that nobody of ours holds, by its keyed hash."""
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.PHONE_CALL,
        method=Method.ORAL,
        staff_id=desk.staff.pk,
        proof={"address": address.value},
    )
    number_blocks.block_number(organisation=desk.organisation, address=address, how=how, blocked_at=at)


@dataclass(frozen=True, kw_only=True)
class WantedCall:
    """A call that somebody asks for: by whom, about what, and when."""

    legal_entity: LegalEntity
    purpose: Purpose
    wanted_at: datetime.datetime
    list_name: str


@transaction.atomic
def request_call(
    *, desk: Desk, point: ContactPoint, wanted: WantedCall, at: datetime.datetime
) -> CallListEntry:
    """Log a call that somebody asks for, and put it first on the list of such calls at that moment.

    It may then fall outside calling hours (rules, "With every answer"); it gives no permission by itself: the
    engine is asked when the moment has come. Raises WantedMomentError.
    """
    if wanted.wanted_at <= at:
        raise WantedMomentError
    attempts.log_attempt(attempt=_asked_for(desk, point, wanted, at), recorded_at=at)
    call_list = find_requested_list(
        legal_entity=wanted.legal_entity, purpose_id=wanted.purpose.pk, name=wanted.list_name, at=at
    )
    entry, _made = CallListEntry.objects.update_or_create(
        call_list=call_list,
        contact_point=point,
        defaults={
            "contact_id": point.contact_id,
            "state": CallListEntry.State.WAITING,
            "held_by": None,
            "held_until": None,
            "skip_code": "",
            "next_try_at": wanted.wanted_at,
            "waits_for": CallListEntry.WaitsFor.CALL_BACK,
            "call_back_asked": True,
        },
    )
    return entry


def _asked_for(desk: Desk, point: ContactPoint, wanted: WantedCall, at: datetime.datetime) -> NewAttempt:
    return NewAttempt(
        contact_point=point,
        legal_entity=wanted.legal_entity,
        purpose=wanted.purpose,
        attempted_at=at,
        outcome=ContactAttempt.Outcome.CALL_BACK,
        agent=desk.staff,
        call_back_at=wanted.wanted_at,
        requested_by_person=True,
    )


def _holders(organisation: Organisation, addresses: list[Address]) -> list[ContactPoint]:
    points = ContactPoint.objects.filter(
        organisation=organisation,
        kind=addresses[0].kind,
        value__in=[address.value for address in addresses],
        invalid_at__isnull=True,
        contact__erased_at__isnull=True,
    )
    return list(points.select_related("contact", "organisation").order_by("created_at", "pk"))


def _log(desk: Desk, address: Address, points: tuple[ContactPoint, ...], at: datetime.datetime) -> None:
    hashed = hash_address(
        organisation_id=desk.organisation.pk,
        kind=address.kind,
        value=address.value,
        keys=suppression_keys(),
    )
    people: list[Contact | None] = [point.contact for point in points] or [None]
    DeskLookup.objects.bulk_create(
        DeskLookup(
            organisation=desk.organisation,
            staff=desk.staff,
            looked_up_at=at,
            address_hash=hashed.digest,
            hash_key_version=hashed.key_version,
            contact=person,
        )
        for person in people
    )


@transaction.atomic
def _object(desk: Desk, point: ContactPoint, channel: str, at: datetime.datetime) -> list[ConsentEvent]:
    entities: list[uuid.UUID | None] = [entity.pk for entity in desk.legal_entities]
    return [
        event
        for entity_id in entities or [None]
        for event in withdrawals.object_to(
            contact=point.contact,
            scope=Scope(legal_entity_id=entity_id, channel=channel),
            how=_how(desk, point),
            occurred_at=at,
        )
    ]


def _how(desk: Desk, point: ContactPoint) -> Circumstances:
    phone = point.kind == ContactPoint.Kind.PHONE
    return Circumstances(
        actor=Actor.SUBJECT,
        source=Source.PHONE_CALL if phone else Source.DIRECT_MESSAGE,
        method=Method.ORAL if phone else Method.REPLY,
        staff_id=desk.staff.pk,
        proof={"address": point.value, "agent": str(desk.staff)},
    )
