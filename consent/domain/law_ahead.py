"""The changes of law that come, and how many people each of them will cost."""

import dataclasses
import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet

from consent.domain import audience_counts
from consent.domain.audiences import read_changes
from consent.domain.engine.question import Wanted
from consent.domain.rulebook.pack import Pack
from consent.domain.rulebook.packs import PACKS, channels_changed
from consent.domain.shortcomings.shortcoming import Scope
from consent.models import Channel, Job, Purpose
from customers.models import LegalEntity, ProductGroup

# Who hears of it half a year before has time to ask people.
LOOK_AHEAD: Final = datetime.timedelta(days=183)
COUNT_AGAIN_AFTER: Final = datetime.timedelta(days=7)
JUST_BEFORE: Final = datetime.timedelta(minutes=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cost:
    """What a change of law does to one audience; `lost` is None until it is counted."""

    pack: Pack
    legal_entity: LegalEntity
    purpose: Purpose
    channel: str
    product_group: ProductGroup | None = None
    lost: int | None = None

    @property
    def channel_name(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def wanted(self) -> tuple[Wanted, Wanted]:
        """The same question just before the change and from it on."""
        return self._asked(self.pack.starts_at - JUST_BEFORE), self._asked(self.pack.starts_at)

    def _asked(self, at: datetime.datetime) -> Wanted:
        return Wanted(
            legal_entity=self.legal_entity.code,
            purpose=self.purpose.code,
            channel=self.channel,
            product_group=self.product_group.code if self.product_group else "",
            at=at,
        )


def packs_ahead(*, at: datetime.datetime) -> list[Pack]:
    """List the rule packs that begin within half a year, the first one first."""
    coming = [pack for pack in PACKS if at < pack.starts_at <= at + LOOK_AHEAD]
    return sorted(coming, key=lambda pack: pack.starts_at)


def find_costs(*, scope: Scope, at: datetime.datetime) -> list[Cost]:
    """List every audience whose rules change, with the people it loses as far as they were counted."""
    packs = packs_ahead(at=at)
    if not packs:
        return []
    counted = _counted(scope, at)
    costs = [cost for pack in packs for cost in _audiences(pack, scope)]
    return [_with_count(cost, counted) for cost in costs]


def start_counts(*, now: datetime.datetime) -> list[Job]:
    """Have every audience counted whose rules change, unless that was done within the week."""
    costs = find_costs(scope=Scope(), at=now)
    begun = [job.key_range for job in _jobs(Scope(), now)] if costs else []
    return [
        audience_counts.start_count(wanted=cost.wanted, staff=None, now=now)
        for cost in costs
        if audience_counts.key_range_of(wanted=cost.wanted) not in begun
    ]


def _audiences(pack: Pack, scope: Scope) -> Iterator[Cost]:
    changed = channels_changed(pack=pack)
    entities = scope.narrow(
        LegalEntity.objects.filter(country=pack.jurisdiction.value),
        organisation="organisation",
        legal_entity="pk",
    )
    for entity in entities.prefetch_related("purposes", "product_groups").order_by("name", "pk"):
        # Where there are groups of products, a question is about one of them.
        groups = sorted(entity.product_groups.all(), key=lambda one: one.code) or [None]
        for purpose in sorted(entity.purposes.all(), key=lambda one: one.code):
            for channel, group in itertools.product(sorted(changed & set(purpose.channels)), groups):
                yield Cost(
                    pack=pack, legal_entity=entity, purpose=purpose, channel=channel, product_group=group
                )


def _jobs(scope: Scope, at: datetime.datetime) -> QuerySet[Job]:
    jobs: QuerySet[Job] = scope.narrow(
        Job.objects.filter(kind=Job.Kind.WHAT_IF, created_at__gt=at - COUNT_AGAIN_AFTER),
        organisation="organisation",
        legal_entity="legal_entity",
    )
    return jobs.order_by("created_at", "pk")


def _counted(scope: Scope, at: datetime.datetime) -> list[tuple[Mapping[str, Any], int]]:
    done = _jobs(scope, at).filter(state=Job.State.DONE)
    return [(job.key_range, read_changes(counts=job.counts).lost) for job in done]


def _with_count(cost: Cost, counted: Sequence[tuple[Mapping[str, Any], int]]) -> Cost:
    asked = audience_counts.key_range_of(wanted=cost.wanted)
    lost = next((number for key_range, number in reversed(counted) if key_range == asked), None)
    return dataclasses.replace(cost, lost=lost)
