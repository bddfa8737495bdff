"""Who of a talent pool is forgotten, and when: one rule for who applied and for who only signed up.

Whoever is known by something that lasts goes as all contacts go, however they came (`due._dormant`). Of all
others the name goes as soon as nothing keeps them for a while; that is asked every day, so that what passes
keeps nobody longer than it lasts (art. 5(1)(e) GDPR).

| lasts                                          | keeps for a while, until                       |
|------------------------------------------------|------------------------------------------------|
| said something beside the pools                | the permission to stay ends                    |
| is or was a customer                           | the procedure ended, and its term              |
| bought something                               | a colleague notes that they left employment    |
| was known, and named, before they came         | a right they asked for, and the proof of calls,|
|                                                | have had their term                            |
|                                                | nobody is represented by them any more         |
|                                                | a message to them has left                     |
|                                                | they did nothing for the term of applications  |
"""

import datetime
from typing import Any, Final

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value

from consent.domain.retention.due import ENDED_MESSAGES, OVER_AT, Asked, find_untied
from consent.models import Act, ConsentEvent, ConsentRecord, OutboxMessage, RetentionTerm
from consent.models.acts import PERMISSION_ACTS
from customers.models import CustomerRelation, Transaction
from scoring.domain.journeys.employment import EMPLOYED
from scoring.domain.talent_pool.wishes import NAMES
from scoring.models import (
    BehaviourEvent,
    CampaignRecipient,
    ContactAttribute,
    FormerApplicant,
    JobApplication,
    Journey,
    JourneyMember,
    SegmentMember,
    TalentPool,
)

Kind = RetentionTerm.Kind
OF_ADDRESSES: Final = (Act.ADDRESS_VERIFIED, Act.ADDRESS_INVALIDATED, Act.ADDRESS_RESTORED)
# Anybody could have typed their address: only what was confirmed says something.
NEVER_CONFIRMED: Final = (Act.REQUESTED, Act.LAPSED)
# Who became known no longer than this before they came to a pool, came with it.
WITH_IT: Final = datetime.timedelta(days=1)
ME: Final = OuterRef("pk")


def find_leavers(asked: Asked) -> QuerySet[Any]:
    """Find the people who came by a pool, whom nothing that lasts makes known, and nothing keeps any more."""
    before = asked.before(Kind.CANDIDATES)
    over = _of_pools().annotate(over_at=OVER_AT).filter(contact=ME)
    marks = FormerApplicant.objects.filter(contact=ME)
    return find_untied(asked=asked, before=asked.now).filter(
        Exists(over) | Exists(marks),
        ~Exists(over.filter(over_at__gt=before)),
        ~Exists(marks.filter(went_at__gt=before)),
        ~lasts(),
        ~_acted_lately(asked),
        ~Exists(OutboxMessage.objects.exclude(state__in=ENDED_MESSAGES).filter(contact=ME)),
    )


def lasts() -> Q:
    """Write by what somebody is known that lasts."""
    return (
        Q(Exists(_said_otherwise()))
        | Q(Exists(CustomerRelation.objects.filter(contact=ME)))
        | Q(Exists(Transaction.objects.filter(contact=ME)))
        | _was_known_before()
    )


def keeps_for_a_while(_before: datetime.datetime) -> Q:
    """Write what of this app ties somebody, whoever asks: a procedure within its term, and their work."""
    applied = JobApplication.objects.filter(contact=ME)
    employed = JourneyMember.objects.filter(EMPLOYED, contact=ME)
    return Q(Exists(applied)) | Q(Exists(employed))


def _of_pools() -> QuerySet[ConsentRecord]:
    pools = TalentPool.objects.filter(legal_entity=OuterRef("legal_entity"), purpose=OuterRef("purpose"))
    return ConsentRecord.objects.filter(Exists(pools))


def _said_otherwise() -> QuerySet[ConsentEvent]:
    """What somebody permitted, or said no to, beside staying in a pool.

    To withdraw that permission asks to be left, not to be remembered; an objection has to be remembered.
    """
    events = ConsentEvent.objects.filter(organisation=OuterRef("organisation"), subject_id=ME)
    said = events.exclude(act__in=(*OF_ADDRESSES, *NEVER_CONFIRMED))
    return said.exclude(_is_of_pools(), act__in=PERMISSION_ACTS)


def _is_of_pools() -> Exists:
    return Exists(
        TalentPool.objects.filter(legal_entity=OuterRef("legal_entity_id"), purpose=OuterRef("purpose_id"))
    )


def _was_known_before() -> Q:
    """Who was known before they came to a pool, and is named by more than their name.

    In a group by hand, by a legal entity to whose pools they never came, or since before they came.
    """
    known_at = ExpressionWrapper(OuterRef("created_at") + Value(WITH_IT), output_field=DateTimeField())
    came_with_it = Q(pk__in=[])
    for trace, moment in _traces("pk"):
        came_with_it |= Q(Exists(trace.filter(**{f"{moment}__lte": known_at})))
    by_hand = SegmentMember.objects.filter(contact=ME, segment__model__isnull=True)
    named = Q(Exists(by_hand))
    for rows, legal_entity, moment in _names():
        own = rows.filter(contact=ME)
        named |= Q(Exists(own.exclude(_came_here(legal_entity)))) | Q(Exists(_earlier(own, moment)))
    return named & ~came_with_it


def _names() -> list[tuple[QuerySet[Any], str, str]]:
    """What names somebody, of which legal entity, and since when; not what a pool itself brings."""
    journeys = JourneyMember.objects.filter(journey__kind=Journey.Kind.GENERAL, left_at__isnull=True)
    attributes = ContactAttribute.objects.filter(replaced_at__isnull=True).exclude(name__in=NAMES)
    return [
        (journeys, "journey__legal_entity", "entered_at"),
        (attributes, "legal_entity", "acquired_at"),
        (CampaignRecipient.objects.all(), "campaign__legal_entity", "added_at"),
    ]


def _traces(contact: str) -> list[tuple[QuerySet[Any], str]]:
    """By what somebody came to a pool, and when."""
    acts = ConsentEvent.objects.filter(_is_of_pools(), act__in=PERMISSION_ACTS)
    return [
        (JobApplication.objects.filter(contact=OuterRef(contact)), "applied_at"),
        (FormerApplicant.objects.filter(contact=OuterRef(contact)), "came_at"),
        (acts.filter(subject_id=OuterRef(contact)), "occurred_at"),
    ]


def _earlier(rows: QuerySet[Any], moment: str) -> QuerySet[Any]:
    for trace, at in _traces("contact"):
        rows = rows.exclude(Exists(trace.filter(**{f"{at}__lte": OuterRef(moment)})))
    return rows


def _came_here(legal_entity: str) -> Q:
    """Whether they came to a pool of the same legal entity."""
    here = {"contact": OuterRef("contact"), "legal_entity": OuterRef(legal_entity)}
    applied = JobApplication.objects.filter(
        contact=OuterRef("contact"), pool__legal_entity=OuterRef(legal_entity)
    )
    marked = FormerApplicant.objects.filter(**here)
    return Q(Exists(applied)) | Q(Exists(marked)) | Q(Exists(_of_pools().filter(**here)))


def _acted_lately(asked: Asked) -> Q:
    recent = BehaviourEvent.objects.filter(occurred_at__gt=asked.before(Kind.APPLICATIONS))
    return Q(Exists(recent.filter(contact=ME)))
