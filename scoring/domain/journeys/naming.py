"""Whose way may be shown by name: nobody's who is, or was, in a stage of which only figures are shown.

Without them the lists of people and of steps tell neither who is there nor how many. Source: rules, "Talent
pool".
"""

from typing import Final, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from scoring.domain.journeys.employment import EMPLOYED
from scoring.models import BehaviourEvent, ContactAttribute, JourneyMember, JourneyMove

Told = TypeVar("Told", BehaviourEvent, ContactAttribute)
OF_FEW: Final = Q(from_stage__figures_only=True) | Q(to_stage__figures_only=True)


def named_members(*, members: QuerySet[JourneyMember]) -> QuerySet[JourneyMember]:
    """Keep the passages that never came through such a stage."""
    been = JourneyMove.objects.filter(OF_FEW, member=OuterRef("pk"))
    return members.exclude(stage__figures_only=True).exclude(Exists(been))


def named_moves(*, moves: QuerySet[JourneyMove]) -> QuerySet[JourneyMove]:
    """Keep every step of those passages, and none of the others."""
    been = JourneyMove.objects.filter(OF_FEW, member=OuterRef("member"))
    return moves.exclude(member__stage__figures_only=True).exclude(Exists(been))


def named_told(*, rows: QuerySet[Told]) -> QuerySet[Told]:
    """Keep what is told of everybody but who works for the same legal entity now.

    The rows stay: for figures of ten people or more, and for whoever asks what is kept of themselves.
    """
    within = JourneyMember.objects.filter(
        EMPLOYED, contact=OuterRef("contact"), journey__legal_entity=OuterRef("legal_entity")
    )
    return rows.exclude(Exists(within))
