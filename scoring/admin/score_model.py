from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from consent.admin.badge import DRAFT, IN_FORCE, OVER, badge
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import SCORING
from scoring.domain import versions
from scoring.models import ScoreModel, ScoreModelVersion


@admin.register(ScoreModel)
class ScoreModelAdmin(ScopedAdmin[ScoreModel]):
    area = Area.SCORE_MODELS
    when_empty = _(
        "A score model gives people points for what they do or are, so that you see who is interested or "
        "at risk. Add one, make a version of it with rules, try it on real data, and publish it."
    )
    job = SCORING
    place = 1
    legal_entity_path = "legal_entity"
    change_form_template = "admin/score_model_change_form.html"
    list_display = ("name", "legal_entity", "kind", "dimension", "rests_on", "state")
    list_filter = ("kind", "dimension", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity",)
    search_fields = ("name", "=code")
    ordering = ("legal_entity", "name", "pk")
    fieldsets = (
        (_("Whose"), {"fields": ("organisation", "legal_entity", "code", "name")}),
        (_("What it measures"), {"fields": ("kind", "dimension", "rests_on")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ScoreModel]:
        in_force = ScoreModelVersion.objects.filter(
            model=models.OuterRef("pk"), published_at__isnull=False, retired_at__isnull=True
        )
        return super().get_queryset(request).annotate(counts=models.Exists(in_force))

    def get_readonly_fields(self, request: HttpRequest, obj: ScoreModel | None = None) -> tuple[str, ...]:
        """What past scores rest on stays as it was."""
        return ("organisation", "legal_entity", "code", "kind", "dimension", "rests_on") if obj else ()

    def get_urls(self) -> list[URLPattern]:
        draft = self.admin_site.admin_view(require_POST(self.draft_view))
        name = "scoring_scoremodel_draft"
        return [path("<path:object_id>/draft/", draft, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        model = kwargs.get("obj")
        if model is not None:
            found = list(model.versions.order_by("-number"))
            context["versions"] = [(version, look_of(version)) for version in found]
            has_draft = any(version.published_at is None for version in found)
            context["may_draft"] = not has_draft and self.has_change_permission(request, model)
        return super().render_change_form(request, context, *args, **kwargs)

    def draft_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        model = self.get_object(request, unquote(object_id))
        if model is None:
            raise Http404
        if not self.has_change_permission(request, model):
            raise PermissionDenied
        try:
            draft = versions.draft_version(model=model)
        except versions.DraftExistsError:
            messages.info(request, _("There is a draft already. Change that one."))
            return redirect("admin:scoring_scoremodel_change", model.pk)
        self.log_change(request, model, [])
        return redirect("admin:scoring_scoremodelversion_change", draft.pk)

    @admin.display(description=_("state"))
    def state(self, model: Any) -> str:
        return badge(IN_FORCE if model.counts else DRAFT)


def look_of(version: ScoreModelVersion) -> Any:
    if version.published_at is None:
        return DRAFT
    return IN_FORCE if version.is_in_force else OVER
