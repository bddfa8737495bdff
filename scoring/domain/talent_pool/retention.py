"""How long the data of applicants stays: four weeks after the procedure, or as long as they permit."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.domain.retention.applying import forget_dormant
from consent.domain.retention.due import Asked, find_due
from consent.domain.retention.terms import Terms
from consent.models import ConsentEvent, RetentionTerm
from customers.models import Contact, Transaction
from scoring.domain.talent_pool.standing import stays
from scoring.models import BehaviourEvent, JobApplication

Kind = RetentionTerm.Kind
AT_ONCE: Final = Terms(of_kind={Kind.DORMANT: datetime.timedelta(0)}, of_purpose={})


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

    The people are held, and it is asked again: one may have permitted just before to stay.
    """
    people = _hold(keys)
    due = find_due(kind=Kind.APPLICATIONS, asked=asked).filter(pk__in=keys, contact__in=people)
    gone = list(due.values_list("pk", flat=True))
    rows = JobApplication.objects.filter(pk__in=gone)
    _measured_of(rows).delete()
    rows.delete()
    nothing_else = _known_by_nothing_else(people, asked)
    if nothing_else:
        at_once = Asked(organisation=asked.organisation, terms=AT_ONCE, now=asked.now)
        forget_dormant(Kind.DORMANT, nothing_else, at_once)
    return len(gone)


def _hold(keys: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    applied = JobApplication.objects.filter(pk__in=keys).values("contact")
    people = Contact.objects.select_for_update(of=("self",)).filter(pk__in=applied).order_by("pk")
    return {contact.pk for contact in people}


def _measured_of(rows: QuerySet[JobApplication]) -> QuerySet[BehaviourEvent]:
    ended = rows.filter(
        contact=OuterRef("contact"),
        pool__legal_entity=OuterRef("legal_entity"),
        ended_at__gte=OuterRef("occurred_at"),
    )
    return BehaviourEvent.objects.filter(Exists(ended), kind=BehaviourEvent.Kind.APPLICATION)


def _known_by_nothing_else(people: set[uuid.UUID], asked: Asked) -> list[uuid.UUID]:
    """Nothing in the ledger, nothing agreed, and no other procedure: only the application made them known."""
    at_once = Asked(organisation=asked.organisation, terms=AT_ONCE, now=asked.now)
    dormant = find_due(kind=Kind.DORMANT, asked=at_once).filter(
        ~Exists(ConsentEvent.objects.filter(subject_id=OuterRef("pk"))),
        ~Exists(JobApplication.objects.filter(contact=OuterRef("pk"))),
        ~Exists(Transaction.objects.filter(contact=OuterRef("pk"))),
        ~Exists(_later_acts(asked)),
        pk__in=people,
    )
    return list(dormant.values_list("pk", flat=True))


def _later_acts(asked: Asked) -> QuerySet[BehaviourEvent]:
    """What somebody does at other legal entities, or did lately here, is another reason to know them."""
    recent = Q(occurred_at__gt=asked.before(Kind.APPLICATIONS))
    return BehaviourEvent.objects.filter(recent, contact=OuterRef("pk"))
