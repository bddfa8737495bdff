"""Who outside is told of an act: written in the transaction of the act itself, so that none is forgotten."""

import datetime
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import orjson
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Q, QuerySet

from consent.domain.ledger import evidence
from consent.models import Act, ConsentEvent, DataKind, Endpoint, Notification, Topic
from customers.domain.addresses import Address
from customers.domain.inserting import insert_rows
from customers.models import Contact, ContactPoint

TOPIC_OF_ACT: Final[Mapping[str, Topic]] = {
    Act.WITHDRAWN: Topic.WITHDRAWN,
    Act.REFUSED: Topic.WITHDRAWN,
    Act.OBJECTED: Topic.OBJECTED,
    Act.ERASED: Topic.ERASED,
    Act.RESTRICTED: Topic.RESTRICTED,
    Act.RESTRICTION_LIFTED: Topic.UNRESTRICTED,
}


def tell_of_events(*, events: Sequence[ConsentEvent]) -> list[Notification]:
    """Write for each endpoint outside what it is told of these acts; called by the one writer of the ledger.

    Only stops, erasures and restrictions: a yes is given to nobody by itself. Source: art. 7(3), 17(2) and 19
    GDPR; C-129/21 (Proximus). One question for all events, and none where no act is told of.
    """
    told = [event for event in events if event.act in TOPIC_OF_ACT]
    if not told:
        return []
    endpoints = list(_endpoints({event.organisation_id for event in told}))
    rows = [_of_event(event, one) for event in told for one in endpoints if _concerns(event, one)]
    _overtake([row.contact_id for row in rows if row.topic == Topic.ERASED])
    _keep_addresses(rows)
    insert_rows(rows=rows)
    return rows


def tell_of_block(*, event: ConsentEvent, address: Address, point: ContactPoint | None) -> list[Notification]:
    """Write for each endpoint that an address was blocked: whoever holds it objects, known here or not.

    An endpoint that is not registered to have such addresses hears nothing; nor does one that knows people by
    our reference only, where nobody here holds the address. What cannot be looked up later is kept encrypted
    until it was told. Source: art. 19 and 21(3) GDPR; C-129/21 (Proximus).
    """
    by_reference = Endpoint.Identify.REFERENCE
    rows = [
        Notification(
            organisation_id=event.organisation_id,
            endpoint=endpoint,
            topic=Topic.OBJECTED,
            event_id=event.pk,
            contact_id=point.contact_id if point else None,
            contact_point_id=point.pk if point else None,
            channel=event.channel,
            occurred_at=event.occurred_at,
            created_at=event.recorded_at,
            due_at=event.recorded_at,
        )
        for endpoint in _endpoints({event.organisation_id})
        if Topic.OBJECTED in endpoint.topics
        and (point or endpoint.identify_by != by_reference)
        and address.kind in data_kinds_of(endpoint=endpoint)
    ]
    if point is None:
        _keep(rows, lambda _row: [{"kind": address.kind, "value": address.value}])
    insert_rows(rows=rows)
    return rows


@transaction.atomic
def tell_of_correction(
    *, contact: Contact, corrected: Sequence[DataKind], occurred_at: datetime.datetime
) -> list[Notification]:
    """Write for each endpoint that gets such data that it was corrected (art. 16 and 19 GDPR)."""
    if not corrected:
        return []
    rows = [
        Notification(
            organisation_id=contact.organisation_id,
            endpoint=endpoint,
            topic=Topic.RECTIFIED,
            contact_id=contact.pk,
            corrected=[kind for kind in corrected if _gets(endpoint, kind)],
            occurred_at=occurred_at,
            created_at=occurred_at,
            due_at=occurred_at,
        )
        for endpoint in _endpoints({contact.organisation_id})
        if Topic.RECTIFIED in endpoint.topics and any(_gets(endpoint, kind) for kind in corrected)
    ]
    return Notification.objects.bulk_create(rows)


def write_test(*, endpoint: Endpoint, written_at: datetime.datetime) -> Notification:
    """Write a test, which goes the way that everything goes."""
    return Notification.objects.create(
        organisation_id=endpoint.organisation_id,
        endpoint=endpoint,
        topic=Topic.TEST,
        occurred_at=written_at,
        created_at=written_at,
        due_at=written_at,
    )


def data_kinds_of(*, endpoint: Endpoint) -> frozenset[str]:
    """Say which data an endpoint may be told: what its processor is registered for, or all of it."""
    return frozenset(DataKind.values if endpoint.processor is None else endpoint.processor.data)


def _gets(endpoint: Endpoint, kind: DataKind) -> bool:
    return kind in data_kinds_of(endpoint=endpoint)


def _endpoints(organisation_ids: set[uuid.UUID]) -> QuerySet[Endpoint]:
    on = Endpoint.objects.exclude(Q(disabled_because=Endpoint.Ending.STAFF) | Q(disabled_because="GONE"))
    return (
        on.filter(organisation__in=organisation_ids)
        .annotate(
            for_entities=ArrayAgg("legal_entities", distinct=True),
            for_purposes=ArrayAgg("purposes", distinct=True, filter=Q(purposes__isnull=False), default=[]),
        )
        .select_related("processor")
        .order_by("pk")
    )


def _concerns(event: ConsentEvent, endpoint: Any) -> bool:
    return (
        endpoint.organisation_id == event.organisation_id
        and TOPIC_OF_ACT[event.act] in endpoint.topics
        and (event.legal_entity_id is None or event.legal_entity_id in endpoint.for_entities)
        and (
            event.purpose_id is None or not endpoint.for_purposes or event.purpose_id in endpoint.for_purposes
        )
    )


def _of_event(event: ConsentEvent, endpoint: Endpoint) -> Notification:
    return Notification(
        organisation_id=event.organisation_id,
        endpoint=endpoint,
        topic=TOPIC_OF_ACT[event.act],
        event_id=event.pk,
        contact_id=event.subject_id,
        contact_point_id=event.contact_point_id,
        legal_entity_id=event.legal_entity_id,
        purpose_id=event.purpose_id,
        channel=event.channel,
        occurred_at=event.occurred_at,
        created_at=event.recorded_at,
        due_at=event.recorded_at,
    )


def _overtake(contact_ids: Collection[uuid.UUID | None]) -> None:
    """Who was just erased is no longer withdrawn or corrected elsewhere: the erasure says more."""
    if contact_ids:
        waiting = Notification.objects.filter(contact_id__in=contact_ids, state=Notification.State.WAITING)
        waiting.exclude(topic=Topic.ERASED).update(state=Notification.State.OVERTAKEN)


def _keep_addresses(rows: Sequence[Notification]) -> None:
    """After an erasure nobody can look up whom to stop: so long as it waits, the row holds it, encrypted."""
    by_reference = Endpoint.Identify.REFERENCE
    kept = [row for row in rows if row.topic == Topic.ERASED and row.endpoint.identify_by != by_reference]
    points = _points({row.contact_id for row in kept})

    def addresses_of(row: Notification) -> list[dict[str, str]]:
        may_have = data_kinds_of(endpoint=row.endpoint)
        return [one for one in points.get(row.contact_id, []) if one["kind"] in may_have]

    _keep(kept, addresses_of)


def _keep(rows: Sequence[Notification], addresses_of: Callable[[Notification], list[dict[str, str]]]) -> None:
    keys = evidence.subject_keys(subject_ids=[row.id for row in rows])
    for row in rows:
        row.nonce, row.ciphertext = evidence.encrypt(
            key=keys[row.id], plain=orjson.dumps(addresses_of(row)), bound_to=row.id
        )


def _points(contact_ids: set[uuid.UUID | None]) -> dict[uuid.UUID | None, list[dict[str, str]]]:
    """Every address somebody ever gave, also a replaced one; a number that was another's says nothing."""
    rows = (
        ContactPoint.objects.filter(contact__in=contact_ids) if contact_ids else ContactPoint.objects.none()
    )
    points: dict[uuid.UUID | None, list[dict[str, str]]] = {}
    for point in rows.exclude(invalid_reason=ContactPoint.Invalidity.WRONG_NUMBER).order_by("value", "pk"):
        points.setdefault(point.contact_id, []).append({"kind": point.kind, "value": point.value})
    return points
