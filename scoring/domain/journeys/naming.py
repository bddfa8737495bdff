"""Whose way may be shown by name: nobody's who is, or was, in a stage of which only figures are shown.

Without them the lists of people and of steps tell neither who is there nor how many. Source: rules, "Talent
pool".
"""

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from scoring.models import JourneyMember, JourneyMove

OF_FEW: Final = Q(from_stage__figures_only=True) | Q(to_stage__figures_only=True)


def named_members(*, members: QuerySet[JourneyMember]) -> QuerySet[JourneyMember]:
    """Keep the passages that never came through such a stage."""
    been = JourneyMove.objects.filter(OF_FEW, member=OuterRef("pk"))
    return members.exclude(stage__figures_only=True).exclude(Exists(been))


def named_moves(*, moves: QuerySet[JourneyMove]) -> QuerySet[JourneyMove]:
    """Keep every step of those passages, and none of the others."""
    been = JourneyMove.objects.filter(OF_FEW, member=OuterRef("member"))
    return moves.exclude(member__stage__figures_only=True).exclude(Exists(been))
