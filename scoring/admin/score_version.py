from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import badge
from consent.admin.job import renewal, renewing
from consent.tasks import wake_job
from customers.admin.scope import DraftAdmin, ScopedRelatedFilter, ScopedTabularInline, require, staff_of
from customers.domain.staff import Area, Duty, Right, has_duty
from customers.staff_site import SCORING
from scoring.admin.score_model import look_of
from scoring.admin.trial import Trial, trial_of, trial_shown
from scoring.domain import versions
from scoring.domain.rules.checking import find_faults
from scoring.domain.rules.wording import tell_rule
from scoring.domain.scores import trials
from scoring.models import Band, ScoreModelVersion


class BandInline(ScopedTabularInline[Band]):
    model = Band
    area = Area.SCORE_MODELS
    ordering = ("from_points", "pk")
    fields = ("from_points", "code", "name")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and getattr(obj, "published_at", None) is None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request) and getattr(obj, "published_at", None) is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Right.DELETE in self.rights(request) and getattr(obj, "published_at", None) is None


class PublishForm(forms.Form):
    """Whoever publishes says that they saw whom the rules meet, where that is nobody or everybody."""

    seen = forms.BooleanField(label=_("I have seen this, and publish it nevertheless"))

    def __init__(self, *args: Any, needs_to_be_seen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_to_be_seen:
            del self.fields["seen"]


@admin.register(ScoreModelVersion)
class ScoreModelVersionAdmin(DraftAdmin[ScoreModelVersion]):
    """A version with its rules as sentences; only a draft changes."""

    area = Area.SCORE_MODELS
    when_empty = _(
        "There is no version yet. Open a score model and make one with “New version”: it holds the rules."
    )
    job = SCORING
    place = 2
    organisation_path = "model__organisation"
    legal_entity_path = "model__legal_entity"
    change_form_template = "admin/score_version_change_form.html"
    list_display = ("model", "number", "state", "published_at", "published_by", "retired_at", "counted_date")
    list_filter = (("model", ScopedRelatedFilter),)
    list_select_related = ("model", "published_by")
    search_fields = ("model__name", "=model__code")
    ordering = ("model__name", "-number", "pk")
    readonly_fields = ("model", "number", "published_at", "published_by", "retired_at", "counted_date")
    fields = readonly_fields
    inlines = (BandInline,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A version begins on the page of its model, as a copy of the one before."""
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_view)
        return [
            path("<path:object_id>/try/", view, name="scoring_scoremodelversion_try"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        version = kwargs.get("obj")
        if version is not None:
            rules = version.rules.prefetch_related("conditions").order_by("position", "pk")
            context["rules"] = [(rule, tell_rule(rule=rule)) for rule in rules]
            context["may_edit"] = self.has_change_permission(request, version)
        return super().render_change_form(request, context, *args, **kwargs)

    def try_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows whom each rule meets and what would change; who answers for it publishes from there."""
        version, now = self.find(request, object_id), timezone.now()
        faults = find_faults(version=version)
        if request.method == "POST" and "count" in request.GET and not faults:
            job = trials.start_trial(version=version, started_by=staff_of(request), now=now)
            wake_job(job_id=job.pk)
            return redirect("admin:scoring_scoremodelversion_try", version.pk)
        trial = Trial() if faults else trial_of(version, now)
        form = PublishForm(request.POST or None, needs_to_be_seen=bool(trial.odd))
        if request.method == "POST":
            require(request, Duty.PUBLISH_SCORES)
            is_seen = faults or (trial.tried and (not form.fields or form.is_valid()))
            if is_seen and self.published(request, version):
                return redirect("admin:scoring_scoremodelversion_change", version.pk)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Try on real data"),
            "opts": self.opts,
            "version": version,
            "faults": [(fault, fault.rule and tell_rule(rule=fault.rule)) for fault in faults],
            "form": form,
            "may_publish": version.published_at is None and may_publish(request) and trial.tried is not None,
            **(trial_shown(trial, version) if not faults else {}),
            **renewal(request, trial.job),
        }
        return renewing(TemplateResponse(request, "admin/score_version_try.html", context))

    def published(self, request: HttpRequest, version: ScoreModelVersion) -> bool:
        try:
            job = versions.publish_version(
                version=version, published_by=staff_of(request), now=timezone.now()
            )
        except versions.NoDraftError:
            messages.info(request, _("This version was published before."))
            return True
        except versions.RulesRefusedError:
            messages.error(request, _("Not published. Mend the rules below first."))
            return False
        wake_job(job_id=job.pk)
        self.log_change(request, version, [])
        messages.success(request, _("Published. Everybody is counted anew by it now."))
        return True

    def find(self, request: HttpRequest, object_id: str) -> ScoreModelVersion:
        version = self.get_object(request, unquote(object_id))
        if version is None:
            raise Http404
        return version

    @admin.display(description=_("state"))
    def state(self, version: ScoreModelVersion) -> str:
        return badge(look_of(version))


def may_publish(request: HttpRequest) -> bool:
    return has_duty(staff=staff_of(request), duty=Duty.PUBLISH_SCORES)
