"""A score that says somebody is leaving starts a journey to keep them, and never for who objected."""

import datetime

import pytest
import time_machine

from consent.domain.withdrawals import Scope, object_to
from consent.models import Channel
from customers.models import StaffMember
from scoring import tasks
from scoring.domain.journeys import running
from scoring.models import ColleagueTask, JourneyAction, JourneyMember, ScoreModel, ScoreRule
from tests import make
from tests.make import NOW
from tests.scoring import make_journeys as journeys
from tests.scoring.domain.house import WAY, house
from tests.scoring.make import attribute
from tests.scoring.make_scores import score_model, score_rule, score_version

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = datetime.timedelta(minutes=1)


def everything_periodic(at: datetime.datetime) -> None:
    with time_machine.travel(at, tick=False):
        tasks.update_scores()
        tasks.run_journeys()


def test_an_imported_probability_starts_the_journey_that_keeps_people() -> None:
    found = house()
    model = score_model(legal_entity=found.entity, code="opzegkans", kind=ScoreModel.Kind.STATIC)
    version = score_version(model=model)
    version.heard_until_at = NOW - MINUTE
    version.save(update_fields=["heard_until_at"])
    likely = ("ATTRIBUTE.churn", "AT_LEAST", 1)
    score_rule(version=version, looks_at=ScoreRule.LooksAt.PERSON, points=80, conditions=[likely])
    journey = journeys.journey(legal_entity=found.entity, purpose=found.profiling, code="behoud")
    stage = journeys.stage(journey=journey, code="aandacht", name="Aandacht")
    journeys.rule(journey=journey, to_stage=stage, reaches=(model, 80))
    journeys.action(stage=stage, what=JourneyAction.What.TASK, words="Bel en vraag hoe het gaat")
    mark = make.staff_member(
        organisation=found.entity.organisation, username="mark", role=StaffMember.Role.MARKETING
    )
    doubts = [doubt.key for doubt in running.find_doubts(journey=journey, at=NOW)]
    running.start_journey(journey=journey, started_by=mark, started_at=NOW, confirmed=doubts)
    leaves, objects, stays = (
        make.contact(organisation=found.entity.organisation, given_name=name, created_at=make.LONG_AGO)
        for name in ("Leaves", "Objects", "Stays")
    )
    scope = Scope(purpose_id=found.profiling.pk, channel=Channel.NONE)
    object_to(contact=objects, scope=scope, how=WAY, occurred_at=NOW)

    for person, churn in ((leaves, 1), (objects, 1), (stays, 0)):
        attribute(
            contact=person,
            legal_entity=found.entity,
            name="churn",
            value=str(churn),
            number=churn,  # type: ignore[arg-type]
            acquired_at=NOW,
        )
    everything_periodic(NOW + MINUTE)
    everything_periodic(NOW + 3 * MINUTE)

    assert [member.contact for member in JourneyMember.objects.all()] == [leaves]
    assert [task.contact for task in ColleagueTask.objects.all()] == [leaves]
