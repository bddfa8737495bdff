from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, entities_of, staff_of
from customers.domain.staff import Area, Right, may_manage, rights_of, roles_to_give
from customers.models import LegalEntity, StaffMember

WORK = ("organisation", "role", "legal_entities", "department")


class NewStaffForm(AdminUserCreationForm[StaffMember]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.is_staff = True


@admin.register(StaffMember)
class StaffMemberAdmin(ScopedAdmin[StaffMember], UserAdmin[StaffMember]):
    area = Area.STAFF
    list_display = ("username", "first_name", "last_name", "role", "organisation", "is_active", "last_login")
    list_filter = ("role", ("organisation", ScopedRelatedFilter), "is_active")
    list_select_related = ("organisation",)
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username", "pk")
    add_form = NewStaffForm
    change_form_template = "admin/staff_member_change_form.html"
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Name"), {"fields": ("first_name", "last_name", "email")}),
        (_("Work"), {"fields": WORK}),
        (_("Account"), {"fields": ("is_active", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        (_("Work"), {"fields": WORK}),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[StaffMember]:
        queryset = super().get_queryset(request)
        entities = entities_of(staff_of(request))
        if not entities:
            return queryset
        elsewhere = LegalEntity.objects.exclude(pk__in=entities)
        within = StaffMember.objects.filter(legal_entities__in=entities).exclude(legal_entities__in=elsewhere)
        return queryset.filter(pk__in=within.values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: StaffMember | None = None) -> bool:
        if obj is None:
            return Right.CHANGE in self.rights(request)
        return Right.CHANGE in self.rights(request) and may_manage(staff=staff_of(request), other=obj)

    def get_fieldsets(self, request: HttpRequest, obj: StaffMember | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not staff_of(request).is_superuser:
            return fieldsets
        return (*fieldsets, (_("Whole installation"), {"fields": ("is_superuser",)}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_watch"] = Right.VIEW in rights_of(staff=staff_of(request), area=Area.STAFF_ACTS)
        return super().render_change_form(request, context, *args, **kwargs)

    def formfield_for_choice_field(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "role":
            given = roles_to_give(staff=staff_of(request))
            kwargs["choices"] = [choice for choice in db_field.get_choices() if choice[0] in ("", *given)]
            kwargs["help_text"] = _(
                "Roles that read evidence are given by the superuser of the installation."
            )
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Who is limited to some legal entities cannot make an account that is not."""
        if entities_of(staff_of(request)):
            kwargs["required"] = True
        return super().formfield_for_manytomany(db_field, request, **kwargs)
