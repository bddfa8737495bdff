from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import OF_FRESHNESS, REPLACED, badge
from consent.admin.do_not_call_form import FAULTS, ListForm, told
from consent.domain.do_not_call import SnapshotNotLoadableError
from consent.domain.do_not_call_file import Fault
from consent.domain.do_not_call_freshness import judge
from consent.domain.do_not_call_import import DoubtfulListError, load_file
from consent.domain.rulebook.packs.be_2015_07_11 import LIST_IS_FRESH_FOR
from consent.models import DoNotCallRegistration, DoNotCallSnapshot
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.staff_site import PERMISSION


@admin.register(DoNotCallSnapshot)
class DoNotCallSnapshotAdmin(ReadOnlyAdmin[DoNotCallSnapshot]):
    area = Area.STOPS
    job = PERMISSION
    change_list_template = "admin/do_not_call_lists.html"
    change_form_template = "admin/do_not_call_list.html"
    list_display = (
        "taken_at",
        "state",
        "age",
        "organisation",
        "numbers",
        "faulty_rows",
        "loaded_at",
        "loaded_by",
    )
    list_filter = (("organisation", ScopedRelatedFilter),)
    list_select_related = ("organisation", "loaded_by")
    date_hierarchy = "taken_at"
    ordering = ("-taken_at", "-pk")
    fields = (
        "organisation",
        "taken_at",
        "state",
        "fresh_until",
        "numbers",
        "faulty_rows",
        "loaded_at",
        "loaded_by",
        "file_hash",
    )
    readonly_fields = ("state", "fresh_until")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DoNotCallSnapshot]:
        same_holder = DoNotCallSnapshot.objects.filter(organisation=OuterRef("organisation"))
        last = Subquery(same_holder.order_by("-taken_at").values("taken_at")[:1])
        return super().get_queryset(request).annotate(last_taken_at=last)

    def get_urls(self) -> list[URLPattern]:
        load = self.admin_site.admin_view(self.load_view)
        return [path("load/", load, name="consent_donotcallsnapshot_load"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may_load = has_duty(staff=staff_of(request), duty=Duty.LOAD_DO_NOT_CALL)
        return super().changelist_view(request, {**(extra_context or {}), "may_load": may_load})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        snapshot = kwargs["obj"]
        context["faults"] = [(place, FAULTS[Fault[name]]) for place, name in snapshot.first_faults]
        return super().render_change_form(request, context, *args, **kwargs)

    def load_view(self, request: HttpRequest) -> HttpResponse:
        """A doubtful list comes back with what was found; it is loaded when that is confirmed."""
        staff = require(request, Duty.LOAD_DO_NOT_CALL)
        form = ListForm(request.POST or None, request.FILES or None, staff=staff)
        report = None
        if form.is_valid():
            try:
                snapshot = load_file(
                    organisation=form.holder(), delivery=form.delivery(), loaded_at=timezone.now()
                )
            except SnapshotNotLoadableError as error:
                form.add_error("file", told(error.refusal))
            except DoubtfulListError as error:
                report = error.report
                form = form.asked_again(report)
            else:
                messages.success(request, _("The list is loaded. Calls to Belgium follow it from now on."))
                return HttpResponseRedirect(
                    reverse("admin:consent_donotcallsnapshot_change", args=[snapshot.pk])
                )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Load a do-not-call-me list"),
            "opts": self.opts,
            "form": form,
            "report": report,
            "faults": [(row.place, FAULTS[row.fault]) for row in report.first_faults if row.fault]
            if report
            else [],
        }
        return TemplateResponse(request, "admin/do_not_call_load.html", context)

    @admin.display(description=_("state"))
    def state(self, snapshot: DoNotCallSnapshot) -> str:
        if snapshot.taken_at != snapshot.last_taken_at:  # type: ignore[attr-defined]
            return badge(REPLACED)
        return badge(OF_FRESHNESS[judge(taken_at=snapshot.taken_at, at=timezone.now())])

    @admin.display(description=_("age"), ordering=F("taken_at").desc())
    def age(self, snapshot: DoNotCallSnapshot) -> str:
        return timesince(snapshot.taken_at)

    @admin.display(description=_("allows calls until"))
    def fresh_until(self, snapshot: DoNotCallSnapshot) -> Any:
        return snapshot.taken_at + LIST_IS_FRESH_FOR


@admin.register(DoNotCallRegistration)
class DoNotCallRegistrationAdmin(ReadOnlyAdmin[DoNotCallRegistration]):
    area = Area.STOPS
    job = PERMISSION
    list_display = ("number", "organisation", "registered_date", "removed_date")
    list_filter = (("removed_date", admin.EmptyFieldListFilter), ("organisation", ScopedRelatedFilter))
    list_select_related = ("organisation",)
    date_hierarchy = "registered_date"
    search_fields = ("=number",)
    ordering = ("-registered_date", "-pk")
    fields = ("organisation", "number", "registered_date", "removed_date")
