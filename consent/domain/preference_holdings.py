"""What is held about one contact that bears on what they permit: each table is read once."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from consent.domain.suppressions import find_suppressions
from consent.models import (
    BalancingTest,
    Channel,
    ConsentRecord,
    ContentKind,
    NoticeVersion,
    Objection,
    Purpose,
    Restriction,
    Suppression,
)
from customers.domain.addresses import Address
from customers.models import Contact, ContactPoint, CustomerRelation, LegalEntity

NOT_OFFERED = (ContentKind.SERVICE, ContentKind.CONSENT_REQUEST)


class Spot(NamedTuple):
    """One legal entity, purpose and channel: where a permission can stand."""

    legal_entity: LegalEntity
    purpose: Purpose
    channel: Channel


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """The rows of the database that a person's choices rest on."""

    contact: Contact
    opened_with: ContactPoint
    now: datetime.datetime
    legal_entities: Sequence[LegalEntity]
    points: Sequence[ContactPoint]
    records: Sequence[ConsentRecord]
    relations: Sequence[CustomerRelation]
    offers: Sequence[tuple[uuid.UUID, Purpose]]
    objections: Sequence[Objection]
    suppressions: dict[str, list[Suppression]]
    notices: Sequence[NoticeVersion]
    balanced: frozenset[tuple[uuid.UUID, uuid.UUID, str]]
    restricted: bool

    def records_of(self, spot: Spot) -> list[ConsentRecord]:
        return [
            record
            for record in self.records
            if (record.legal_entity_id, record.purpose_id, record.channel)
            == (spot.legal_entity.pk, spot.purpose.pk, spot.channel)
        ]

    def points_beside_records(self, spot: Spot) -> tuple[ContactPoint, ...]:
        """The usable addresses for a channel on which nothing was ever asked or given."""
        taken = {record.contact_point_id for record in self.records_of(spot)}
        return tuple(
            point
            for point in self.points
            if point.kind == spot.channel.point_kind
            and point.pk not in taken
            and point.invalid_at is None
            and not point.placeholder
        )

    def newest_notice(self, spot: Spot) -> NoticeVersion | None:
        return next((version for version in self.notices if _is_about(version, spot)), None)

    def notice(self, notice_version_id: uuid.UUID | None) -> NoticeVersion | None:
        return next((version for version in self.notices if version.pk == notice_version_id), None)

    def stops_of(self, spot: Spot) -> list[Objection]:
        return [objection for objection in self.objections if _reaches(objection, spot)]

    def stopped_at(self, spot: Spot, points: Sequence[ContactPoint]) -> datetime.datetime | None:
        """The last moment at which the person, or a block on the address, stopped this."""
        moments = [objection.objected_at for objection in self.stops_of(spot) if objection.objected_at]
        moments += [
            block.suppressed_at
            for point in points
            for block in self.suppressions.get(point.value, [])
            if block.channel in ("", spot.channel)
        ]
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
    return Holdings(
        contact=contact,
        opened_with=opened_with,
        now=now,
        legal_entities=list(contact.organisation.legal_entities.order_by("name", "pk")),
        points=points,
        records=list(contact.consent_records.select_related("purpose").order_by("granted_at", "pk")),
        relations=_relations(contact),
        offers=_offers(contact),
        objections=list(contact.objections.filter(standing=True).order_by("objected_at", "pk")),
        suppressions=find_suppressions(organisation=contact.organisation, addresses=addresses),
        notices=_notices(contact),
        balanced=_balanced(contact, now),
        restricted=Restriction.objects.filter(contact=contact, lifted_at__isnull=True).exists(),
    )


def _own_first(contact: Contact, opened_with: ContactPoint) -> list[ContactPoint]:
    points = contact.points.order_by("created_at", "pk")
    return sorted(points, key=lambda point: (point.pk != opened_with.pk, point.verified_at is None))


def _relations(contact: Contact) -> list[CustomerRelation]:
    relations = CustomerRelation.objects.filter(contact=contact).exclude(
        reason_ended=CustomerRelation.Ending.ERASED
    )
    return list(relations.select_related("product_group").order_by("-last_agreement_at", "pk"))


def _offers(contact: Contact) -> list[tuple[uuid.UUID, Purpose]]:
    served = (
        Purpose.legal_entities.through.objects.filter(purpose__organisation=contact.organisation)
        .exclude(purpose__content__in=NOT_OFFERED)
        .select_related("purpose")
        .order_by("pk")
    )
    return [(row.legalentity_id, row.purpose) for row in served]


def _notices(contact: Contact) -> list[NoticeVersion]:
    """The published wordings, newest first."""
    versions = NoticeVersion.objects.filter(
        notice__legal_entity__organisation=contact.organisation, published_at__isnull=False
    )
    return list(versions.select_related("notice").order_by("-published_at", "-number", "pk"))


def _balanced(contact: Contact, now: datetime.datetime) -> frozenset[tuple[uuid.UUID, uuid.UUID, str]]:
    tests = BalancingTest.objects.filter(
        Q(valid_until_at__isnull=True) | Q(valid_until_at__gt=now),
        legal_entity__organisation=contact.organisation,
        concluded_at__lte=now,
    )
    return frozenset(tests.values_list("legal_entity_id", "purpose_id", "channel"))


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
