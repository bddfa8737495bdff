"""The ready journey of a talent pool: attract, engage, hire, retain; whoever signs up enters it."""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext, gettext_noop

from consent.models import Purpose
from customers.models import Contact
from scoring.domain.journeys.acting import next_action_at
from scoring.domain.journeys.gate import keep_followed
from scoring.domain.journeys.stopping import let_out_held
from scoring.domain.profiling import PROFILING
from scoring.domain.talent_pool.procedures import lead_by_procedures
from scoring.domain.talent_pool.standing import code_of_journey, permissions
from scoring.models import (
    Journey,
    JourneyMember,
    JourneyMove,
    JourneyRule,
    JourneyStage,
    ReferredCandidate,
    ScoreModel,
    ScoreRule,
    TalentPool,
)

Member, Move, Rule = JourneyMember, JourneyMove, JourneyRule
LooksAt = ScoreRule.LooksAt
AT_ONCE: Final = 500
# Code, name, people and days aimed at, percent on to the next stage; figures to start from, and to change.
STAGES: Final = (
    ("attract", gettext_noop("Attract"), 200, 60, 40),
    ("engage", gettext_noop("Engage"), 80, 180, 20),
    ("hire", gettext_noop("Hire"), 15, 42, 50),
    ("retain", gettext_noop("Retain"), 40, 365, None),
)
RETAIN: Final = "retain"


class NoProfilingError(ValueError):
    """The legal entity has no purpose for profiling, so nobody could object to being followed."""


class JourneyThereError(ValueError):
    """The pool has its journey already."""


def find_journey(*, pool: TalentPool) -> Journey | None:
    """Find the journey of a pool that is not ended."""
    rows = Journey.objects.filter(
        organisation=pool.organisation_id,
        legal_entity=pool.legal_entity_id,
        kind=Journey.Kind.TALENT_POOL,
        code=code_of_journey(pool=pool),
    )
    return rows.select_related("legal_entity", "purpose").exclude(state=Journey.State.ENDED).first()


@transaction.atomic
def make_journey(*, pool: TalentPool, made_at: datetime.datetime) -> Journey:
    """Make the draft of a pool's journey, with stages, target figures and rules to start from.

    People enter it by signing up, not by a rule, and leave it with their permission. Following them rests on
    a legitimate interest until somebody objects. In the last stage people are employees: they cannot freely
    consent to being followed (recital 43 GDPR), so no rule looks at anybody there, nobody is named,
    figures alone are shown, of ten people or more, and they stay until a colleague notes that they left
    employment. Raises NoProfilingError and JourneyThereError.
    """
    purpose = Purpose.objects.filter(code=PROFILING, legal_entities=pool.legal_entity_id).first()
    if purpose is None:
        raise NoProfilingError
    if Journey.objects.filter(organisation=pool.organisation_id, code=code_of_journey(pool=pool)).exists():
        raise JourneyThereError
    journey = Journey.objects.create(
        organisation_id=pool.organisation_id,
        legal_entity_id=pool.legal_entity_id,
        code=code_of_journey(pool=pool),
        name=pool.name,
        kind=Journey.Kind.TALENT_POOL,
        purpose=purpose,
        rests_on=ScoreModel.Ground.LEGITIMATE_INTEREST,
        created_at=made_at,
    )
    _add_rules(journey, _add_stages(journey))
    return journey


def lead_people(*, now: datetime.datetime, chunk: int = AT_ONCE) -> Iterator[int]:
    """Let who signed up into their pool's journey, lead them by their applications, and let out who left it.

    By a form or by a referral, as they came. While the journey is paused nobody comes in and nobody goes on,
    but who was hired. They stay in the last stage, of which only figures are shown, until a colleague notes
    that they left. Yields how many moved in each chunk, which is one transaction.
    """
    for pool in TalentPool.objects.select_related("legal_entity", "purpose").order_by("pk"):
        journey = find_journey(pool=pool)
        if journey is None or journey.state not in (Journey.State.RUNNING, Journey.State.PAUSED):
            continue
        if journey.state == Journey.State.RUNNING:
            yield from _let_all_in(pool, journey, now, chunk)
        yield from lead_by_procedures(pool=pool, journey=journey, now=now, chunk=chunk)
        while count := _let_out(pool, journey, now, chunk):
            yield count


def _let_all_in(pool: TalentPool, journey: Journey, now: datetime.datetime, chunk: int) -> Iterator[int]:
    after: uuid.UUID | None = None
    while keys := _next_new(pool, journey, after, now, chunk):
        yield _let_in(pool, journey, keys, now)
        after = keys[-1]


def _add_stages(journey: Journey) -> dict[str, JourneyStage]:
    stages = [
        JourneyStage(
            journey=journey,
            position=position,
            code=code,
            name=gettext(name),
            target_people=target_people,
            target_days=days,
            target_conversion=conversion,
            figures_only=code == RETAIN,
        )
        for position, (code, name, target_people, days, conversion) in enumerate(STAGES)
    ]
    JourneyStage.objects.bulk_create(stages)
    return {stage.code: stage for stage in stages}


def _add_rules(journey: Journey, stages: dict[str, JourneyStage]) -> None:
    attract, engage, hire, _retain = (stages[code] for code, *_rest in STAGES)
    goes_on = Rule.Kind.ADVANCE
    written: list[dict[str, Any]] = [
        {"kind": goes_on, "from_stage": attract, "to_stage": hire, "looks_at": LooksAt.APPLICATION},
        {
            "kind": goes_on,
            "from_stage": attract,
            "to_stage": engage,
            "looks_at": LooksAt.LINK_FOLLOWED,
            "times": 2,
            "within_days": 90,
        },
        {
            "kind": goes_on,
            "from_stage": engage,
            "to_stage": hire,
            "looks_at": LooksAt.APPLICATION,
            "within_days": 30,
        },
    ]
    Rule.objects.bulk_create(
        [Rule(journey=journey, position=place, **one) for place, one in enumerate(written)]
    )


def _next_new(
    pool: TalentPool, journey: Journey, after: uuid.UUID | None, now: datetime.datetime, chunk: int
) -> list[uuid.UUID]:
    """Who is on it, went the whole way, or was taken out by a colleague, is not put in anew.

    Who left with their permission and gave it again is.
    """
    been = _kept_out(journey).filter(contact=OuterRef("pk"))
    inside = permissions(pool=pool, now=now).values("contact_id")
    new = Contact.objects.filter(~Exists(been), pk__in=inside, erased_at__isnull=True)
    later = new.filter(pk__gt=after) if after else new
    return list(later.order_by("pk").values_list("pk", flat=True)[:chunk])


@transaction.atomic
def _let_in(pool: TalentPool, journey: Journey, new: Sequence[uuid.UUID], now: datetime.datetime) -> int:
    held = _hold(new)
    # Asked again now that they are held: a colleague, or another worker, may have been first.
    been = _kept_out(journey).filter(contact__in=held).values_list("contact_id", flat=True)
    keys = keep_followed(journey=journey, contact_ids=set(held) - set(been), now=now)
    first = journey.stages.order_by("position", "pk").first()
    if first is None or not keys:
        return 0
    referred = set(
        ReferredCandidate.objects.filter(pool=pool, contact__in=keys).values_list("contact_id", flat=True)
    )
    acting = next_action_at(actions=list(first.actions.all()), since=now)
    members = Member.objects.bulk_create(
        [
            Member(
                journey=journey,
                contact_id=key,
                stage=first,
                source=Member.Source.REFERRAL if key in referred else Member.Source.FORM,
                entered_at=now,
                stage_since=now,
                act_at=acting,
            )
            for key in sorted(keys)
        ]
    )
    Move.objects.bulk_create(
        [
            Move(member=member, journey=journey, to_stage=first, moved_at=now, how=Move.How.RULE)
            for member in members
        ]
    )
    return len(members)


@transaction.atomic
def _let_out(pool: TalentPool, journey: Journey, now: datetime.datetime, chunk: int) -> int:
    inside = permissions(pool=pool, now=now).values("contact_id")
    leaving = _followed(journey).exclude(contact__in=inside).order_by("pk")
    held = _hold(leaving.values_list("contact_id", flat=True)[:chunk])
    members = list(leaving.filter(contact__in=held).select_for_update(of=("self",), skip_locked=True))
    let_out_held(members=members, outcome=Member.Outcome.STOPPED, how=Move.How.STOPPED, at=now)
    return len(members)


def _kept_out(journey: Journey) -> QuerySet[JourneyMember]:
    return Member.objects.filter(journey=journey).exclude(outcome=Member.Outcome.STOPPED)


def _hold(contact_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """The people are held first, as everywhere."""
    people = Contact.objects.filter(pk__in=list(contact_ids)).order_by("pk")
    return [one.pk for one in people.select_for_update(no_key=True, skip_locked=True, of=("self",))]


def _followed(journey: Journey) -> QuerySet[JourneyMember]:
    rows = Member.objects.filter(journey=journey, left_at__isnull=True, stage__figures_only=False)
    return rows.select_related("stage")
