"""How long the data of applicants stays: four weeks after the procedure, or as long as they permit."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.domain.retention.due import Asked, find_due, find_untied
from consent.domain.retention.parting import part_from
from consent.models import Act, ConsentEvent, RetentionTerm
from consent.models.acts import PERMISSION_ACTS
from customers.models import Contact, Transaction
from scoring.domain.talent_pool.standing import stays
from scoring.models import (
    BehaviourEvent,
    CampaignRecipient,
    ContactAttribute,
    JobApplication,
    JourneyMember,
    SegmentMember,
    TalentPool,
)

Kind = RetentionTerm.Kind
OF_ADDRESSES: Final = (Act.ADDRESS_VERIFIED, Act.ADDRESS_INVALIDATED, Act.ADDRESS_RESTORED)
# Who became known no longer than this before they applied, came with the application.
WITH_IT: Final = datetime.timedelta(days=1)


def find_ended_applications(asked: Asked) -> QuerySet[Any]:
    """Find the applications whose procedure ended longer ago than the term, of who may not be kept longer.

    Who permits to stay in the pool is kept with what they sent, until that permission ends: a year where its
    purpose says twelve months (art. 5(1)(e) GDPR; the four weeks are the usual term of the Dutch authority).
    """
    return JobApplication.objects.filter(
        ~stays(contact="contact", now=asked.now),
        organisation=asked.organisation,
        ended_at__lte=asked.before(Kind.APPLICATIONS),
    )


def retire_applications(_kind: RetentionTerm.Kind, keys: Sequence[uuid.UUID], asked: Asked) -> int:
    """Delete applications with what was measured of them; who was known by nothing else is forgotten.

    Of who once permitted to stay in a pool, and does no more, the proof alone stays, for its own term. The
    people are held, and it is asked again: one may have permitted just before to stay.
    """
    people = _hold(keys)
    due = find_due(kind=Kind.APPLICATIONS, asked=asked).filter(pk__in=keys, contact__in=people)
    gone = list(due.values_list("pk", flat=True))
    prospects = _prospects(people)
    rows = JobApplication.objects.filter(pk__in=gone)
    _measured_of(rows).delete()
    rows.delete()
    nothing_else = _known_by_nothing_else(people, asked) - prospects
    part_from(people=[person for person in people if person.pk in nothing_else], asked=asked)
    return len(gone)


def _hold(keys: Sequence[uuid.UUID]) -> list[Contact]:
    applied = JobApplication.objects.filter(pk__in=keys).values("contact")
    people = Contact.objects.select_for_update(of=("self",)).filter(pk__in=applied)
    return list(people.order_by("pk"))


def _measured_of(rows: QuerySet[JobApplication]) -> QuerySet[BehaviourEvent]:
    ended = rows.filter(
        contact=OuterRef("contact"),
        pool__legal_entity=OuterRef("legal_entity"),
        ended_at__gte=OuterRef("occurred_at"),
    )
    return BehaviourEvent.objects.filter(Exists(ended), kind=BehaviourEvent.Kind.APPLICATION)


def _prospects(people: Sequence[Contact]) -> set[uuid.UUID]:
    """Who was known before they applied, and is in a group by hand or held by another legal entity."""
    came = JobApplication.objects.filter(
        contact=OuterRef("pk"), applied_at__lte=OuterRef("created_at") + WITH_IT
    )
    by_hand = SegmentMember.objects.filter(contact=OuterRef("pk"), segment__model__isnull=True)
    named = (
        Exists(by_hand)
        | _elsewhere(JourneyMember.objects.filter(left_at__isnull=True), "journey__legal_entity")
        | _elsewhere(ContactAttribute.objects.filter(replaced_at__isnull=True), "legal_entity")
        | _elsewhere(CampaignRecipient.objects.all(), "campaign__legal_entity")
    )
    found = Contact.objects.filter(~Exists(came), named, pk__in=[person.pk for person in people])
    return set(found.values_list("pk", flat=True))


def _elsewhere(rows: QuerySet[Any], legal_entity: str) -> Exists:
    here = JobApplication.objects.filter(
        contact=OuterRef("contact"), pool__legal_entity=OuterRef(legal_entity)
    )
    return Exists(rows.filter(~Exists(here), contact=OuterRef("pk")))


def _known_by_nothing_else(people: Sequence[Contact], asked: Asked) -> set[uuid.UUID]:
    """Nothing agreed, no other procedure, not an employee, and nothing said but about the pools."""
    employed = JourneyMember.objects.filter(contact=OuterRef("pk"), stage__figures_only=True)
    untied = find_untied(asked=asked, before=asked.now).filter(
        ~Exists(_said_otherwise(asked)),
        ~Exists(JobApplication.objects.filter(contact=OuterRef("pk"))),
        ~Exists(Transaction.objects.filter(contact=OuterRef("pk"))),
        ~Exists(_later_acts(asked)),
        ~Exists(employed),
        pk__in=[person.pk for person in people],
    )
    return set(untied.values_list("pk", flat=True))


def _said_otherwise(asked: Asked) -> QuerySet[ConsentEvent]:
    """What somebody permitted, or said no to, beside staying in a pool.

    To withdraw that permission asks to be left, not to be remembered; an objection has to be remembered.
    """
    pools = TalentPool.objects.filter(
        legal_entity=OuterRef("legal_entity_id"), purpose=OuterRef("purpose_id")
    )
    events = ConsentEvent.objects.filter(organisation=asked.organisation, subject_id=OuterRef("pk"))
    return events.exclude(Exists(pools), act__in=PERMISSION_ACTS).exclude(act__in=OF_ADDRESSES)


def _later_acts(asked: Asked) -> QuerySet[BehaviourEvent]:
    """What somebody does at other legal entities, or did lately here, is another reason to know them."""
    recent = Q(occurred_at__gt=asked.before(Kind.APPLICATIONS))
    return BehaviourEvent.objects.filter(recent, contact=OuterRef("pk"))
