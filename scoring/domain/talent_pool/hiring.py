"""Who was hired without being on the journey of the pool: they work here all the same, and are not scored."""

import datetime
import uuid
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from customers.models import Contact
from scoring.domain.journeys.employment import find_employees
from scoring.domain.journeys.gate import keep_followed
from scoring.domain.journeys.stopping import stop_naming
from scoring.models import JobApplication, Journey, JourneyMember, JourneyMove, JourneyStage, TalentPool


def let_hired_in(
    *, pool: TalentPool, journey: Journey, stage: JourneyStage, now: datetime.datetime, chunk: int
) -> Iterator[int]:
    """Put into the stage of employees who was hired since the journey began and is not on it.

    They never permitted to stay in the pool, or withdrew it before they were hired. Whom a colleague let out
    of there after it was told stays out. Yields how many came in with each chunk, which is one transaction.
    """
    after: uuid.UUID | None = None
    hired = _hired(pool, journey)
    while found := _next(hired, after, chunk):
        yield _let_in(hired, journey, stage, found, now)
        after = found[-1]


def _hired(pool: TalentPool, journey: Journey) -> QuerySet[Contact]:
    let_out = JourneyMove.objects.filter(
        member__contact=OuterRef("contact"),
        journey=journey,
        from_stage__figures_only=True,
        how__in=[JourneyMove.How.HAND, JourneyMove.How.WORK],
        moved_at__gte=OuterRef("told_at"),
    )
    applied = JobApplication.objects.filter(
        ~Exists(let_out),
        pool=pool,
        contact=OuterRef("pk"),
        outcome=JobApplication.Outcome.HIRED,
        ended_at__gte=journey.started_at,
    )
    employees = find_employees(legal_entity=pool.legal_entity).filter(contact=OuterRef("pk"))
    inside = JourneyMember.objects.filter(journey=journey, contact=OuterRef("pk"), left_at__isnull=True)
    people = Contact.objects.filter(organisation=pool.organisation_id, erased_at__isnull=True)
    return people.filter(Exists(applied), ~Exists(employees), ~Exists(inside)).order_by("pk")


def _next(hired: QuerySet[Contact], after: uuid.UUID | None, chunk: int) -> list[uuid.UUID]:
    later = hired.filter(pk__gt=after) if after else hired
    return list(later.values_list("pk", flat=True)[:chunk])


@transaction.atomic
def _let_in(
    hired: QuerySet[Contact],
    journey: Journey,
    stage: JourneyStage,
    found: Sequence[uuid.UUID],
    now: datetime.datetime,
) -> int:
    """The people are held first, and it is asked again: a colleague may have been first."""
    people = Contact.objects.filter(pk__in=found).order_by("pk")
    held = [one.pk for one in people.select_for_update(no_key=True, skip_locked=True, of=("self",))]
    still = hired.filter(pk__in=held).values_list("pk", flat=True)
    keys = keep_followed(journey=journey, contact_ids=list(still), now=now)
    members = JourneyMember.objects.bulk_create(
        [
            JourneyMember(
                journey=journey,
                contact_id=key,
                stage=stage,
                source=JourneyMember.Source.RULE,
                entered_at=now,
                stage_since=now,
            )
            for key in sorted(keys)
        ]
    )
    JourneyMove.objects.bulk_create(
        [
            JourneyMove(
                member=member, journey=journey, to_stage=stage, moved_at=now, how=JourneyMove.How.RULE
            )
            for member in members
        ]
    )
    stop_naming(members=members, journey=journey)
    return len(members)
