"""The register of data breaches, and the people of each."""

import datetime
import functools
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from consent.admin.badge import ENDED, PENDING, STOPPED, Look, badge, look
from consent.admin.fields import MomentWidget, SeveralChoicesField
from consent.admin.incident_letter import BUTTONS, LetterView
from consent.admin.incident_letter import VIEWS as LETTER_VIEWS
from consent.admin.incident_people import as_file, described
from consent.domain.incidents import keeping
from consent.domain.incidents.clock import Step, next_step, report_due_at, was_reported_late
from consent.domain.incidents.searching import kept
from consent.models import Disclosure, Incident, IncidentPerson
from customers.admin.scope import ReadOnlyAdmin, ScopedAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.staff_site import PROOF

LOOKS = {
    Step.REPORT_OVERDUE: look(STOPPED, _("72 hours have passed")),
    Step.REPORT: look(PENDING, _("Report it, or say why not")),
    Step.TELL_PEOPLE: look(PENDING, _("Tell people, or say why not")),
    Step.CLOSE: look(PENDING, _("To close")),
    Step.CLOSED: look(ENDED, _("Closed")),
}


def incident_look(incident: Incident, now: datetime.datetime) -> Look:
    return LOOKS[next_step(incident=incident, now=now)]


@admin.register(Incident)
class IncidentAdmin(ScopedAdmin[Incident]):
    """What waits longest to be reported stands first; a data breach is never deleted (art. 33(5) GDPR)."""

    area = Area.INCIDENTS
    job = PROOF
    place = 3
    actions = None
    legal_entity_path = "legal_entity"
    change_form_template = "admin/incident_change_form.html"
    list_display = ("title", "step", "legal_entity", "noticed_at", "report_before", "risk", "reported_at")
    list_filter = ("risk", ("closed_at", admin.EmptyFieldListFilter), ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity",)
    date_hierarchy = "noticed_at"
    search_fields = ("title", "what_happened", "report_reference")
    ordering = (models.F("closed_at").desc(nulls_first=True), "-noticed_at", "pk")
    formfield_overrides = {
        models.DateTimeField: {"widget": MomentWidget},
        ArrayField: {"form_class": SeveralChoicesField},
    }
    fieldsets = (
        (_("What happened"), {"fields": ("legal_entity", "title", "kinds", "what_happened")}),
        (_("When"), {"fields": ("happened_from", "happened_until", "noticed_at")}),
        (_("What it means"), {"fields": ("consequences", "risk", "measures")}),
        (
            _("The authority (art. 33)"),
            {"fields": ("reported_at", "report_reference", "late_reason", "not_reported_reason")},
        ),
        (_("The people (art. 34)"), {"fields": ("told_at", "not_told_reason")}),
        (_("State"), {"fields": ("closed_at",)}),
    )

    def get_urls(self) -> list[URLPattern]:
        letter = {name: functools.partial(self.letter_view, view) for name, view in LETTER_VIEWS.items()}
        buttons = {
            name: require_POST(functools.partial(self.letter_view, view)) for name, view in BUTTONS.items()
        }
        pages: dict[str, Callable[..., HttpResponseBase]] = {
            **letter,
            **buttons,
            "people": require_safe(self.people_view),
            "people_export": require_POST(self.export_view),
            "people_forget": require_POST(self.forget_view),
        }
        own = [
            path(
                f"<path:object_id>/{name.replace('_', '/')}/",
                self.admin_site.admin_view(view),
                name=f"consent_incident_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Incident | None = None) -> tuple[str, ...]:
        return ("legal_entity",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Incident, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.organisation = obj.legal_entity.organisation
            obj.recorded_at, obj.recorded_by = timezone.now(), staff_of(request)
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        incident = kwargs.get("obj")
        if incident is not None:
            context["look"] = incident_look(incident, timezone.now())
            context["due_at"] = report_due_at(incident=incident)
            context["waits"] = next_step(incident=incident, now=timezone.now()) in {
                Step.REPORT,
                Step.REPORT_OVERDUE,
            }
            context["may_handle"] = has_duty(staff=staff_of(request), duty=Duty.HANDLE_BREACH)
            context["late"] = was_reported_late(incident=incident) and not incident.late_reason
        return super().render_change_form(request, context, *args, **kwargs)

    def people_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        incident = self.find(request, object_id)
        met = kept(incident_id=incident.pk, organisation_id=incident.organisation_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("People concerned"),
            "opts": self.opts,
            "incident": incident,
            "keeping": keeping.find_keeping(incident=incident),
            "may_handle": has_duty(staff=staff_of(request), duty=Duty.HANDLE_BREACH),
            **described(request, met),
        }
        return TemplateResponse(request, "admin/incident_people.html", context)

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        staff, incident = require(request, Duty.HANDLE_BREACH), self.find(request, object_id)
        met = kept(incident_id=incident.pk, organisation_id=incident.organisation_id)
        return as_file(met, staff=staff, legal_entity_id=incident.legal_entity_id, name="data-breach")

    def forget_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, Duty.HANDLE_BREACH)
        incident = self.find(request, object_id)
        keeping.forget_people(incident=incident)
        self.log_change(request, incident, "The people found were taken away.")
        messages.success(request, _("Nobody is kept with this data breach now."))
        return HttpResponseRedirect(reverse("admin:consent_incident_people", args=[incident.pk]))

    def letter_view(self, view: LetterView, request: HttpRequest, object_id: str) -> HttpResponseBase:
        require(request, Duty.HANDLE_BREACH)
        return view(self, request, self.find(request, object_id))

    def find(self, request: HttpRequest, object_id: str) -> Incident:
        incident = self.get_object(request, unquote(object_id))
        if incident is None:
            raise Http404
        if not self.has_view_permission(request, incident):
            raise PermissionDenied
        return incident

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Incident]:
        return super().get_queryset(request).select_related("legal_entity", "organisation")

    @admin.display(description=_("waits for"))
    def step(self, incident: Incident) -> str:
        return badge(incident_look(incident, timezone.now()))

    @admin.display(description=_("report before"), ordering="noticed_at")
    def report_before(self, incident: Incident) -> datetime.datetime:
        return report_due_at(incident=incident)


@admin.register(IncidentPerson)
class IncidentPersonAdmin(ReadOnlyAdmin[IncidentPerson]):
    """Who was found, by key; the page of the data breach names them."""

    area = Area.INCIDENTS
    job = PROOF
    organisation_path = "incident__organisation"
    legal_entity_path = "incident__legal_entity"
    list_display = ("contact_id", "source", "incident", "first_at", "last_at", "times")
    list_filter = ("source",)
    list_select_related = ("incident",)
    search_fields = ("=contact_id", "=incident__id")
    ordering = ("-pk",)
    fields = ("incident", "contact_id", "source", "first_at", "last_at", "times")


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnlyAdmin[Disclosure]):
    """Which lists were given out, to whom; who stood on them is searched for, not read here."""

    area = Area.INCIDENTS
    job = PROOF
    legal_entity_path = "legal_entity"
    list_display = ("disclosed_at", "source", "legal_entity", "purpose", "channel", "staff", "api_key")
    list_filter = ("source", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity", "purpose", "staff", "api_key")
    date_hierarchy = "disclosed_at"
    search_fields = ("=list_id", "staff__username", "api_key__name")
    ordering = ("-disclosed_at", "-pk")
    fields = (*list_display, "list_id")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Disclosure]:
        return super().get_queryset(request).defer("contact_ids")
