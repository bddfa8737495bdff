from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import badge
from customers.admin.scope import DraftAdmin, ScopedRelatedFilter, ScopedTabularInline
from customers.domain.staff import Area, Right
from customers.staff_site import SCORING
from scoring.admin.journey_form import JourneyForm
from scoring.admin.journey_leaving import JourneyLeaving
from scoring.admin.journey_tables import journey_look
from scoring.domain.journeys.wording import tell_action, tell_journey_rule
from scoring.models import Journey, JourneyStage


def is_draft(journey: Journey | None) -> bool:
    return journey is None or journey.state == Journey.State.DRAFT


class StageInline(ScopedTabularInline[JourneyStage]):
    model = JourneyStage
    template = "admin/card_inline.html"
    explained = _(
        "The places where people are for a while, in order. What you aim at stands beside what happens on "
        "the page of figures; leave it empty where you aim at nothing."
    )
    area = Area.JOURNEYS
    extra = 2
    fields = (
        "position",
        "name",
        "code",
        "target_people",
        "target_days",
        "target_conversion",
        "figures_only",
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and is_draft(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request) and is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Right.DELETE in self.rights(request) and is_draft(obj)


@admin.register(Journey)
class JourneyAdmin(JourneyLeaving, DraftAdmin[Journey]):
    """A draft with its stages, and its rules and actions as sentences; once it runs it stays as it is."""

    area = Area.JOURNEYS
    job = SCORING
    place = 5
    when_empty = _(
        "A journey follows people stage by stage: what lets them in, what brings them on, what is done for "
        "them on the way, and how many drop out where. Add one, give it stages and rules, and start it."
    )
    form = JourneyForm
    legal_entity_path = "legal_entity"
    change_form_template = "admin/journey_change_form.html"
    list_display = ("name", "legal_entity", "kind", "state_shown", "started_at", "ended_at")
    list_filter = ("state", "kind", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity",)
    search_fields = ("name", "=code")
    ordering = ("name", "pk")
    inlines = (StageInline,)
    fieldsets = (
        (_("What it is"), {"fields": ("name", "code", "kind", "description")}),
        (_("On what ground"), {"fields": ("legal_entity", "purpose", "rests_on")}),
        (_("Coming back"), {"fields": ("again_after_days",)}),
    )

    def get_urls(self) -> list[URLPattern]:
        return [*self.act_urls(), *self.page_urls(), *super().get_urls()]

    def is_draft(self, obj: Journey | None) -> bool:
        return is_draft(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Journey | None = None) -> tuple[str, ...]:
        return ("code", "kind", "legal_entity") if obj else ()

    def save_model(self, request: HttpRequest, obj: Journey, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        journey = kwargs.get("obj")
        if journey is not None:
            context["look"] = journey_look(journey.state)
            context["may_edit"] = self.has_change_permission(request, journey)
            related = ("from_stage", "to_stage", "segment", "score_model")
            rules = journey.rules.select_related(*related).order_by("position", "pk")
            context["rules"] = [(rule, tell_journey_rule(rule=rule)) for rule in rules]
            context["stages"] = stages_with_actions(journey)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, journey: Journey) -> str:
        shown = badge(journey_look(journey.state))
        if not journey.fault:
            return shown
        return format_html('{}<div class="quiet-text">{}</div>', shown, journey.get_fault_display())


def stages_with_actions(journey: Journey) -> list[tuple[JourneyStage, list[tuple[Any, str]]]]:
    related = "actions__campaign", "actions__segment", "actions__department", "actions__staff"
    stages = journey.stages.prefetch_related(*related).order_by("position", "pk")
    return [
        (stage, [(one, tell_action(action=one)) for one in sorted(stage.actions.all(), key=_in_order)])
        for stage in stages
    ]


def _in_order(action: Any) -> tuple[int, Any]:
    return action.after_days, action.pk
