"""What an endpoint is told: whom to stop and for what, made at the moment of sending and kept nowhere."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import QuerySet

from consent.domain.ledger import evidence
from consent.domain.notifying.secrets import read_secrets
from consent.domain.notifying.signing import hash_of_address
from consent.domain.notifying.writing import data_kinds_of
from consent.models import Channel, DataKind, Endpoint, Notification, SubjectKey, Topic
from customers.models import Contact, ContactPoint

KINDS: Final = tuple(ContactPoint.Kind.values)


class PersonErasedError(LookupError):
    """The person was erased before this was told; the erasure is told instead."""


def compose(*, notification: Notification, at: datetime.datetime) -> dict[str, Any]:
    """Say what happened, to whom and for what, with no more personal data than is needed to act on it.

    Addresses only of the kinds that the receiver is registered to have, in the form that its endpoint chose.
    Raises PersonErasedError.
    """
    return {
        "type": notification.topic,
        "timestamp": notification.occurred_at.isoformat(),
        "data": {} if notification.topic == Topic.TEST else _about(notification, at),
    }


def as_body(*, payload: Mapping[str, Any]) -> bytes:
    """The payload as the bytes that are signed and sent."""
    return orjson.dumps(payload)


def find_addresses(*, notification: Notification) -> list[dict[str, str]]:
    """Find the addresses that a notification is about; raises PersonErasedError when they are gone."""
    if notification.topic == Topic.ERASED or notification.contact_id is None:
        return _kept_addresses(notification)
    may_have = data_kinds_of(endpoint=notification.endpoint)
    points = [point for point in _points(notification) if point.kind in may_have]
    return [{"kind": point.kind, "value": point.value} for point in points]


@transaction.atomic
def forget_addresses(*, notification_ids: Collection[uuid.UUID]) -> None:
    """Destroy the addresses that were kept to be told: they were told, or never will be."""
    Notification.objects.filter(pk__in=notification_ids).update(nonce=None, ciphertext=None)
    SubjectKey.objects.filter(subject_id__in=notification_ids).delete()


def _about(notification: Notification, at: datetime.datetime) -> dict[str, Any]:
    entity, purpose = notification.legal_entity, notification.purpose
    about: dict[str, Any] = {
        "contact": str(notification.contact_id) if notification.contact_id else None,
        "legal_entity": entity.code if entity else None,
        "purpose": purpose.code if purpose else None,
        "channel": notification.channel or None,
    }
    if notification.endpoint.identify_by != Endpoint.Identify.REFERENCE:
        about["addresses"] = _identified(notification, at)
    if notification.topic == Topic.RECTIFIED:
        about["corrected"] = _corrected(notification)
    return about


def _identified(notification: Notification, at: datetime.datetime) -> list[dict[str, Any]]:
    addresses = find_addresses(notification=notification)
    if notification.endpoint.identify_by == Endpoint.Identify.ADDRESS:
        return list(addresses)
    secrets = read_secrets(endpoint=notification.endpoint, at=at)
    return [
        {
            "kind": one["kind"],
            "hmac_sha256": [hash_of_address(secret=secret, value=one["value"]) for secret in secrets],
        }
        for one in addresses
    ]


def _kept_addresses(notification: Notification) -> list[dict[str, str]]:
    if notification.ciphertext is None or notification.nonce is None:
        return []
    try:
        keys = evidence.subject_keys_at_hand(subject_ids=[notification.pk])
    except evidence.EvidenceGoneError as error:
        raise PersonErasedError from error
    plain = evidence.decrypt(
        key=keys[notification.pk],
        nonce=bytes(notification.nonce),
        ciphertext=bytes(notification.ciphertext),
        bound_to=notification.pk,
    )
    addresses: list[dict[str, str]] = orjson.loads(plain)
    return addresses


def _points(notification: Notification) -> Sequence[ContactPoint]:
    points = _points_of(_person(notification))
    if notification.contact_point_id is not None:
        points = points.filter(pk=notification.contact_point_id)
    elif notification.channel:
        points = points.filter(kind=Channel(notification.channel).point_kind) or points
    return list(points)


def _points_of(contact: Contact) -> QuerySet[ContactPoint]:
    # A replaced address too: the receiver may know the person by it.
    points = ContactPoint.objects.filter(contact=contact)
    return points.exclude(invalid_reason=ContactPoint.Invalidity.WRONG_NUMBER).order_by("created_at", "pk")


def _person(notification: Notification) -> Contact:
    person = Contact.objects.filter(pk__in=[notification.contact_id]).first()
    if person is None or person.erased_at is not None:
        raise PersonErasedError
    return person


def _corrected(notification: Notification) -> dict[str, Any]:
    """What the details are now, of the kinds that changed and that this receiver has."""
    person = _person(notification)
    current = _points_of(person).filter(invalid_at__isnull=True)
    now: dict[str, Any] = {
        kind: [point.value for point in current if point.kind == kind]
        for kind in KINDS
        if kind in notification.corrected
    }
    if DataKind.NAMES in notification.corrected:
        now["NAMES"] = {"given_name": person.given_name, "family_name": person.family_name}
    return now
