from typing import Any

from django.db.models import QuerySet

from consent.domain.retention.due import Asked
from consent.models import RetentionTerm
from scoring.models import BehaviourEvent, JourneyMember


def find_old_behaviour(asked: Asked) -> QuerySet[Any]:
    """Find what people did longer ago than the term, whenever it was told (art. 5(1)(e) GDPR)."""
    before = asked.before(RetentionTerm.Kind.BEHAVIOUR)
    return BehaviourEvent.objects.filter(organisation=asked.organisation, occurred_at__lte=before)


def find_old_passages(asked: Asked) -> QuerySet[Any]:
    """Find the passages of people who left a journey longer ago than the term; steps and tasks go along."""
    before = asked.before(RetentionTerm.Kind.JOURNEYS)
    return JourneyMember.objects.filter(journey__organisation=asked.organisation, left_at__lte=before)
