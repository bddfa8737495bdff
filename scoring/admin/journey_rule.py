from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import DraftAdmin
from customers.domain.staff import Area
from scoring.admin.journey_rule_form import ActionForm, JourneyRuleForm, condition_names, count_shown
from scoring.domain.journeys.running import count_rule
from scoring.domain.journeys.wording import tell_action, tell_journey_rule
from scoring.domain.scores.trials import are_few
from scoring.models import Journey, JourneyAction, JourneyRule

CONDITIONS_HOLD = _("and only if (all of these)")


class OnJourneyAdmin(DraftAdmin[Any]):
    """What is reached from the page of its journey, and goes back there; it says nothing without it."""

    area = Area.JOURNEYS
    change_form_template = "admin/journey_part_change_form.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def journey_of(self, obj: Any) -> Journey:
        raise NotImplementedError

    def sentence_of(self, obj: Any) -> str:
        raise NotImplementedError

    def is_draft(self, obj: Any) -> bool:
        return obj is None or self.journey_of(obj).state == Journey.State.DRAFT

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """The form knows which journey it is for before anything is typed."""
        form = super().get_form(request, obj, change, **kwargs)
        wanted = request.POST.get("journey") or request.GET.get("journey", "")
        stage = request.POST.get("stage") or request.GET.get("stage", "")
        return type(form.__name__, (form,), {"asked_journey": wanted, "asked_stage": stage})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None:
            context |= {"sentence": self.sentence_of(obj), "journey": self.journey_of(obj)}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.after(request, obj) or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.after(request, obj) or super().response_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        return redirect("admin:scoring_journey_changelist")

    def after(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        if "_continue" in request.POST or "_addanother" in request.POST:
            return None
        return redirect("admin:scoring_journey_change", self.journey_of(obj).pk)


@admin.register(JourneyRule)
class JourneyRuleAdmin(OnJourneyAdmin):
    """One sentence: who is in a stage so long, and does or is this, goes there."""

    form = JourneyRuleForm
    organisation_path = "journey__organisation"
    legal_entity_path = "journey__legal_entity"
    list_display = ("journey", "kind", "from_stage", "to_stage")
    list_select_related = ("journey", "from_stage", "to_stage")
    ordering = ("journey", "position", "pk")
    fieldsets = (
        (_("What happens"), {"fields": ("journey", "kind", "from_stage", "to_stage", "outcome")}),
        (
            _("When somebody"),
            {
                "fields": ("after_days", "looks_at", "times", "within_days"),
                "description": _("Leave out what it does not depend on; all that is filled in must hold."),
            },
        ),
        (CONDITIONS_HOLD, {"fields": ()}),
        (_("And stands there"), {"fields": ("segment", "score_model", "comparison", "points")}),
        (_("Its place"), {"fields": ("position",)}),
    )

    def journey_of(self, obj: Any) -> Journey:
        found: Journey = obj.journey
        return found

    def sentence_of(self, obj: Any) -> str:
        return tell_journey_rule(rule=obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("journey",) if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever only reads it has the sentence, which says the conditions too."""
        may_edit = obj is None or self.has_change_permission(request, obj)
        shown = count_shown(rule=obj, typed=request.POST)
        own = (CONDITIONS_HOLD, {"fields": tuple(condition_names(shown))})
        found = [own if one[0] == CONDITIONS_HOLD else one for one in super().get_fieldsets(request, obj)]
        return found if may_edit else [one for one in found if one is not own]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        rule = kwargs.get("obj")
        context["more"] = (str(CONDITIONS_HOLD), _("Add another condition"))
        if rule is not None and request.method == "GET":
            context |= counted(rule, asked="count" in request.GET)
        return super().render_change_form(request, context, *args, **kwargs)


def counted(rule: JourneyRule, *, asked: bool) -> dict[str, Any]:
    """For how many a rule holds; of very many people it is counted when somebody asks for it."""
    if not asked and not are_few(organisation_id=rule.journey.organisation_id):
        return {"too_many": True}
    return {"shown": True, "met": count_rule(rule=rule, at=timezone.now())}


@admin.register(JourneyAction)
class JourneyActionAdmin(OnJourneyAdmin):
    """One thing that is done for everybody who is in a stage so long."""

    form = ActionForm
    organisation_path = "stage__journey__organisation"
    legal_entity_path = "stage__journey__legal_entity"
    list_display = ("stage", "what", "after_days")
    list_select_related = ("stage__journey",)
    ordering = ("stage", "after_days", "pk")
    fieldsets = (
        (_("When"), {"fields": ("stage", "after_days")}),
        (_("What is done"), {"fields": ("what",)}),
        (_("Of a message"), {"fields": ("campaign",)}),
        (_("Of a task"), {"fields": ("words", "due_days", "department", "staff")}),
        (_("Of a segment"), {"fields": ("segment",)}),
    )

    def journey_of(self, obj: Any) -> Journey:
        found: Journey = obj.stage.journey
        return found

    def sentence_of(self, obj: Any) -> str:
        return tell_action(action=obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("stage",) if obj else ()
