from typing import Any

from django.db.models import QuerySet

from consent.domain.retention.due import Asked
from consent.models import RetentionTerm
from scoring.models import BehaviourEvent


def find_old_behaviour(asked: Asked) -> QuerySet[Any]:
    """Find what people did longer ago than the term, whenever it was told (art. 5(1)(e) GDPR)."""
    before = asked.before(RetentionTerm.Kind.BEHAVIOUR)
    return BehaviourEvent.objects.filter(organisation=asked.organisation, occurred_at__lte=before)
