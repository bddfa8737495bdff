"""What staff did: all of it in one list, what one member did, and who looked at one person."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page as Rows
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin.csv_download import as_download
from consent.domain import staff_trail
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, staff_of
from customers.admin.trail import trail_of
from customers.domain.staff import Area, Right, rights_of
from customers.models import Contact, StaffAct, StaffMember
from customers.staff_site import PROOF, Page, StaffSite

ROWS_A_PAGE: Final = 100
COLUMNS: Final = (
    "done_at",
    "staff",
    "role",
    "act",
    "model",
    "object_key",
    "contact",
    "legal_entity",
    "fields",
    "rows",
    "page",
    "network",
)
AT_THE_DESKS: Final = {
    staff_trail.LOOKED_UP: _("Looked up at the inbound desk"),
    staff_trail.CALLED: _("Shown at the call desk"),
}
WORDS: Final = {**dict(StaffAct.Act.choices), **AT_THE_DESKS}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One act as it is shown: who did it, in words, on which page, and about whom."""

    at: Any
    who: str
    what: str | StrPromise
    where: str
    about: uuid.UUID | None
    name: str


@admin.register(StaffAct)
class StaffActAdmin(ReadOnlyAdmin[StaffAct]):
    area = Area.STAFF_ACTS
    job = PROOF
    legal_entity_path = "legal_entity"
    change_list_template = "admin/staff_acts.html"
    list_display = ("done_at", "staff", "act", "kind", "rows", "legal_entity", "contact_id", "where")
    list_filter = (
        "act",
        ("staff", ScopedRelatedFilter),
        ("legal_entity", ScopedRelatedFilter),
        ("done_at", admin.DateFieldListFilter),
    )
    list_select_related = ("staff", "legal_entity")
    date_hierarchy = "done_at"
    search_fields = ("=staff__username", "=contact_id", "=object_key")
    search_help_text = _("Name of the member of staff, key of a contact, or key of another row.")
    ordering = ("-done_at", "-pk")
    fieldsets = (
        (_("Who and when"), {"fields": ("done_at", "staff", "role", "network")}),
        (_("What"), {"fields": ("act", "kind", "object_key", "fields", "rows", "page")}),
        (_("About whom"), {"fields": ("contact_id", "organisation", "legal_entity")}),
    )
    readonly_fields = ("kind",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="customers_staffact_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        found = unusual_for(staff_of(request)) if may_watch(request) else []
        return super().changelist_view(request, {**(extra_context or {}), "unusual": found})

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_changelist_instance(request).get_queryset(request)
        trail_of(request).rows = found.count()
        return as_download(csv_rows(found), name="acts-of-staff")

    @admin.display(description=_("kind of data"), ordering="model")
    def kind(self, act: StaffAct) -> str:
        return kind_of(act.model)


def may_watch(request: HttpRequest) -> bool:
    staff = request.user
    return isinstance(staff, StaffMember) and Right.VIEW in rights_of(staff=staff, area=Area.STAFF_ACTS)


def unusual_for(staff: StaffMember) -> list[staff_trail.Unusual]:
    if staff.organisation is None:
        return []
    return staff_trail.find_unusual(organisation=staff.organisation, now=timezone.now())


def kind_of(label: str) -> str:
    """A kind of data that is no more keeps the name it had."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)  # noqa: SLF001  (the documented way)
    except (LookupError, ValueError):
        return label


def csv_rows(found: QuerySet[StaffAct]) -> Iterator[Sequence[str]]:
    yield COLUMNS
    for act in found.iterator(chunk_size=2_000):
        yield (
            act.done_at.isoformat(),
            str(act.staff or ""),
            act.role,
            act.act,
            act.model,
            act.object_key,
            str(act.contact_id or ""),
            str(act.legal_entity.code if act.legal_entity else ""),
            " ".join(act.fields),
            "" if act.rows is None else str(act.rows),
            act.page,
            act.network,
        )


def looked_page(page: admin.ModelAdmin[Contact], request: HttpRequest, contact: Contact) -> HttpResponse:
    """Who looked at one person: for those who watch over it alone."""
    if not may_watch(request):
        raise PermissionDenied
    context = {"title": _("Who looked at this person"), "opts": page.opts, "contact": contact}
    return show(request, staff_trail.about_contact(contact=contact), context)


def member_view(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """What one member did: the same rows as in the list and at the desks, together."""
    if not may_watch(request):
        raise PermissionDenied
    found = admin.site.get_model_admin(StaffMember).get_queryset(request).filter(pk=member_id).first()
    if found is None:
        raise Http404
    trail_of(request).act = StaffAct.Act.LOOKED
    unusual = [one for one in unusual_for(found) if one.staff == found]
    context = {"title": gettext("What %(name)s did") % {"name": found}, "member": found, "unusual": unusual}
    return show(request, staff_trail.by_member(staff=found), context)


def show(request: HttpRequest, found: QuerySet[Any], context: dict[str, Any]) -> HttpResponse:
    rows = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page", "1"))
    trail_of(request).rows = len(rows.object_list)
    whole = {**admin.site.each_context(request), **context, "page": rows, "lines": lines_of(request, rows)}
    return TemplateResponse(request, "admin/staff_trail.html", whole)


def lines_of(request: HttpRequest, rows: Rows[Any]) -> list[Line]:
    found = list(rows.object_list)
    members = {one.pk: str(one) for one in StaffMember.objects.filter(pk__in={row["who"] for row in found})}
    people = names_of(request, {row["about"] for row in found if row["about"]})
    return [
        Line(
            at=row["at"],
            who=members.get(row["who"], ""),
            what=WORDS.get(row["what"], row["what"]),
            where=row["where"],
            about=row["about"],
            name=people.get(row["about"], ""),
        )
        for row in found
    ]


def names_of(request: HttpRequest, keys: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names only for who sees people anyway; an administrator does not."""
    page = admin.site.get_model_admin(Contact)
    if not page.has_view_permission(request):
        return {}
    return {one.pk: str(one) for one in page.get_queryset(request).filter(pk__in=keys)}


StaffSite.pages += [
    Page(
        route="staff-acts/<uuid:member_id>/",
        name="acts_of_member",
        title=_("What a member of staff did"),
        view=member_view,
        is_shown=lambda _request: False,
    )
]
