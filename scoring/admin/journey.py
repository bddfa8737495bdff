from django.contrib import admin

from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import SCORING
from scoring.models import (
    ColleagueTask,
    Journey,
    JourneyAction,
    JourneyMember,
    JourneyMove,
    JourneyRule,
    JourneyStage,
)


@admin.register(Journey)
class JourneyAdmin(ReadOnlyAdmin[Journey]):
    """The ways that people go."""

    area = Area.JOURNEYS
    job = SCORING
    legal_entity_path = "legal_entity"
    list_display = ("name", "kind", "state", "legal_entity", "started_at")
    list_filter = ("state", ("legal_entity", ScopedRelatedFilter))
    search_fields = ("name", "code")
    ordering = ("name", "pk")


@admin.register(JourneyMember)
class JourneyMemberAdmin(ReadOnlyAdmin[JourneyMember]):
    """Who is where, and who left."""

    area = Area.JOURNEYS
    job = SCORING
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
    list_filter = (("journey", ScopedRelatedFilter), "outcome")
    list_select_related = ("contact", "journey", "stage")
    search_fields = ("=contact__id",)
    ordering = ("-stage_since", "-pk")


@admin.register(JourneyMove)
class JourneyMoveAdmin(ReadOnlyAdmin[JourneyMove]):
    """Every step that was made, the newest first."""

    area = Area.JOURNEYS
    job = SCORING
    organisation_path = "journey__organisation"
    legal_entity_path = "journey__legal_entity"
    list_display = ("moved_at", "journey", "from_stage", "to_stage", "how", "staff")
    list_filter = (("journey", ScopedRelatedFilter), "how")
    list_select_related = ("journey", "from_stage", "to_stage", "staff")
    ordering = ("-moved_at", "-pk")


@admin.register(ColleagueTask)
class ColleagueTaskAdmin(ReadOnlyAdmin[ColleagueTask]):
    """What colleagues are asked to do, the most urgent first."""

    area = Area.JOURNEYS
    job = SCORING
    legal_entity_path = "legal_entity"
    list_display = ("words", "contact", "department", "staff", "due_at", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("contact", "department", "staff")
    search_fields = ("words",)
    ordering = ("due_at", "pk")


@admin.register(JourneyStage)
class JourneyStageAdmin(ReadOnlyAdmin[JourneyStage]):
    """Of all journeys."""

    area = Area.JOURNEYS
    organisation_path = "journey__organisation"
    legal_entity_path = "journey__legal_entity"
    list_display = ("journey", "position", "name")
    ordering = ("pk",)


@admin.register(JourneyRule)
class JourneyRuleAdmin(ReadOnlyAdmin[JourneyRule]):
    """Of all journeys."""

    area = Area.JOURNEYS
    organisation_path = "journey__organisation"
    legal_entity_path = "journey__legal_entity"
    list_display = ("journey", "kind", "from_stage", "to_stage")
    ordering = ("pk",)


@admin.register(JourneyAction)
class JourneyActionAdmin(ReadOnlyAdmin[JourneyAction]):
    """Of all journeys."""

    area = Area.JOURNEYS
    organisation_path = "stage__journey__organisation"
    legal_entity_path = "stage__journey__legal_entity"
    list_display = ("stage", "what", "after_days")
    ordering = ("pk",)
