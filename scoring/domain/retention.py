from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from consent.domain.retention.due import Asked
from consent.models import RetentionTerm
from scoring.domain.campaigns.results import add_up
from scoring.models import BehaviourEvent, Campaign, CampaignRecipient, Journey, JourneyMember


def find_old_behaviour(asked: Asked) -> QuerySet[Any]:
    """Find what people did longer ago than the term, whenever it was told (art. 5(1)(e) GDPR)."""
    before = asked.before(RetentionTerm.Kind.BEHAVIOUR)
    return BehaviourEvent.objects.filter(organisation=asked.organisation, occurred_at__lte=before)


def find_old_recipients(asked: Asked) -> QuerySet[Any]:
    """Find who was to get a campaign that ended longer ago than the term.

    While one goes on its rows say who got it already: without them somebody would get it twice.
    """
    before = asked.before(RetentionTerm.Kind.RECIPIENTS)
    return CampaignRecipient.objects.filter(
        campaign__organisation=asked.organisation, campaign__ended_at__lte=before
    )


def forget_recipients(_kind: RetentionTerm.Kind, keys: Sequence[Any], _asked: Asked) -> int:
    """Delete who they were; how many they were, and what came of it, stays with the campaign."""
    rows = CampaignRecipient.objects.filter(pk__in=keys)
    campaigns = Campaign.objects.select_for_update(of=("self",), no_key=True)
    for campaign in campaigns.filter(pk__in=rows.values("campaign")).order_by("pk"):
        add_up(campaign=campaign, keys=list(rows.filter(campaign=campaign).values_list("pk", flat=True)))
    return rows.delete()[0]


def find_old_passages(asked: Asked) -> QuerySet[Any]:
    """Find the passages of people who left a journey longer ago than the term; steps and tasks go along.

    Of one that goes on they stay while they keep people from entering it again: without them “never” is
    forgotten. So does what says that somebody works here still.
    """
    before = asked.before(RetentionTerm.Kind.JOURNEYS)
    may_enter = Q(journey__again_after_days__lte=(asked.now - before).days)
    over = Q(journey__state=Journey.State.ENDED) | may_enter
    return JourneyMember.objects.filter(
        over, journey__organisation=asked.organisation, left_at__lte=before, still_employed=False
    )
