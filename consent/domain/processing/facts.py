"""What a legal entity does with data, as far as is known here: its statement and its record rest on it."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from consent.models import (
    BalancingTest,
    Channel,
    CollectionPoint,
    Collector,
    ConsentRecord,
    ContentKind,
    NoticeVersion,
    Processor,
    Purpose,
    TransferGround,
)
from customers.models import RELATION_MONTHS, LegalEntity, TermExtension


class Ground(StrEnum):
    """What a purpose rests on (art. 6(1)(a), (b) and (f) GDPR)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    INTEREST = "interest"


@dataclass(frozen=True, kw_only=True)
class Use:
    """One purpose of a legal entity, the grounds it rests on there, and whether somebody made them so.

    What nobody was asked for yet, and nobody weighed, can only rest on the permission still to be asked.
    """

    purpose: Purpose
    grounds: tuple[Ground, ...]
    is_grounded: bool = True

    @property
    def passed_service_test(self) -> bool:
        test = getattr(self.purpose, "service_test", None)
        return test is not None and test.passed


@dataclass(frozen=True, kw_only=True)
class Processing:
    """Everything known of what a legal entity does with data that its statement has to tell."""

    entity: LegalEntity
    uses: Sequence[Use]
    keeps_relations: bool
    relation_months: Collection[int]
    has_data_from_others: bool
    recipients: Sequence[Processor]

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

    @property
    def has_transfers(self) -> bool:
        return any(transfers_of(one) for one in self.recipients)

    def _rests_on(self, ground: Ground) -> bool:
        return any(ground in use.grounds for use in self.uses)


def read_processing(*, legal_entity: LegalEntity, at: datetime.datetime) -> Processing:
    """Read what a legal entity does with data at a moment: its purposes with their grounds, terms, sources.

    A published request for permission makes consent a ground; a balancing test, or what customers are told on
    a transaction form, makes the legitimate interest one; a service message rests on the contract.
    """
    purposes = list(legal_entity.purposes.select_related("service_test").order_by("code", "pk"))
    told = _told_to_customers(legal_entity)
    asked, weighed = _asked(legal_entity), _weighed(legal_entity, at) | told
    uses = [_use(purpose, asked, weighed) for purpose in purposes]
    sells = legal_entity.collection_points.filter(form=CollectionPoint.Form.TRANSACTION).exists()
    return Processing(
        entity=legal_entity,
        uses=uses,
        keeps_relations=sells,
        relation_months=_relation_months(legal_entity, at) if sells else frozenset(),
        has_data_from_others=_has_data_from_others(legal_entity),
        recipients=_recipients(legal_entity, at),
    )


def transfers_of(recipient: Processor) -> list[tuple[str, TransferGround]]:
    """List the countries outside the European Economic Area where a recipient or those it engages work."""
    parties = [recipient, *recipient.sub_processors.all()]
    abroad = [(one.country, TransferGround(one.transfer_ground)) for one in parties]
    return sorted({pair for pair in abroad if pair[1] != TransferGround.NONE})


def _use(purpose: Purpose, asked: set[uuid.UUID], weighed: set[uuid.UUID]) -> Use:
    if purpose.content == ContentKind.SERVICE:
        return Use(purpose=purpose, grounds=(Ground.CONTRACT,))
    grounds = ((Ground.CONSENT, asked), (Ground.INTEREST, weighed))
    found = tuple(ground for ground, purposes in grounds if purpose.pk in purposes)
    return Use(purpose=purpose, grounds=found or (Ground.CONSENT,), is_grounded=bool(found))


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


def _recipients(entity: LegalEntity, at: datetime.datetime) -> list[Processor]:
    """Who gets data on that day, as it is in the zone of the legal entity."""
    day = at.astimezone(ZoneInfo(entity.time_zone)).date()
    in_use = Processor.objects.filter(legal_entities=entity, in_use_from_date__lte=day)
    in_use = in_use.exclude(in_use_until_date__lt=day)
    return list(in_use.prefetch_related("purposes", "sub_processors").order_by("name", "pk"))


def _has_data_from_others(entity: LegalEntity) -> bool:
    bought = entity.collection_points.filter(place=CollectionPoint.Place.LIST_PURCHASE)
    given = ConsentRecord.objects.filter(legal_entity=entity).exclude(collector=Collector.OWN)
    return bought.exists() or given.exists()
