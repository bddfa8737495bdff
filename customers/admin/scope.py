import uuid
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django_stubs_ext import StrPromise

from customers.admin.trail import trail_of
from customers.domain.holdings import HOLDINGS
from customers.domain.staff import Area, Duty, Right, has_duty, rights_of
from customers.domain.staff_acts import About, NewAct, find_changes, keep_act, path_to_contact
from customers.models import StaffAct, StaffMember
from customers.staff_site import LAST, SETTINGS

M = TypeVar("M", bound=models.Model)
CHANGES_SHOWN = 100


def staff_of(request: HttpRequest) -> StaffMember:
    if not isinstance(request.user, StaffMember):
        raise PermissionDenied
    return request.user


def require(request: HttpRequest, duty: Duty) -> StaffMember:
    staff = staff_of(request)
    if not has_duty(staff=staff, duty=duty):
        raise PermissionDenied
    return staff


def entities_of(staff: StaffMember) -> list[uuid.UUID]:
    """The legal entities a member is limited to, looked up once per request; empty means all."""
    if staff.is_superuser:
        return []
    prefetch_related_objects([staff], "legal_entities")
    return [entity.pk for entity in staff.legal_entities.all()]


def narrow(
    queryset: models.QuerySet[M], *, staff: StaffMember, organisation: str = "", legal_entity: str = ""
) -> models.QuerySet[M]:
    """Rows of the member's organisation, and of their legal entities where these are set.

    A row that names no legal entity is about all of them, so everybody of the organisation sees it.
    """
    if staff.is_superuser:
        return queryset
    if organisation:
        queryset = queryset.filter(**{organisation: staff.organisation_id})
    entities = entities_of(staff) if legal_entity else []
    if not entities:
        return queryset
    return queryset.filter(Q(**{f"{legal_entity}__in": entities}) | Q(**{f"{legal_entity}__isnull": True}))


class LimitedAdmin(BaseModelAdmin[M]):
    """Rights by role, and choices of related rows by organisation."""

    area: ClassVar[Area]

    def rights(self, request: HttpRequest) -> frozenset[Right]:
        if not isinstance(request.user, StaffMember):
            return frozenset()
        return rights_of(staff=request.user, area=self.area)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return Right.VIEW in self.rights(request)

    def has_add_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return Right.ADD in self.rights(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return Right.CHANGE in self.rights(request)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["queryset"] = self.choices_for(db_field, request)
        if db_field.name != "organisation" or staff_of(request).is_superuser:
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        own = staff_of(request).organisation_id
        return super().formfield_for_foreignkey(
            db_field, request, initial=own, widget=forms.HiddenInput, **kwargs
        )

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["queryset"] = self.choices_for(db_field, request)
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def choices_for(self, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        """What the page of the related rows would show to this member."""
        page = self.admin_site.get_model_admin(db_field.remote_field.model)
        related = page.list_select_related
        rows = page.get_queryset(request).order_by(*page.get_ordering(request))
        return rows.select_related(*related) if isinstance(related, tuple) and related else rows


class ScopedAdmin(LimitedAdmin[M], admin.ModelAdmin[M]):
    job: ClassVar[str] = SETTINGS
    place: ClassVar[int] = LAST  # within its job on the start page
    organisation_path: ClassVar[str] = "organisation"
    legal_entity_path: ClassVar[str] = ""
    # What its list is for and what to do first, where there is nothing in it yet.
    when_empty: ClassVar[str | StrPromise] = ""
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        return narrow(
            super().get_queryset(request),
            staff=staff_of(request),
            organisation=self.organisation_path,
            legal_entity=self.legal_entity_path,
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self.rights(request))

    def about(self, key: str, contact: str = "") -> About:
        return About(
            model=self.model,
            key=key,
            contact=contact or path_to_contact(model=self.model, holdings=HOLDINGS),
            organisation=self.organisation_path,
            legal_entity=self.legal_entity_path,
        )

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, *_: Any) -> Any:
        """The names of the fields: what they say, and said, is nobody's business here."""
        return [*form.changed_data, *(formset.prefix for formset in formsets or () if formset.has_changed())]

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        self.keep_change(request, StaffAct.Act.ADDED, obj, message)

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        self.keep_change(request, StaffAct.Act.CHANGED, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self.keep_change(request, StaffAct.Act.DELETED, obj, [])

    def keep_change(self, request: HttpRequest, act: StaffAct.Act, obj: M, message: Any) -> None:
        """In the transaction of the change itself: neither stands without the other."""
        trail = trail_of(request)
        gives_access = self.area in {Area.STAFF, Area.API_KEYS}
        new = NewAct(
            act=StaffAct.Act.ACCESS_CHANGED if gives_access else act,
            page=trail.page,
            done_at=timezone.now(),
            network=trail.network,
            about=self.about(str(obj.pk)),
            fields=tuple(message) if isinstance(message, list) else (),
        )
        keep_act(staff=staff_of(request), new=new)
        trail.is_kept = True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        key = unquote(object_id)
        obj = self.get_object(request, key)
        if obj is None or not self.has_view_permission(request, obj):
            raise PermissionDenied
        changes = find_changes(model=self.model, key=key)[:CHANGES_SHOWN]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What staff changed"),
            "opts": self.opts,
            "object": obj,
            "changes": changes,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


class DraftAdmin(ScopedAdmin[M]):
    """Rows that may be edited and deleted until they are published, and never after."""

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return super().has_change_permission(request, obj) and self.is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return obj is not None and Right.DELETE in self.rights(request) and self.is_draft(obj)

    def is_draft(self, obj: M | None) -> bool:
        return getattr(obj, "published_at", None) is None


class ReadOnlyAdmin(ScopedAdmin[M]):
    """Rows that nobody adds, changes or deletes here, whoever they are."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class ScopedTabularInline(LimitedAdmin[M], admin.TabularInline[M, Any]):
    extra = 0
    ordering = ("position", "pk")


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A filter that offers only the rows this member may see."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        related = model_admin.admin_site.get_model_admin(field.remote_field.model)
        return [(str(row.pk), str(row)) for row in related.get_queryset(request)]
