import uuid

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.foreign_html import show
from consent.domain import messages
from consent.domain.digest.sending import letter_of, subject_before
from consent.domain.digest.subjects import title_of
from consent.domain.digest.writing import month_before, write_digest
from consent.domain.messages import MaskedLinks, Rendered
from consent.models import Digest, OutboxMessage
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, staff_of
from customers.domain.staff import Area, Right, rights_of
from customers.models import Department
from customers.staff_site import PROOF, Page, StaffSite


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin[Digest]):
    """Which department was mailed about which month, and the subject it was asked to discuss."""

    area = Area.DEPARTMENTS
    job = PROOF
    organisation_path = "department__organisation"
    list_display = ("department", "month_date", "subject_shown", "written_at")
    list_filter = (("department", ScopedRelatedFilter),)
    list_select_related = ("department",)
    date_hierarchy = "month_date"
    search_fields = ("department__name",)
    ordering = ("-month_date", "department__name", "-pk")
    fieldsets = (
        (_("Which digest"), {"fields": ("department", "month_date", "subject_shown")}),
        (_("When"), {"fields": ("written_at",)}),
    )
    readonly_fields = ("subject_shown",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        seen = admin.site.get_model_admin(Department).get_queryset(request)
        return super().get_queryset(request).filter(department__in=seen.values("pk"))

    @admin.display(description=_("subject to discuss"), ordering="subject")
    def subject_shown(self, digest: Digest) -> str:
        return str(title_of(code=digest.subject))


def preview_view(request: HttpRequest, department: uuid.UUID) -> HttpResponse:
    """The digest as it would be written now about last month; nothing is mailed."""
    found = find(request, department)
    context = {
        **admin.site.each_context(request),
        "title": _("Monthly digest"),
        "department": found,
        "rendered": rendered_of(found),
        "last": Digest.objects.filter(department=found).order_by("-month_date").first(),
    }
    return TemplateResponse(request, "admin/digest_preview.html", context)


def preview_html_view(request: HttpRequest, department: uuid.UUID) -> HttpResponse:
    return show(html=rendered_of(find(request, department)).html)


def find(request: HttpRequest, department: uuid.UUID) -> Department:
    seen = admin.site.get_model_admin(Department).get_queryset(request)
    if not may_preview(request):
        raise Http404
    return get_object_or_404(seen.select_related("organisation"), pk=department)


def may_preview(request: HttpRequest) -> bool:
    return Right.VIEW in rights_of(staff=staff_of(request), area=Area.DEPARTMENTS)


def rendered_of(department: Department) -> Rendered:
    now = timezone.localtime()
    month = month_before(at=now)
    last = subject_before(department, month)
    letter = letter_of(
        department=department,
        written=write_digest(department=department, month=month, last=last, at=now),
    )
    message = OutboxMessage(
        kind=letter.kind, legal_entity=letter.legal_entity, language=letter.language, created_at=now
    )
    links = MaskedLinks(public_url=settings.PUBLIC_URL)
    return messages.render_content(message=message, content=letter.content, links=links)


StaffSite.pages += [
    Page(
        route="digest/<uuid:department>/",
        name="digest_preview",
        title=_("Monthly digest"),
        view=preview_view,
        is_shown=may_preview,
    ),
    Page(
        route="digest/<uuid:department>/html/",
        name="digest_preview_html",
        title=_("Monthly digest"),
        view=preview_html_view,
        is_shown=may_preview,
    ),
]
