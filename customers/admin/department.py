from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, entities_of, staff_of
from customers.domain.staff import Area
from customers.models import Department
from customers.staff_site import SETTINGS


@admin.register(Department)
class DepartmentAdmin(ScopedAdmin[Department]):
    area = Area.DEPARTMENTS
    job = SETTINGS
    change_form_template = "admin/department_change_form.html"
    list_display = ("name", "email", "language", "gets_digest", "organisation")
    list_filter = ("gets_digest", ("organisation", ScopedRelatedFilter))
    list_select_related = ("organisation",)
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    fieldsets = (
        (_("Which department"), {"fields": ("organisation", "name", "legal_entities")}),
        (_("Monthly digest"), {"fields": ("email", "language", "gets_digest")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Department]:
        """Who is limited to some legal entities sees no department that looks after others alone."""
        queryset = super().get_queryset(request)
        entities = entities_of(staff_of(request))
        if not entities:
            return queryset
        own = Department.objects.filter(Q(legal_entities__in=entities) | Q(legal_entities__isnull=True))
        return queryset.filter(pk__in=own.values("pk"))

    def get_readonly_fields(self, request: HttpRequest, obj: Department | None = None) -> tuple[str, ...]:
        return ("organisation",) if obj else ()
