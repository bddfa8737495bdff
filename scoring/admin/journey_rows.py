"""Rows of journeys that nobody adds or changes as rows: who goes, each step, and each stage."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.domain.staff_acts import About
from customers.staff_site import SCORING
from scoring.domain.journeys.naming import named_members, named_moves
from scoring.models import JourneyMember, JourneyMove, JourneyStage


@admin.register(JourneyMember)
class JourneyMemberAdmin(ReadOnlyAdmin[JourneyMember]):
    """Who is where, and who left; who is or was in a stage that shows figures only is not listed."""

    area = Area.JOURNEYS
    job = SCORING
    place = 6
    when_empty = _("Nobody is on a journey yet. Start a journey: its rules let people in.")
    organisation_path = "journey__organisation"
    legal_entity_path = "journey__legal_entity"
    list_display = (
        "contact",
        "journey",
        "stage",
        "source",
        "entered_at",
        "stage_since",
        "left_at",
        "outcome",
    )
    list_filter = (("journey", ScopedRelatedFilter), "outcome", "source")
    list_select_related = ("contact", "journey", "stage")
    search_fields = ("=contact__id",)
    ordering = ("-stage_since", "-pk")

    def about(self, key: str, contact: str = "contact") -> About:
        """Whom it is about is kept with every act."""
        return super().about(key, contact)

    def get_queryset(self, request: HttpRequest) -> QuerySet[JourneyMember]:
        return named_members(members=super().get_queryset(request))


@admin.register(JourneyMove)
class JourneyMoveAdmin(ReadOnlyAdmin[JourneyMove]):
    """Every step that was made, the newest first, of who may be listed."""

    area = Area.JOURNEYS
    job = SCORING
    place = 7
    when_empty = _("Nobody made a step on a journey yet.")
    organisation_path = "journey__organisation"
    legal_entity_path = "journey__legal_entity"
    list_display = ("moved_at", "journey", "from_stage", "to_stage", "how", "staff")
    list_filter = (("journey", ScopedRelatedFilter), "how")
    list_select_related = ("journey", "from_stage", "to_stage", "staff")
    ordering = ("-moved_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[JourneyMove]:
        return named_moves(moves=super().get_queryset(request))


@admin.register(JourneyStage)
class JourneyStageAdmin(ReadOnlyAdmin[JourneyStage]):
    """Of all journeys; they are changed on the page of their journey."""

    area = Area.JOURNEYS
    organisation_path = "journey__organisation"
    legal_entity_path = "journey__legal_entity"
    list_display = ("journey", "position", "name")
    list_select_related = ("journey",)
    ordering = ("journey", "position", "pk")
