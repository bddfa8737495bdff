import datetime
import enum
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from consent.domain.rulebook.packs.be_2015_07_11 import LIST_IS_FRESH_FOR
from customers.models import Contact, Country, LegalEntity, Organisation

# Time enough to fetch a new one before the calls stop.
WARN_AFTER = datetime.timedelta(hours=96)


class Freshness(enum.Enum):
    """Whether the last copy of the list still allows calls."""

    FRESH = enum.auto()
    ENDING = enum.auto()
    STALE = enum.auto()
    MISSING = enum.auto()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How fresh the list of one organisation is."""

    organisation: Organisation
    taken_at: datetime.datetime | None
    freshness: Freshness

    @property
    def fresh_until(self) -> datetime.datetime | None:
        return self.taken_at + LIST_IS_FRESH_FOR if self.taken_at else None


def judge(*, taken_at: datetime.datetime | None, at: datetime.datetime) -> Freshness:
    """Say how fresh a copy of the list taken then is at this moment: 120 hours to the second still count."""
    if taken_at is None or taken_at > at:
        return Freshness.MISSING
    age = at - taken_at
    if age > LIST_IS_FRESH_FOR:
        return Freshness.STALE
    return Freshness.ENDING if age >= WARN_AFTER else Freshness.FRESH


def find_lists_to_renew(*, organisations: QuerySet[Organisation], at: datetime.datetime) -> list[Standing]:
    """List which of these organisations call Belgium without a list that is fresh for another day.

    An organisation calls Belgium when it has a Belgian legal entity or a Belgian contact.
    """
    entities = LegalEntity.objects.filter(organisation=OuterRef("pk"), country=Country.BE)
    contacts = Contact.objects.filter(organisation=OuterRef("pk"), country=Country.BE)
    last = Max("do_not_call_snapshots__taken_at", filter=Q(do_not_call_snapshots__taken_at__lte=at))
    rows = organisations.filter(Exists(entities) | Exists(contacts)).annotate(last_taken_at=last)
    found = (
        Standing(
            organisation=one, taken_at=one.last_taken_at, freshness=judge(taken_at=one.last_taken_at, at=at)
        )
        for one in rows.order_by("name", "pk")
    )
    return [one for one in found if one.freshness is not Freshness.FRESH]
