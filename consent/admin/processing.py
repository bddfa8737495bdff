"""The record of processing: one page per legal entity, with its table and PDF, and the papers it rests on."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from consent.admin.csv_download import as_download
from consent.admin.fields import DateWidget, ReadableWordings
from consent.domain.processing import papers
from consent.domain.processing.gaps import Gap, find_gaps
from consent.domain.processing.record import TITLES, Activity, read_record
from consent.models import ImpactAssessment, SecurityMeasures
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, entities_of, narrow, staff_of
from customers.domain.staff import Area, Right, rights_of
from customers.models import LegalEntity, StaffMember
from customers.staff_site import PROOF, Page, StaffSite


@admin.register(ImpactAssessment)
class ImpactAssessmentAdmin(ScopedAdmin[ImpactAssessment]):
    area = Area.PROCESSING
    job = PROOF
    actions = None
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    list_display = ("title", "legal_entity", "conclusion", "concluded_date", "review_date")
    list_filter = ("conclusion", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity",)
    date_hierarchy = "review_date"
    search_fields = ("title", "measures", "document_reference")
    ordering = ("review_date", "pk")
    formfield_overrides = {models.DateField: {"widget": DateWidget}}
    fieldsets = (
        (_("What was assessed"), {"fields": ("legal_entity", "title", "purposes")}),
        (_("What came of it"), {"fields": ("conclusion", "measures", "officer_advice")}),
        (_("Where and when"), {"fields": ("document_reference", "concluded_date", "review_date")}),
    )


@admin.register(SecurityMeasures)
class SecurityMeasuresAdmin(ReadableWordings, ScopedAdmin[SecurityMeasures]):
    area = Area.PROCESSING
    job = PROOF
    actions = None
    legal_entity_path = "legal_entity"
    list_display = ("__str__", "reviewed_date")
    list_filter = (("legal_entity", ScopedRelatedFilter),)
    list_select_related = ("organisation", "legal_entity")
    search_fields = ("measures",)
    ordering = ("organisation", "legal_entity", "pk")
    formfield_overrides = {models.DateField: {"widget": DateWidget}}
    fields = ("organisation", "legal_entity", "measures", "reviewed_date")

    def has_change_permission(self, request: HttpRequest, obj: SecurityMeasures | None = None) -> bool:
        """Who is limited to some legal entities reads, but does not change, the text of them all."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or obj.legal_entity_id is not None or not entities_of(staff_of(request))

    def get_readonly_fields(
        self, request: HttpRequest, obj: SecurityMeasures | None = None
    ) -> tuple[str, ...]:
        return ("organisation", "legal_entity") if obj else ()


def may_read(request: HttpRequest) -> bool:
    staff = request.user
    return isinstance(staff, StaffMember) and Right.VIEW in rights_of(staff=staff, area=Area.PROCESSING)


def entities(request: HttpRequest) -> QuerySet[LegalEntity]:
    if not may_read(request):
        raise PermissionDenied
    found = LegalEntity.objects.select_related("organisation").order_by("name", "pk")
    return narrow(found, staff=staff_of(request), organisation="organisation", legal_entity="pk")


@require_safe
def list_view(request: HttpRequest) -> HttpResponse:
    found = list(entities(request))
    if len(found) == 1:
        return record_view(request, found[0].code)
    return page(request, "records", title=_("Records of processing"), entities=found)


@require_safe
def record_view(request: HttpRequest, code: str) -> HttpResponse:
    entity = get_object_or_404(entities(request), code=code)
    record = read_record(legal_entity=entity, at=timezone.now())
    gaps = find_gaps(record=record)
    return page(
        request,
        "record",
        title=_("Record of processing activities"),
        record=record,
        controller=papers.controller_of(record=record),
        activities=[(activity, told(request, activity)) for activity in record.activities],
        gaps=[(gap, place_of(request, gap)) for gap in gaps],
    )


@require_safe
def table_view(request: HttpRequest, code: str) -> HttpResponseBase:
    entity = get_object_or_404(entities(request), code=code)
    record = read_record(legal_entity=entity, at=timezone.now())
    return as_download(list(papers.rows_of(record=record)), name=f"processing-{entity.code}")


@require_safe
def pdf_view(request: HttpRequest, code: str) -> HttpResponse:
    entity = get_object_or_404(entities(request), code=code)
    record = read_record(legal_entity=entity, at=timezone.now())
    pdf = papers.as_pdf(record=record, gaps=find_gaps(record=record))
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="processing-{entity.code}.pdf"'
    return answer


def told(request: HttpRequest, activity: Activity) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Each part under its title, with the page of the row it comes from, where this member may open it."""
    return [
        (title, [(said.text, page_of(request, said.row) if said.row else "") for said in parts])
        for part, title in TITLES.items()
        if (parts := activity.parts.get(part))
    ]


def place_of(request: HttpRequest, gap: Gap) -> str:
    """Where a gap is mended, for who may mend or at least see it."""
    if gap.row is not None:
        return page_of(request, gap.row)
    if gap.to_add is None or not admin.site.get_model_admin(gap.to_add).has_add_permission(request):
        return ""
    return reverse(f"admin:consent_{gap.to_add.__name__.lower()}_add")


def page_of(request: HttpRequest, row: Model) -> str:
    its_admin = admin.site.get_model_admin(type(row))
    if not its_admin.has_view_permission(request):
        return ""
    app, name = type(row).__module__.partition(".")[0], type(row).__name__.lower()
    return reverse(f"admin:{app}_{name}_change", args=[row.pk])


def page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/processing_{name}.html", whole)


StaffSite.pages += [
    Page(
        route="records-of-processing/",
        name="processing_records",
        title=_("Records of processing"),
        view=list_view,
        is_shown=may_read,
        job=PROOF,
    ),
    Page(
        route="records-of-processing/<slug:code>/",
        name="processing_record",
        title=_("Record of processing activities"),
        view=record_view,
        is_shown=may_read,
    ),
    Page(
        route="records-of-processing/<slug:code>/csv/",
        name="processing_record_csv",
        title=_("Record of processing activities"),
        view=table_view,
        is_shown=may_read,
    ),
    Page(
        route="records-of-processing/<slug:code>/pdf/",
        name="processing_record_pdf",
        title=_("Record of processing activities"),
        view=pdf_view,
        is_shown=may_read,
    ),
]
