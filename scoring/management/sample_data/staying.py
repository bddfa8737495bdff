"""Customers of Lampenwinkel of whom a probability says that they may leave, and what is done to keep them.

Anna bought once and is likely to leave: she comes into the journey, and a colleague is asked to call. Noor is
not, so nothing begins. Of Els, who stopped everything, the probability is not even taken up.
"""

import datetime
from decimal import Decimal
from typing import Any, Final

from consent.domain import jobs
from consent.management.sample_data.by_code import find_entity, find_purpose
from consent.management.sample_data.moments import noon
from customers.models import Contact, LegalEntity, StaffMember
from scoring.domain.attributes.keeping import Supply, keep_attributes
from scoring.domain.journeys import running, turning
from scoring.domain.scores.computing import score_some
from scoring.domain.scores.rescoring import rescore_chunk
from scoring.domain.versions import publish_version
from scoring.models import (
    Band,
    ContactAttribute,
    Journey,
    JourneyAction,
    JourneyRule,
    JourneyStage,
    RuleCondition,
    ScoreModel,
    ScoreModelVersion,
    ScoreRule,
)

LIKELY: Final = 50
# What the analysts of the shop reckoned.
CHURN: Final = {"anna": "0.82", "noor": "0.35", "els": "0.91"}
STAGES: Final = (
    ("luisteren", "Vragen hoe het bevalt", 20, 14, 60),
    ("helpen", "Helpen en afwachten", 15, 60, 50),
)
MINUTE: Final = datetime.timedelta(minutes=1)


def load_staying(*, now: datetime.datetime) -> None:
    """Tell the story through the functions of the product, each act at its own moment."""
    entity = find_entity(code="lampenwinkel")
    marketer = StaffMember.objects.get(
        organisation=entity.organisation_id, role=StaffMember.Role.MARKETING, legal_entities__isnull=True
    )
    version = _publish(entity, marketer, noon(day="2026-11-02", entity=entity))
    _start(version.model, marketer, noon(day="2026-11-03", entity=entity))
    told_at = noon(day="2026-11-09", entity=entity)
    _take_up(version, told_at)
    _turn(told_at + MINUTE)


def _publish(entity: LegalEntity, by: StaffMember, at: datetime.datetime) -> ScoreModelVersion:
    model = ScoreModel.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        code="dreigt-te-vertrekken",
        name="Dreigt te vertrekken",
        kind=ScoreModel.Kind.STATIC,
        dimension=ScoreModel.Dimension.FIT,
        rests_on=ScoreModel.Ground.LEGITIMATE_INTEREST,
    )
    version = ScoreModelVersion.objects.create(model=model, number=1)
    Band.objects.create(version=version, from_points=LIKELY, code="dreigt", name="Dreigt te vertrekken")
    rule = ScoreRule.objects.create(version=version, looks_at=ScoreRule.LooksAt.PERSON, points=100)
    RuleCondition.objects.create(
        rule=rule,
        field=RuleCondition.Field.ATTRIBUTE,
        name="churn",
        comparison=RuleCondition.Comparison.AT_LEAST,
        number=Decimal("0.7"),
    )
    job = publish_version(version=version, published_by=by, now=at)
    while jobs.advance(job_id=job.pk, chunk=lambda _job: rescore_chunk, now=at):
        pass
    version.refresh_from_db()
    return version


def _start(model: ScoreModel, by: StaffMember, at: datetime.datetime) -> None:
    journey = Journey.objects.create(
        organisation=model.organisation,
        legal_entity=model.legal_entity,
        code="behouden",
        name="Klanten behouden",
        purpose=find_purpose(entity=model.legal_entity, code="profiling"),
        rests_on=ScoreModel.Ground.LEGITIMATE_INTEREST,
        again_after_days=180,
        created_at=at,
    )
    _add_rules(journey, model)
    doubts = running.find_doubts(journey=journey, at=at)
    running.start_journey(
        journey=journey, started_by=by, started_at=at, confirmed=[doubt.key for doubt in doubts]
    )


def _add_rules(journey: Journey, model: ScoreModel) -> None:
    listens, helps = [
        JourneyStage.objects.create(
            journey=journey,
            position=place,
            code=code,
            name=name,
            target_people=people,
            target_days=days,
            target_conversion=conversion,
        )
        for place, (code, name, people, days, conversion) in enumerate(STAGES)
    ]
    reaches = {"score_model": model, "comparison": JourneyRule.Comparison.REACHES, "points": LIKELY}
    falls = {"score_model": model, "comparison": JourneyRule.Comparison.FALLS, "points": 0}
    leaves: dict[str, Any] = {"kind": JourneyRule.Kind.EXIT, "outcome": JourneyRule.Outcome.GOAL}
    rules: list[dict[str, Any]] = [
        {"kind": JourneyRule.Kind.ENTER, "to_stage": listens, **reaches},
        {"kind": JourneyRule.Kind.ADVANCE, "from_stage": listens, "to_stage": helps, "after_days": 14},
        {**leaves, "from_stage": helps, "looks_at": ScoreRule.LooksAt.PURCHASE, "within_days": 60},
        {**leaves, "from_stage": helps, **falls},
    ]
    JourneyRule.objects.bulk_create(
        [JourneyRule(journey=journey, position=place, **one) for place, one in enumerate(rules)]
    )
    JourneyAction.objects.create(
        stage=listens,
        what=JourneyAction.What.TASK,
        words="Vraag hoe de lamp bevalt; bied niets aan.",
        due_days=7,
    )


def _take_up(version: ScoreModelVersion, at: datetime.datetime) -> None:
    """A list comes in, and whoever it tells of is counted; of who objected nothing is kept."""
    entity = version.model.legal_entity
    people = {
        name: Contact.objects.get(organisation=entity.organisation_id, points__value=f"{name}@example.org")
        for name in CHURN
    }
    keep_attributes(
        rows=[{"contact": str(people[name].pk), "churn": churn} for name, churn in CHURN.items()],
        supply=Supply(legal_entity=entity, origin=ContactAttribute.Origin.IMPORTED, since=at, now=at),
    )
    score_some(version=version, contact_ids=[person.pk for person in people.values()], now=at)


def _turn(at: datetime.datetime) -> None:
    while sum(people for _key, people in turning.take_turns(now=at)):
        pass
