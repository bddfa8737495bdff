"""What a legal entity does with data, as far as is known here: its statement and its record rest on it."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from consent.models import (
    BalancingTest,
    Channel,
    CollectionPoint,
    Collector,
    ConsentRecord,
    ContentKind,
    NoticeVersion,
    Purpose,
)
from customers.models import RELATION_MONTHS, LegalEntity, TermExtension


class Ground(StrEnum):
    """What a purpose rests on (art. 6(1)(a), (b) and (f) GDPR)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    INTEREST = "interest"


@dataclass(frozen=True, kw_only=True)
class Use:
    """One purpose of a legal entity, and the grounds it rests on there."""

    purpose: Purpose
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, kw_only=True)
class Processing:
    """Everything known of what a legal entity does with data that its statement has to tell."""

    entity: LegalEntity
    uses: Sequence[Use]
    keeps_relations: bool
    relation_months: Collection[int]
    has_data_from_others: bool

    @property
    def has_officer(self) -> bool:
        return bool(self.entity.dpo_name or self.entity.dpo_email)

    @property
    def rests_on_consent(self) -> bool:
        return self._rests_on(Ground.CONSENT)

    @property
    def rests_on_interests(self) -> bool:
        return self._rests_on(Ground.INTEREST)

    @property
    def makes_profiles(self) -> bool:
        return any(Channel.NONE in use.purpose.channels for use in self.uses)

    def _rests_on(self, ground: Ground) -> bool:
        return any(ground in use.grounds for use in self.uses)


def read_processing(*, legal_entity: LegalEntity, at: datetime.datetime) -> Processing:
    """Read what a legal entity does with data at a moment: its purposes with their grounds, terms, sources.

    A published request for permission makes consent a ground; a balancing test, or what customers are told on
    a transaction form, makes the legitimate interest one; a service message rests on the contract.
    """
    purposes = list(legal_entity.purposes.order_by("code", "pk"))
    told = _told_to_customers(legal_entity)
    asked, weighed = _asked(legal_entity), _weighed(legal_entity, at) | told
    uses = [Use(purpose=purpose, grounds=_grounds(purpose, asked, weighed)) for purpose in purposes]
    sells = legal_entity.collection_points.filter(form=CollectionPoint.Form.TRANSACTION).exists()
    return Processing(
        entity=legal_entity,
        uses=uses,
        keeps_relations=sells,
        relation_months=_relation_months(legal_entity, at) if sells else frozenset(),
        has_data_from_others=_has_data_from_others(legal_entity),
    )


def _grounds(purpose: Purpose, asked: set[uuid.UUID], weighed: set[uuid.UUID]) -> tuple[Ground, ...]:
    if purpose.content == ContentKind.SERVICE:
        return (Ground.CONTRACT,)
    grounds = ((Ground.CONSENT, asked), (Ground.INTEREST, weighed))
    # What nobody was asked for yet, and nobody weighed, can only rest on the permission still to be asked.
    return tuple(ground for ground, purposes in grounds if purpose.pk in purposes) or (Ground.CONSENT,)


def _asked(entity: LegalEntity) -> set[uuid.UUID]:
    versions = NoticeVersion.objects.filter(notice__legal_entity=entity, published_at__isnull=False)
    told = CollectionPoint.objects.filter(soft_optin_notice__isnull=False).values("soft_optin_notice")
    return set(versions.exclude(pk__in=told).values_list("notice__purpose_id", flat=True))


def _told_to_customers(entity: LegalEntity) -> set[uuid.UUID]:
    points = entity.collection_points.filter(soft_optin_notice__isnull=False)
    return set(points.values_list("soft_optin_notice__notice__purpose_id", flat=True))


def _weighed(entity: LegalEntity, at: datetime.datetime) -> set[uuid.UUID]:
    tests = BalancingTest.objects.filter(legal_entity=entity, concluded_at__lte=at)
    return set(tests.exclude(valid_until_at__lte=at).values_list("purpose_id", flat=True))


def _relation_months(entity: LegalEntity, at: datetime.datetime) -> frozenset[int]:
    longer = TermExtension.objects.filter(legal_entity=entity, decided_at__lte=at)
    return frozenset({RELATION_MONTHS, *longer.values_list("term_months", flat=True)})


def _has_data_from_others(entity: LegalEntity) -> bool:
    bought = entity.collection_points.filter(place=CollectionPoint.Place.LIST_PURCHASE)
    given = ConsentRecord.objects.filter(legal_entity=entity).exclude(collector=Collector.OWN)
    return bought.exists() or given.exists()
