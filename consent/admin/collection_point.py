from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from consent.admin.badge import DRAFT, PUBLISHED, badge
from consent.admin.fields import ReadableWordings
from consent.domain.form_linter import lint
from consent.domain.publishing import (
    FormRefusedError,
    NotTheOfficerError,
    approve_caption,
    publish_collection_point,
    unpublish_collection_point,
)
from consent.models import CollectionChoice, CollectionField, CollectionPoint
from customers.admin.scope import (
    DraftAdmin,
    ScopedRelatedFilter,
    ScopedTabularInline,
    require,
    staff_of,
)
from customers.domain.staff import Area, Duty, Right, has_duty
from customers.staff_site import PERMISSION


class PartInline(ScopedTabularInline[Any]):
    """Part of a collection point: as changeable as the point itself."""

    area = Area.COLLECTION

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request) and getattr(obj, "published_at", None) is None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and getattr(obj, "published_at", None) is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Right.DELETE in self.rights(request) and getattr(obj, "published_at", None) is None


class CollectionFieldInline(PartInline):
    model = CollectionField
    fields = ("position", "name", "required", "need", "needed", "second_opinion")


class CollectionChoiceInline(PartInline):
    model = CollectionChoice
    fields = ("position", "notice_version", "mechanism", "display", "ticked", "approved_at", "approved_by")
    readonly_fields = ("approved_at", "approved_by")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        related = ("notice_version__notice__legal_entity", "notice_version__notice__purpose", "approved_by")
        return super().get_queryset(request).select_related(*related)


@admin.register(CollectionPoint)
class CollectionPointAdmin(ReadableWordings, DraftAdmin[CollectionPoint]):
    area = Area.COLLECTION
    job = PERMISSION
    place = 6
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    change_form_template = "admin/collection_point_change_form.html"
    list_display = (
        "code",
        "state",
        "legal_entity",
        "place",
        "form",
        "nature",
        "department",
        "last_reviewed_date",
    )
    list_filter = (
        ("published_at", admin.EmptyFieldListFilter),
        ("legal_entity", ScopedRelatedFilter),
        ("department", ScopedRelatedFilter),
        "place",
        "form",
        "nature",
    )
    list_select_related = ("legal_entity", "department")
    date_hierarchy = "last_reviewed_date"
    search_fields = ("code", "title", "department__name", "location")
    ordering = ("legal_entity", "code", "pk")
    inlines = (CollectionFieldInline, CollectionChoiceInline)
    readonly_fields = ("published_at",)
    fieldsets = (
        (_("Where and why"), {"fields": ("legal_entity", "code", "place", "location", "reason", "nature")}),
        (_("What people read"), {"fields": ("form", "title", "introduction", "privacy_statement")}),
        (
            _("Transaction form"),
            {"fields": ("transaction_kind", "product_group", "soft_optin_notice", "optout_wording")},
        ),
        (_("Care"), {"fields": ("required_to_continue", "department", "last_reviewed_date", "published_at")}),
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Also what the list of shortcomings leads to."""
        return lookup == "fields__need__exact" or super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, "consent_collectionpoint"
        approve, unpublish = require_POST(self.approve_view), require_POST(self.unpublish_view)
        return [
            path("<path:object_id>/publish/", site.admin_view(self.publish_view), name=f"{name}_publish"),
            path("<path:object_id>/unpublish/", site.admin_view(unpublish), name=f"{name}_unpublish"),
            path("<path:object_id>/approve/", site.admin_view(approve), name=f"{name}_approve"),
            *super().get_urls(),
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: CollectionPoint | None = None
    ) -> tuple[str, ...]:
        return ("legal_entity", "code", "published_at") if obj else ("published_at",)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        point = kwargs.get("obj")
        staff = staff_of(request)
        context["may_publish"] = point is not None and has_duty(staff=staff, duty=Duty.PUBLISH_FORM)
        if point is not None and has_duty(staff=staff, duty=Duty.APPROVE_CAPTION):
            context["captions"] = captions_to_approve(point)
        return super().render_change_form(request, context, *args, **kwargs)

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows what the linter finds; only a form without findings can be published."""
        require(request, Duty.PUBLISH_FORM)
        point = self.find(request, object_id)
        if request.method == "POST":
            try:
                publish_collection_point(collection_point=point, published_at=timezone.now())
            except FormRefusedError:
                messages.error(request, _("Not published: the form breaks the rules below."))
            else:
                messages.success(request, _("Published. People can open the form now."))
                return self.back_to(point)
        findings = lint(collection_point=point)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish"),
            "opts": self.opts,
            "point": point,
            "findings": findings,
        }
        return TemplateResponse(request, "admin/publish_collection_point.html", context)

    def unpublish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, Duty.PUBLISH_FORM)
        point = self.find(request, object_id)
        unpublish_collection_point(collection_point=point)
        messages.success(request, _("Taken offline. What people gave before stays."))
        return self.back_to(point)

    def approve_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        staff = require(request, Duty.APPROVE_CAPTION)
        point = self.find(request, object_id)
        choice = get_object_or_404(captions_to_approve(point), pk=request.POST.get("choice"))
        try:
            approve_caption(choice=choice, approved_by=staff, approved_at=timezone.now())
        except NotTheOfficerError:
            messages.error(request, _("Only the data protection officer of the organisation approves this."))
        else:
            messages.success(request, _("The caption is approved."))
        return self.back_to(point)

    def find(self, request: HttpRequest, object_id: str) -> CollectionPoint:
        point = self.get_object(request, unquote(object_id))
        if point is None:
            raise Http404
        return point

    def back_to(self, point: CollectionPoint) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:consent_collectionpoint_change", args=[point.pk]))

    @admin.display(description=_("state"), ordering="published_at")
    def state(self, point: CollectionPoint) -> str:
        return badge(PUBLISHED if point.published_at else DRAFT)


def captions_to_approve(point: CollectionPoint) -> models.QuerySet[CollectionChoice]:
    captions = point.choices.filter(
        mechanism=CollectionChoice.Mechanism.CAPTION, approved_at__isnull=True
    ).select_related("notice_version__notice__legal_entity", "notice_version__notice__purpose")
    return captions.order_by("position", "pk")
