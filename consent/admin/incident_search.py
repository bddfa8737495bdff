"""Who was in which list, export or message: asked for a period, on its own or for a data breach."""

import datetime
import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.fields import MomentWidget
from consent.admin.incident_people import as_file, described
from consent.domain.incidents import keeping
from consent.domain.incidents.limits import say_limits
from consent.domain.incidents.searching import Search, find_lists, is_small, live
from consent.domain.incidents.sources import ABOUT, Source
from consent.models import Incident
from consent.tasks import wake_job
from customers.admin.scope import narrow, require, staff_of
from customers.domain.staff import Area, Duty, Right, has_duty, rights_of
from customers.models import LegalEntity, StaffMember
from customers.staff_site import PROOF, Page, StaffSite


class SearchForm(forms.Form):
    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Of which legal entity?"), empty_label=None
    )
    since = forms.SplitDateTimeField(label=_("From"), widget=MomentWidget())
    until = forms.SplitDateTimeField(label=_("Until"), widget=MomentWidget())
    sources = forms.MultipleChoiceField(
        label=_("In what?"),
        choices=[(source.value, about.title) for source, about in ABOUT.items()],
        initial=[source.value for source in Source if source is not Source.INCIDENT],
        widget=forms.CheckboxSelectMultiple,
    )
    staff = forms.ModelChoiceField(
        StaffMember.objects.none(),
        label=_("Of one member of staff"),
        required=False,
        empty_label=_("Of everybody"),
        help_text=_("What they took out, opened, saw at a desk or called."),
    )
    list = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entities = LegalEntity.objects.order_by("name", "pk")
        colleagues = StaffMember.objects.order_by("username", "pk")
        self.fields["legal_entity"].queryset = narrow(  # type: ignore[attr-defined]
            entities, staff=staff, organisation="organisation", legal_entity="pk"
        )
        self.fields["staff"].queryset = narrow(colleagues, staff=staff, organisation="organisation")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The period ends after it begins."))
        return said

    def search(self) -> Search:
        said = self.cleaned_data
        return Search(
            organisation_id=said["legal_entity"].organisation_id,
            legal_entity_id=said["legal_entity"].pk,
            since=said["since"],
            until=said["until"],
            sources=[Source(source) for source in said["sources"]],
            staff_id=said["staff"].pk if said["staff"] else None,
            list_id=said["list"],
        )


def may_search(request: HttpRequest) -> bool:
    staff = request.user
    return isinstance(staff, StaffMember) and Right.VIEW in rights_of(staff=staff, area=Area.INCIDENTS)


def search_view(request: HttpRequest) -> HttpResponseBase:
    """Looks with GET; keeping people with a data breach and taking them out change something, with POST."""
    if not may_search(request):
        raise PermissionDenied
    staff, incident = staff_of(request), incident_of(request)
    said = request.GET if "since_0" in request.GET else None
    form = SearchForm(said, staff=staff, initial=beginning(incident))
    search = form.search() if form.is_bound and form.is_valid() else None
    if request.method == "POST":
        return acted(request, search, incident)
    context = {
        **admin.site.each_context(request),
        "title": _("Who was in what?"),
        "form": form,
        "incident": incident,
        "may_handle": has_duty(staff=staff, duty=Duty.HANDLE_BREACH),
        **(found(request, search) if search else {}),
    }
    return TemplateResponse(request, "admin/incident_search.html", context)


def acted(request: HttpRequest, search: Search | None, incident: Incident | None) -> HttpResponseBase:
    staff = require(request, Duty.HANDLE_BREACH)
    if search is None:
        raise Http404
    if "export" in request.POST and is_small(search=search):
        return as_file(
            live(search=search), staff=staff, legal_entity_id=search.legal_entity_id, name="who-was-in-what"
        )
    if incident is None or search.legal_entity_id != incident.legal_entity_id:
        raise Http404
    job = keeping.start_keeping(incident=incident, search=search, started_by=staff, now=timezone.now())
    wake_job(job_id=job.pk)
    return HttpResponseRedirect(reverse("admin:consent_job_change", args=[job.pk]))


def found(request: HttpRequest, search: Search) -> dict[str, Any]:
    context: dict[str, Any] = {
        "search": search,
        "limits": list(say_limits(search=search, now=timezone.now())),
    }
    if not is_small(search=search):
        return {**context, "too_many": True}
    lists = [(one, ABOUT[one.source].title) for one in find_lists(search=search)]
    said = request.GET.copy()
    for name in ("after", "list", "q"):
        said.pop(name, None)
    return {**context, "lists": lists, "wider": said.urlencode(), **described(request, live(search=search))}


def incident_of(request: HttpRequest) -> Incident | None:
    key = request.GET.get("incident", "")
    if not key:
        return None
    own: QuerySet[Incident] = narrow(
        Incident.objects.select_related("legal_entity", "organisation"),
        staff=staff_of(request),
        organisation="organisation",
        legal_entity="legal_entity",
    )
    try:
        return get_object_or_404(own, pk=uuid.UUID(key))
    except ValueError as error:
        raise Http404 from error


def beginning(incident: Incident | None) -> dict[str, Any]:
    # The form knows no seconds: what happened within this minute belongs to it.
    now = timezone.now() + datetime.timedelta(minutes=1)
    if incident is None:
        return {"since": now - datetime.timedelta(days=7), "until": now}
    return {
        "legal_entity": incident.legal_entity,
        "since": incident.happened_from,
        "until": incident.happened_until or now,
    }


StaffSite.pages += [
    Page(
        route="who-was-in-what/",
        name="who_was_in_what",
        title=_("Who was in what?"),
        view=search_view,
        is_shown=may_search,
        job=PROOF,
    ),
]
