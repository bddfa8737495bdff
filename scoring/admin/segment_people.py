"""Who is in a segment, and the people that are put in and taken out by hand."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.admin.scope import staff_of
from customers.domain.staff import Area, Right, rights_of
from scoring.admin.find_contact import chosen_contact, find_contacts, may_see_people
from scoring.domain import segments
from scoring.models import Segment, SegmentMember

ROWS_A_PAGE = 50


class SegmentPeople(BaseModelAdmin[Segment]):
    """The pages beside the form of a segment."""

    def people_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Callable[..., Any], str]] = [
            ("<path:object_id>/people/", require_safe(self.people_view), "people"),
            ("<path:object_id>/put-in/", require_POST(self.put_in_view), "put_in"),
            ("<path:object_id>/take-out/<int:member>/", self.take_out_view, "take_out"),
        ]
        return [
            path(route, self.admin_site.admin_view(view), name=f"scoring_segment_{name}")
            for route, view, name in pages
        ]

    def people_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        segment, wanted = self.find(request, object_id), request.GET.get("q", "").strip()
        members = segment.members.select_related("contact").order_by("-since_at", "-pk")
        page = Paginator(members, ROWS_A_PAGE).get_page(request.GET.get("page"))
        may_change = self.may_change(request, segment)
        found = find_contacts(request, wanted, organisation_id=segment.organisation_id) if may_change else []
        inside = segment.members.filter(contact__in=found).values_list("contact", flat=True)
        context = {
            "page": page,
            "may_change": may_change,
            "wanted": wanted,
            "found": [(contact, contact.pk in set(inside)) for contact in found],
        }
        return self.shown(request, "people", segment, title=_("Who is in this segment"), **context)

    def put_in_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        segment = self.find(request, object_id)
        self.require_change(request, segment)
        contact = chosen_contact(request, organisation_id=segment.organisation_id)
        try:
            member = segments.put_in(segment=segment, contact=contact, since_at=timezone.now())
        except segments.MayNotBeProfiledError:
            messages.error(request, _("This person may not be profiled, so nobody can put them in."))
        else:
            self.page_of_members().log_addition(request, member, [])
            messages.success(request, _("%(person)s is in this segment now.") % {"person": contact})
        return redirect("admin:scoring_segment_people", segment.pk)

    def take_out_view(self, request: HttpRequest, object_id: str, member: int) -> HttpResponse:
        segment = self.find(request, object_id)
        self.require_change(request, segment)
        row = segment.members.select_related("contact", "segment").filter(pk=member).first()
        if row is None:
            messages.info(request, _("This person was taken out before."))
            return redirect("admin:scoring_segment_people", segment.pk)
        if request.method != "POST":
            return self.shown(request, "take_out", segment, title=_("Take out of this segment"), member=row)
        self.page_of_members().log_deletions(request, [row])
        segments.take_out(member=row)
        messages.success(request, _("%(person)s is no longer in this segment.") % {"person": row.contact})
        return redirect("admin:scoring_segment_people", segment.pk)

    def find(self, request: HttpRequest, object_id: str) -> Segment:
        """The segment, for who may see both it and the people in it."""
        if Right.VIEW not in rights_of(staff=staff_of(request), area=Area.SCORES):
            raise PermissionDenied
        try:
            segment = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        except ValidationError as error:
            raise Http404 from error
        if not isinstance(segment, Segment):
            raise Http404
        return segment

    def may_change(self, request: HttpRequest, segment: Segment) -> bool:
        changes = self.has_change_permission(request, segment)
        return changes and segment.model_id is None and may_see_people(request)

    def require_change(self, request: HttpRequest, segment: Segment) -> None:
        if not self.may_change(request, segment):
            raise PermissionDenied

    def page_of_members(self) -> Any:
        """Its trail names the person, where that of the segment would only name the segment."""
        return self.admin_site.get_model_admin(SegmentMember)

    def shown(
        self, request: HttpRequest, name: str, segment: Segment, *, title: Any, **context: Any
    ) -> TemplateResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "segment": segment,
            **context,
        }
        return TemplateResponse(request, f"admin/segment_{name}.html", whole)
