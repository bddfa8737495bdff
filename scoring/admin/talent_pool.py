from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.admin.scope import ReadOnlyAdmin, ScopedAdmin, ScopedRelatedFilter, staff_of
from customers.domain.staff import Area
from customers.staff_site import SCORING
from scoring.admin.talent_pool_form import JobApplicationForm, TalentPoolForm
from scoring.admin.talent_pool_tables import list_people, page_table
from scoring.domain.talent_pool import journey, referring
from scoring.domain.talent_pool.figures import read_figures
from scoring.models import JobApplication, Referral, ReferredCandidate, StayQuestion, TalentPool


@admin.register(TalentPool)
class TalentPoolAdmin(ScopedAdmin[TalentPool]):
    """Whom a pool seeks and how people are asked to stay; who is in it stands on its own page."""

    area = Area.JOURNEYS
    job = SCORING
    place = 6
    form = TalentPoolForm
    legal_entity_path = "legal_entity"
    change_form_template = "admin/talent_pool_change_form.html"
    list_display = ("name", "legal_entity", "purpose", "ask_days_before", "ask_last_days_before")
    list_filter = (("legal_entity", ScopedRelatedFilter),)
    list_select_related = ("legal_entity", "purpose")
    search_fields = ("name", "=code")
    ordering = ("legal_entity", "name", "pk")
    fieldsets = (
        (_("What it is"), {"fields": ("name", "code", "legal_entity", "purpose", "form")}),
        (_("Whom it seeks"), {"fields": ("sought", "disciplines", "regions", "channels", "segment")}),
        (_("Asking to stay"), {"fields": ("ask_days_before", "ask_last_days_before")}),
    )

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<path:object_id>/people/",
                self.admin_site.admin_view(require_safe(self.people_view)),
                name="scoring_talentpool_people",
            ),
            path(
                "<path:object_id>/journey/",
                self.admin_site.admin_view(require_POST(self.journey_view)),
                name="scoring_talentpool_journey",
            ),
            path(
                "<path:object_id>/link/",
                self.admin_site.admin_view(require_POST(self.link_view)),
                name="scoring_talentpool_link",
            ),
        ]
        return [*own, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: TalentPool | None = None) -> tuple[str, ...]:
        # Whose pool it is, and for what people permitted, cannot change beneath them.
        return ("code", "legal_entity", "purpose") if obj else ()

    def people_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        pool, now = self.find(request, object_id), timezone.now()
        figures = read_figures(pool=pool, now=now)
        referral = Referral.objects.filter(pool=pool, staff=staff_of(request)).first()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The pool"),
            "pool": pool,
            "figures": figures,
            "table": page_table(figures=figures, pool=pool),
            "page": list_people(pool=pool, now=now, number=request.GET.get("page")),
            "link": f"{settings.PUBLIC_URL.rstrip('/')}/referred/{referral.code}/" if referral else "",
            "journey": journey.find_journey(pool=pool),
            "may_make": self.has_change_permission(request, pool),
            "may_refer": pool.form is not None and pool.form.published_at is not None,
        }
        return TemplateResponse(request, "admin/talent_pool_people.html", context)

    def link_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A colleague's own link to pass on: nothing is asked about whoever gets it."""
        pool = self.find(request, object_id)
        try:
            referring.link_of_colleague(pool=pool, staff=staff_of(request), made_at=timezone.now())
        except referring.NoFormError:
            messages.error(request, _("Put a form of this pool online first: the link leads to it."))
        return redirect("admin:scoring_talentpool_people", pool.pk)

    def journey_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One button makes the draft of the pool's journey; it is looked at and started as any other."""
        pool = self.find(request, object_id)
        if not self.has_change_permission(request, pool):
            raise PermissionDenied
        try:
            made = journey.make_journey(pool=pool, made_at=timezone.now())
        except journey.NoProfilingError:
            messages.error(
                request,
                _("Add a purpose with the code “profiling” first, so that people can object to it."),
            )
        except journey.JourneyThereError:
            messages.info(request, _("This pool has its journey already."))
        else:
            messages.success(request, _("The journey is made, as a draft. Set your figures and start it."))
            return redirect("admin:scoring_journey_change", made.pk)
        return redirect("admin:scoring_talentpool_people", pool.pk)

    def find(self, request: HttpRequest, object_id: str) -> TalentPool:
        pool = self.get_object(request, unquote(object_id))
        if pool is None or not self.has_view_permission(request, pool):
            raise Http404
        related = TalentPool.objects.select_related("legal_entity", "purpose", "form", "segment__model")
        return related.get(pk=pool.pk)


@admin.register(JobApplication)
class JobApplicationAdmin(ScopedAdmin[JobApplication]):
    """Who applied for what, and what came of it; it goes by itself after its term."""

    area = Area.JOURNEYS
    job = SCORING
    place = 7
    form = JobApplicationForm
    legal_entity_path = "pool__legal_entity"
    list_display = ("vacancy", "contact", "pool", "applied_at", "ended_at", "outcome")
    list_filter = ("outcome", ("pool", ScopedRelatedFilter), ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("contact", "pool")
    search_fields = ("vacancy", "=contact__id")
    raw_id_fields = ("contact",)
    ordering = ("-applied_at", "-pk")
    fieldsets = (
        (_("Who applied for what"), {"fields": ("pool", "contact", "vacancy", "applied_at")}),
        (_("What came of it"), {"fields": ("ended_at", "outcome")}),
    )

    def save_model(self, request: HttpRequest, obj: JobApplication, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change or {"ended_at", "outcome"} & set(form.changed_data):
            obj.told_at = timezone.now()
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: JobApplication | None = None) -> tuple[str, ...]:
        return ("pool", "contact") if obj else ()


class PoolRowAdmin(ReadOnlyAdmin[Any]):
    """What happened in a pool: read here, changed nowhere."""

    area = Area.JOURNEYS
    job = SCORING
    organisation_path = "pool__organisation"
    legal_entity_path = "pool__legal_entity"
    list_filter = (("pool", ScopedRelatedFilter),)


@admin.register(StayQuestion)
class StayQuestionAdmin(PoolRowAdmin):
    list_display = ("contact", "pool", "turn", "asked_at", "ends_at")
    list_select_related = ("contact", "pool")
    search_fields = ("=contact__id",)
    ordering = ("-asked_at", "-pk")
    fields = ("contact", "pool", "turn", "asked_at", "ends_at")


@admin.register(Referral)
class ReferralAdmin(PoolRowAdmin):
    list_display = ("__str__", "pool", "contact", "staff", "made_at")
    list_select_related = ("contact", "pool", "staff")
    search_fields = ("=contact__id",)
    ordering = ("-made_at", "-pk")
    fields = ("pool", "contact", "staff", "made_at")


@admin.register(ReferredCandidate)
class ReferredCandidateAdmin(PoolRowAdmin):
    list_display = ("contact", "pool", "referral", "came_at")
    list_select_related = ("contact", "pool", "referral")
    search_fields = ("=contact__id",)
    ordering = ("-came_at", "-pk")
    fields = ("contact", "pool", "referral", "came_at")
