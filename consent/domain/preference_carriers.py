"""Which ground beside consent carries contact: facts in, ground out; no database here."""

import datetime
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from consent.models import Channel, ConsentRecord, ContentKind, Purpose
from customers.models import (
    Collection,
    Contact,
    ContactPoint,
    CustomerRelation,
    LegalEntity,
    LegalForm,
    RelationKind,
)

DUTCH_CALLS_TO_CUSTOMERS_ENDED: Final = datetime.datetime(2026, 6, 30, 22, 0, tzinfo=datetime.UTC)
DUTCH_OPTOUT_AT_COLLECTION_SINCE: Final = datetime.datetime(2021, 6, 30, 22, 0, tzinfo=datetime.UTC)
COMPANIES_IN_NL: Final = frozenset(
    {
        LegalForm.BV,
        LegalForm.NV,
        LegalForm.COOPERATIE,
        LegalForm.VERENIGING,
        LegalForm.STICHTING,
        LegalForm.PUBLIC_BODY,
    }
)
MESSAGES: Final = frozenset({Channel.EMAIL, Channel.SMS, Channel.MESSAGING})
GOOD_CAUSES: Final = frozenset({ContentKind.IDEAL, ContentKind.CHARITABLE})


class Ground(enum.Enum):
    """What carries a permission."""

    CONSENT = enum.auto()
    CUSTOMER = enum.auto()
    DONOR = enum.auto()
    VOLUNTEER = enum.auto()
    ATTENDEE = enum.auto()
    COMPANY = enum.auto()
    PUBLISHED = enum.auto()
    INTEREST = enum.auto()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known about one permission: one legal entity, purpose and channel on these addresses."""

    contact: Contact
    legal_entity: LegalEntity
    purpose: Purpose
    channel: Channel
    points: Sequence[ContactPoint]
    record: ConsentRecord | None
    relations: Sequence[CustomerRelation]
    stopped_at: datetime.datetime | None
    restricted: bool
    balanced: bool
    now: datetime.datetime

    @property
    def country(self) -> str:
        """The country whose rules count (rules, "Jurisdiction")."""
        if self.contact.country:
            return self.contact.country
        numbers = [point.value for point in self.points if point.kind == ContactPoint.Kind.PHONE]
        prefixes = {"+31": "NL", "+32": "BE"}
        return prefixes.get(numbers[0][:3], "EU") if numbers else self.legal_entity.country


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A ground other than consent, since when it stands and until when."""

    ground: Ground
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None


def find_carrier(*, facts: Facts) -> Carrier | None:
    """Find the ground beside consent that carries contact, in the order of the table of the channel."""
    if facts.purpose.content in (ContentKind.SERVICE, ContentKind.CONSENT_REQUEST) or not facts.points:
        return None
    if _is_company_to_call(facts):
        return Carrier(ground=Ground.COMPANY)
    return _published(facts) or _from_impersonal(facts) or _from_relation(facts) or _from_balance(facts)


def _is_company_to_call(facts: Facts) -> bool:
    is_company = facts.contact.legal_form in COMPANIES_IN_NL
    return facts.channel == Channel.CALL and facts.country == "NL" and is_company


def _published(facts: Facts) -> Carrier | None:
    """An organisation that published an address to receive offers (art. 11.7(3)(a) Tw)."""
    today = facts.now.date()
    published = any(p.published_from_date and p.published_from_date <= today for p in facts.points)
    channels = {*MESSAGES, Channel.CALL}
    fits = facts.country == "NL" and bool(facts.contact.legal_form) and facts.channel in channels
    return Carrier(ground=Ground.PUBLISHED) if published and fits else None


def _from_impersonal(facts: Facts) -> Carrier | None:
    """A department's address of a company (Royal Decree of 4 April 2003, Belgium)."""
    impersonal = any(point.impersonal for point in facts.points)
    fits = facts.country == "BE" and facts.channel == Channel.EMAIL and bool(facts.contact.legal_form)
    person = facts.contact.legal_form in (LegalForm.EENMANSZAAK, LegalForm.MAATSCHAP)
    return Carrier(ground=Ground.COMPANY) if impersonal and fits and not person else None


def _from_relation(facts: Facts) -> Carrier | None:
    for relation in facts.relations:
        ground = _ground_of(relation, facts)
        if ground is not None and _keeps_conditions(relation, facts):
            since, until = _collected_at(relation, facts.channel), None
            if facts.channel == Channel.CALL:
                until = relation.ends_at
            return Carrier(ground=ground, since=since or relation.started_at, until=until)
    return None


def _ground_of(relation: CustomerRelation, facts: Facts) -> Ground | None:
    good_cause = facts.purpose.content in GOOD_CAUSES
    if facts.country == "NL" and facts.channel == Channel.CALL:
        return _ground_to_call(relation, facts, good_cause=good_cause)
    if facts.country == "NL" and facts.channel in MESSAGES:
        grounds = (
            {RelationKind.DONATION: Ground.DONOR} if good_cause else {RelationKind.SALE: Ground.CUSTOMER}
        )
        return grounds.get(RelationKind(relation.kind))
    if facts.country == "BE" and facts.channel == Channel.EMAIL and relation.kind == RelationKind.SALE:
        return None if good_cause else Ground.CUSTOMER
    return None


def _ground_to_call(relation: CustomerRelation, facts: Facts, *, good_cause: bool) -> Ground | None:
    kinds = LegalEntity.Kind
    if relation.kind == RelationKind.SALE:
        still = facts.legal_entity.kind in (kinds.PUBLISHER, kinds.LOTTERY)
        return (
            Ground.CUSTOMER
            if (still or facts.now < DUTCH_CALLS_TO_CUSTOMERS_ENDED) and not good_cause
            else None
        )
    if not good_cause or facts.legal_entity.kind not in (kinds.CHARITY, kinds.IDEAL):
        return None
    return {
        RelationKind.DONATION: Ground.DONOR,
        RelationKind.VOLUNTEER: Ground.VOLUNTEER,
        RelationKind.ATTENDANCE: Ground.ATTENDEE,
    }.get(RelationKind(relation.kind))


def _keeps_conditions(relation: CustomerRelation, facts: Facts) -> bool:
    """Told and offered an opt-out at collection; for calls within the term (art. 11.7(4) Tw)."""
    collection = relation.email_collection if facts.channel == Channel.EMAIL else relation.phone_collection
    collected_at = _collected_at(relation, facts.channel)
    before_the_duty = (
        facts.country == "NL"
        and relation.kind == RelationKind.SALE
        and collected_at is not None
        and collected_at < DUTCH_OPTOUT_AT_COLLECTION_SINCE
    )
    enough = {Collection.COMPLETE, Collection.NO_OPTOUT} if before_the_duty else {Collection.COMPLETE}
    ended = relation.ends_at is not None and relation.ends_at <= facts.now
    return collection in enough and not (facts.channel == Channel.CALL and ended)


def _collected_at(relation: CustomerRelation, channel: Channel) -> datetime.datetime | None:
    return relation.email_collected_at if channel == Channel.EMAIL else relation.phone_collected_at


def _from_balance(facts: Facts) -> Carrier | None:
    return Carrier(ground=Ground.INTEREST) if facts.balanced and facts.channel == Channel.POST else None
