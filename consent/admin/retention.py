"""How long data is kept, and the page that says what goes next."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.domain.retention.looking_ahead import DAYS_AHEAD, look_ahead
from consent.models import RetentionTerm
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, staff_of
from customers.domain.staff import Area, Right, rights_of
from customers.models import Organisation, StaffMember
from customers.staff_site import PROOF, Page, StaffSite


@admin.register(RetentionTerm)
class RetentionTermAdmin(ScopedAdmin[RetentionTerm]):
    """A term is adopted, never changed: another one takes its place."""

    area = Area.POLICIES
    job = PROOF
    list_display = ("kind", "purpose", "days", "reason", "decided_at", "decided_by", "organisation")
    list_filter = ("kind", ("organisation", ScopedRelatedFilter))
    list_select_related = ("purpose", "decided_by", "organisation")
    search_fields = ("reason",)
    ordering = ("kind", "-decided_at", "-pk")
    fields = ("organisation", "kind", "purpose", "days", "reason")

    def has_change_permission(self, request: HttpRequest, obj: RetentionTerm | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RetentionTerm, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.decided_at, obj.decided_by = timezone.now(), staff_of(request)
        super().save_model(request, obj, form, change)


def may_look_ahead(request: HttpRequest) -> bool:
    staff = request.user
    return isinstance(staff, StaffMember) and Right.VIEW in rights_of(staff=staff, area=Area.EVIDENCE)


class HolderForm(forms.Form):
    """Only who sees several organisations chooses one."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.order_by("name", "pk"), label=_("Organisation"), empty_label=None
    )


def next_view(request: HttpRequest) -> HttpResponse:
    if not may_look_ahead(request):
        raise PermissionDenied
    form = HolderForm(request.GET or None)
    organisation = staff_of(request).organisation
    if organisation is None and form.is_valid():
        organisation = form.cleaned_data["organisation"]
    context = {
        **admin.site.each_context(request),
        "title": _("What goes next"),
        "organisation": organisation,
        "form": form if staff_of(request).organisation is None else None,
        "days": [day for day in DAYS_AHEAD if day],
        "lines": look_ahead(organisation=organisation, now=timezone.now()) if organisation else [],
    }
    return TemplateResponse(request, "admin/what_goes_next.html", context)


StaffSite.pages += [
    Page(
        route="what-goes-next/",
        name="what_goes_next",
        title=_("What goes next"),
        view=next_view,
        is_shown=may_look_ahead,
        job=PROOF,
    ),
]
