from typing import Any

from django import forms
from django.contrib import admin
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import DraftAdmin, ScopedTabularInline
from customers.domain.staff import Area, Right
from scoring.admin.adding_rows import MORE, AsTypedForm, AsTypedFormSet
from scoring.domain.rules.checking import find_condition_fault
from scoring.domain.rules.conditions import UnknownWordError
from scoring.domain.rules.wording import tell_rule
from scoring.domain.scores.trials import try_rule
from scoring.models import RuleCondition, ScoreModelVersion, ScoreRule


class ConditionFormSet(AsTypedFormSet):
    """The conditions of one rule, that have to go together."""

    def clean(self) -> None:
        super().clean()
        if MORE in self.data or any(self.errors):
            return
        filled = [form for form in self.forms if form.has_changed() or form.instance.pk]
        kept = [form.instance for form in filled if not form.cleaned_data.get("DELETE")]
        if sentence := find_condition_fault(rule=self.instance, conditions=kept):
            raise forms.ValidationError(sentence)


def is_open(version: ScoreModelVersion | None) -> bool:
    return version is None or version.published_at is None


def met_shown(rule: ScoreRule) -> dict[str, Any]:
    """Whom a rule meets; of very many people it is told once its version was tried."""
    try:
        met = try_rule(rule=rule, now=timezone.now())
    except (UnknownWordError, DataError):
        return {"unknown": True}
    return {"met": met, "untried": met is None}


class ConditionInline(ScopedTabularInline[RuleCondition]):
    model = RuleCondition
    form = AsTypedForm
    formset = ConditionFormSet
    template = "admin/card_inline.html"
    more = _("Add another condition")
    explained = _(
        "Leave them empty where it always counts. “Is at least” and “is at most” need a number, “is known” "
        "needs nothing, the others a text."
    )
    area = Area.SCORE_MODELS
    ordering = ("rule", "pk")
    extra = 2
    fields = ("field", "name", "comparison", "text", "number")
    verbose_name_plural = _("and only if (all of these)")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and is_open(obj and obj.version)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request) and is_open(obj and obj.version)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Right.DELETE in self.rights(request) and is_open(obj and obj.version)


@admin.register(ScoreRule)
class ScoreRuleAdmin(DraftAdmin[ScoreRule]):
    """One sentence with its fields, and whom it meets; it is reached from its version."""

    area = Area.SCORE_MODELS
    organisation_path = "version__model__organisation"
    legal_entity_path = "version__model__legal_entity"
    form = AsTypedForm
    change_form_template = "admin/score_rule_change_form.html"
    list_display = ("__str__", "version", "points", "phase")
    list_select_related = ("version__model",)
    search_fields = ("version__model__name", "phase")
    ordering = ("version__model__name", "-version__number", "position", "pk")
    inlines = (ConditionInline,)
    fieldsets = (
        (_("When somebody"), {"fields": ("version", "looks_at")}),
        (_("They get points"), {"fields": ("points", "once", "half_life_days", "window_days", "cap")}),
        (_("Its place"), {"fields": ("phase", "position")}),
    )

    def has_module_permission(self, request: HttpRequest) -> bool:
        """It stands on no list of pages: a rule says nothing without its version."""
        return False

    def is_draft(self, obj: ScoreRule | None) -> bool:
        return obj is None or is_open(obj.version)

    def get_readonly_fields(self, request: HttpRequest, obj: ScoreRule | None = None) -> tuple[str, ...]:
        return ("version",) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: ScoreRule | None) -> Any:
        """Whoever only reads it has the sentence, which says it all."""
        may_edit = obj is None or self.has_change_permission(request, obj)
        return super().get_inlines(request, obj) if may_edit else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "version":
            field.queryset = field.queryset.filter(published_at__isnull=True)
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        rule = kwargs.get("obj")
        if rule is not None:
            context["sentence"] = tell_rule(rule=rule)
            context |= met_shown(rule) if request.method == "GET" else {}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: ScoreRule, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.after(request, obj) or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: ScoreRule) -> HttpResponse:
        return self.after(request, obj) or super().response_change(request, obj)

    def after(self, request: HttpRequest, rule: ScoreRule) -> HttpResponse | None:
        """After saving one goes back to the version, unless one goes on with this rule or another."""
        if "_continue" in request.POST or "_addanother" in request.POST:
            return None
        return redirect("admin:scoring_scoremodelversion_change", rule.version_id)
