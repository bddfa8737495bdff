"""Reaching a threshold sends a message, and only after the engine said yes."""

import datetime

import pytest
import time_machine
from django.core import mail

from consent.models import Channel
from consent.tasks import deliver_outbox
from customers.models import ContactPoint, LegalEntity
from scoring import tasks
from scoring.models import BehaviourEvent, Campaign, CampaignRecipient, Score, ScoreRule
from tests import make
from tests.make import NOW
from tests.scoring.domain.campaigns.scene import campaign, reader, shop, start, withdraw
from tests.scoring.make import behaviour
from tests.scoring.make_scores import score_model, score_rule, score_version

pytestmark = pytest.mark.django_db(transaction=True)
Kind = BehaviourEvent.Kind
SECOND = datetime.timedelta(seconds=1)
# What each act gives; together they reach the fifty points that the campaign waits for.
POINTS = {Kind.PAGE_VISIT: 5, Kind.SEARCH: 10, Kind.LINK_FOLLOWED: 15, Kind.PURCHASE: 20}


def waiting_campaign(entity: LegalEntity) -> Campaign:
    make.purpose(
        organisation=entity.organisation,
        legal_entities=[entity],
        code="profiling",
        channels=[Channel.NONE],
    )
    model = score_model(legal_entity=entity)
    version = score_version(model=model)
    version.heard_until_at = NOW - datetime.timedelta(minutes=1)
    version.save(update_fields=["heard_until_at"])
    for kind, points in POINTS.items():
        score_rule(version=version, looks_at=ScoreRule.LooksAt(kind), points=points)
    return start(campaign(entity, waits=(Campaign.Begins.REACHES, model, 50)), entity)


def act(entity: LegalEntity, kind: BehaviourEvent.Kind, *people: ContactPoint, at: datetime.datetime) -> None:
    for person in people:
        behaviour(contact=person.contact, legal_entity=entity, kind=kind, occurred_at=at)


def everything_periodic(at: datetime.datetime) -> None:
    with time_machine.travel(at, tick=False):
        tasks.update_scores()
        tasks.run_campaigns()
        deliver_outbox()
        tasks.run_campaigns()


def test_prospect_who_reaches_the_threshold_gets_one_message_and_the_twin_who_withdrew_none() -> None:
    entity = shop()
    prospect, twin = reader(entity, "Prospect"), reader(entity, "Twin")
    begun = waiting_campaign(entity)

    climbed = []
    for step, kind in enumerate((Kind.PAGE_VISIT, Kind.SEARCH, Kind.LINK_FOLLOWED)):
        at = NOW + 10 * step * SECOND
        act(entity, kind, prospect, twin, at=at)
        everything_periodic(at + 4 * SECOND)
        climbed.append(int(Score.objects.get(contact=prospect.contact).points))
    before = len(mail.outbox)
    bought_at = NOW + 60 * SECOND
    withdraw(twin, entity, bought_at - SECOND)
    act(entity, Kind.PURCHASE, prospect, twin, at=bought_at)
    for seconds in (4, 14, 24):
        everything_periodic(bought_at + seconds * SECOND)
    act(entity, Kind.PURCHASE, prospect, twin, at=bought_at + 30 * SECOND)
    everything_periodic(bought_at + 34 * SECOND)

    assert (climbed, before) == ([5, 15, 30], 0)
    assert [one.to for one in mail.outbox] == [["prospect@example.org"]]
    found = CampaignRecipient.objects.filter(campaign=begun).values_list("contact", "state", "code")
    assert set(found) == {
        (prospect.contact_id, "SENT", "A_CONSENT"),
        (twin.contact_id, "DENIED", "D_WITHDRAWN"),
    }
