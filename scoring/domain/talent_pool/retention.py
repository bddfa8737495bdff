"""How long the data of applicants stays: four weeks after the procedure, or as long as they permit.

Who is forgotten with it, and when, is one rule for everybody of a pool: `leavers.py`.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from consent.domain.retention.due import Asked, find_due
from consent.models import RetentionTerm
from customers.models import Contact
from scoring.domain.talent_pool.leavers import lasts
from scoring.domain.talent_pool.standing import stays
from scoring.models import BehaviourEvent, FormerApplicant, JobApplication

Kind = RetentionTerm.Kind


def find_ended_applications(asked: Asked) -> QuerySet[Any]:
    """Find the applications whose procedure ended longer ago than the term, of who may not be kept longer.

    Who permits to stay in the pool is kept with what they sent, until that permission ends: a year where its
    purpose says twelve months (art. 5(1)(e) GDPR; the four weeks are the usual term of the Dutch authority).
    A procedure of which nothing was told for as long as a contact stays of whom nothing is heard is over too.
    """
    ended_before = asked.before(Kind.APPLICATIONS)
    unheard = Q(ended_at__isnull=True, told_at__lte=min(ended_before, asked.before(Kind.DORMANT)))
    return JobApplication.objects.filter(
        ~stays(contact="contact", now=asked.now),
        Q(ended_at__lte=ended_before) | unheard,
        organisation=asked.organisation,
    )


def retire_applications(_kind: RetentionTerm.Kind, keys: Sequence[uuid.UUID], asked: Asked) -> int:
    """Delete applications with what was measured of them, and mark who is known by nothing else that lasts.

    The people are held, and it is asked again: one may have permitted just before to stay.
    """
    people = _hold(keys)
    due = find_due(kind=Kind.APPLICATIONS, asked=asked).filter(pk__in=keys, contact__in=people)
    gone = list(due.values_list("pk", flat=True))
    rows = JobApplication.objects.filter(pk__in=gone)
    _mark(rows, asked)
    _measured_of(rows).delete()
    rows.delete()
    return len(gone)


def _hold(keys: Sequence[uuid.UUID]) -> list[Contact]:
    applied = JobApplication.objects.filter(pk__in=keys).values("contact")
    people = Contact.objects.select_for_update(of=("self",)).filter(pk__in=applied)
    return list(people.order_by("pk"))


def _mark(rows: QuerySet[JobApplication], asked: Asked) -> None:
    """The first time they came counts: who applies again was no prospect in between."""
    known = Contact.objects.filter(lasts(), pk__in=rows.values("contact")).values("pk")
    came = rows.exclude(contact__in=known).order_by().values_list("contact_id", "pool__legal_entity_id")
    marks = [
        FormerApplicant(contact_id=contact, legal_entity_id=entity, came_at=came_at, went_at=asked.now)
        for contact, entity, came_at in came.annotate(Min("applied_at"))
    ]
    FormerApplicant.objects.bulk_create(
        marks,
        update_conflicts=True,
        unique_fields=["contact", "legal_entity"],
        update_fields=["went_at"],
    )


def _measured_of(rows: QuerySet[JobApplication]) -> QuerySet[BehaviourEvent]:
    over = rows.annotate(over_at=Coalesce("ended_at", "told_at"))
    ended = over.filter(
        contact=OuterRef("contact"),
        pool__legal_entity=OuterRef("legal_entity"),
        over_at__gte=OuterRef("occurred_at"),
    )
    return BehaviourEvent.objects.filter(Exists(ended), kind=BehaviourEvent.Kind.APPLICATION)
