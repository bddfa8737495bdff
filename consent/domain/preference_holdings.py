"""What is held about one contact that bears on what they permit: each table is read once."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from consent.domain.contact_answers import Spot, names_contact, products_bought, products_to_ask
from consent.domain.suppressions import find_suppressions
from consent.models import (
    Channel,
    ConsentRecord,
    ContentKind,
    NoticeVersion,
    Objection,
    Purpose,
    Suppression,
)
from customers.domain.addresses import Address
from customers.models import Contact, ContactPoint, CustomerRelation, LegalEntity, ProductGroup

NOT_OFFERED = (ContentKind.SERVICE, ContentKind.CONSENT_REQUEST)


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """The rows of the database that a person's choices rest on."""

    contact: Contact
    opened_with: ContactPoint
    now: datetime.datetime
    legal_entities: Sequence[LegalEntity]
    points: Sequence[ContactPoint]
    records: Mapping[Spot, Sequence[ConsentRecord]]
    relations: Mapping[str, CustomerRelation]
    bought: Mapping[uuid.UUID, Sequence[ProductGroup]]
    offers: Sequence[Spot]
    objections: Sequence[Objection]
    suppressions: dict[str, list[Suppression]]
    notices: Sequence[NoticeVersion]

    def points_to_ask(self, spot: Spot) -> list[ContactPoint]:
        """The addresses a channel can use; for processing, which hangs on the contact, one that works."""
        if spot.channel == Channel.NONE:
            return [point for point in self.points if names_contact(point=point)][:1]
        return [point for point in self.points if point.kind == spot.channel.point_kind]

    def products_to_ask(self, spot: Spot) -> Sequence[ProductGroup | None]:
        """The products a person may be told about: one choice is about all of them."""
        return products_to_ask(purpose=spot.purpose, bought=self.bought.get(spot.legal_entity.pk, ()))

    def places_beside_records(self, spot: Spot) -> list[ContactPoint | None]:
        """The usable addresses on which nothing was ever asked or given; none for processing."""
        taken = {record.contact_point_id for record in self.records.get(spot, ())}
        if spot.channel == Channel.NONE:
            return [] if taken else [None]
        return [
            point
            for point in self.points_to_ask(spot)
            if point.pk not in taken and point.invalid_at is None and not point.placeholder
        ]

    def newest_notice(self, spot: Spot) -> NoticeVersion | None:
        return next((version for version in self.notices if _is_about(version, spot)), None)

    def notice(self, notice_version_id: uuid.UUID | None) -> NoticeVersion | None:
        return next((version for version in self.notices if version.pk == notice_version_id), None)

    def stops_of(self, spot: Spot) -> list[Objection]:
        return [objection for objection in self.objections if _reaches(objection, spot)]

    def stopped_at(self, spot: Spot, address: str) -> datetime.datetime | None:
        """The last moment at which the person, or a block on the address, stopped this."""
        moments = [objection.objected_at for objection in self.stops_of(spot) if objection.objected_at]
        blocks = self.suppressions.get(address, [])
        moments += [block.suppressed_at for block in blocks if block.channel in ("", spot.channel)]
        return max(moments, default=None)

    def own_objection(self, spot: Spot) -> Objection | None:
        """The objection to exactly this, when no wider stop stands beside it."""
        stops = self.stops_of(spot)
        exact = [stop for stop in stops if stop.purpose_id and stop.legal_entity_id and stop.channel]
        return exact[0] if len(stops) == len(exact) == 1 else None


def read_holdings(*, contact: Contact, opened_with: ContactPoint, now: datetime.datetime) -> Holdings:
    """Read everything that bears on what a contact permits."""
    points = _own_first(contact, opened_with)
    addresses = [Address(kind=point.kind, value=point.value, raw_input=point.raw_input) for point in points]
    entities = list(contact.organisation.legal_entities.order_by("name", "pk"))
    spots = _Spots({entity.pk: entity for entity in entities})
    return Holdings(
        contact=contact,
        opened_with=opened_with,
        now=now,
        legal_entities=entities,
        points=points,
        records=_records(contact, spots),
        relations={str(relation.pk): relation for relation in contact.relations.order_by("pk")},
        bought=products_bought(contact=contact),
        offers=_offers(contact, spots),
        objections=list(contact.objections.filter(standing=True).order_by("objected_at", "pk")),
        suppressions=find_suppressions(organisation=contact.organisation, addresses=addresses),
        notices=_notices(contact),
    )


class _Spots(NamedTuple):
    """Where the permissions of one contact can stand."""

    entities: Mapping[uuid.UUID, LegalEntity]

    def find(self, legal_entity_id: uuid.UUID, purpose: Purpose, channel: str) -> Spot:
        return Spot(self.entities[legal_entity_id], purpose, Channel(channel), None)


def _own_first(contact: Contact, opened_with: ContactPoint) -> list[ContactPoint]:
    points = contact.points.order_by("created_at", "pk")
    return sorted(points, key=lambda point: (point.pk != opened_with.pk, point.verified_at is None))


def _records(contact: Contact, spots: _Spots) -> dict[Spot, list[ConsentRecord]]:
    found: dict[Spot, list[ConsentRecord]] = {}
    for record in contact.consent_records.select_related("purpose").order_by("granted_at", "pk"):
        spot = spots.find(record.legal_entity_id, record.purpose, record.channel)
        found.setdefault(spot, []).append(record)
    return found


def _offers(contact: Contact, spots: _Spots) -> list[Spot]:
    served = (
        Purpose.legal_entities.through.objects.filter(purpose__organisation=contact.organisation)
        .exclude(purpose__content__in=NOT_OFFERED)
        .select_related("purpose")
        .order_by("pk")
    )
    return [
        spots.find(row.legalentity_id, row.purpose, channel)
        for row in served
        for channel in row.purpose.channels
    ]


def _notices(contact: Contact) -> list[NoticeVersion]:
    """The published wordings, newest first."""
    versions = NoticeVersion.objects.filter(
        notice__legal_entity__organisation=contact.organisation, published_at__isnull=False
    )
    return list(versions.select_related("notice").order_by("-published_at", "-number", "pk"))


def _is_about(version: NoticeVersion, spot: Spot) -> bool:
    notice = version.notice
    return (notice.legal_entity_id, notice.purpose_id, notice.channel) == (
        spot.legal_entity.pk,
        spot.purpose.pk,
        spot.channel,
    )


def _reaches(objection: Objection, spot: Spot) -> bool:
    return (
        objection.legal_entity_id in (None, spot.legal_entity.pk)
        and objection.purpose_id in (None, spot.purpose.pk)
        and objection.channel in ("", spot.channel)
    )
