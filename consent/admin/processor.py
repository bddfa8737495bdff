from typing import Any

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.admin.fields import DateWidget, SeveralChoicesField
from consent.admin.shared_rows import is_theirs_alone, seen_by
from consent.models import Processor, SubProcessor
from customers.admin.scope import (
    ScopedAdmin,
    ScopedRelatedFilter,
    ScopedTabularInline,
    staff_of,
)
from customers.domain.countries import name_country
from customers.domain.staff import Area
from customers.staff_site import PROOF


class SubProcessorInline(ScopedTabularInline[SubProcessor]):
    model = SubProcessor
    area = Area.PROCESSORS
    ordering = ("name", "pk")
    fields = ("name", "service", "country", "transfer_ground", "approved_date")
    formfield_overrides = {models.DateField: {"widget": DateWidget}}

    def has_delete_permission(self, request: HttpRequest, obj: SubProcessor | None = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(Processor)
class ProcessorAdmin(ScopedAdmin[Processor]):
    """Who outside gets data; one is not deleted but ended, so that it stays known who had it."""

    area = Area.PROCESSORS
    job = PROOF
    actions = None
    list_display = (
        "name",
        "service",
        "country_name",
        "transfer_ground",
        "agreement_until_date",
        "review_date",
        "in_use_until_date",
    )
    list_filter = (("legal_entities", ScopedRelatedFilter), "role", "transfer_ground")
    date_hierarchy = "review_date"
    search_fields = ("name", "service", "contact_email", "sub_processors__name")
    ordering = ("name", "pk")
    inlines = (SubProcessorInline,)
    formfield_overrides = {
        models.DateField: {"widget": DateWidget},
        ArrayField: {"form_class": SeveralChoicesField},
    }
    fieldsets = (
        (_("Who, and what for"), {"fields": ("organisation", "name", "role", "service", "legal_entities")}),
        (_("Contact for privacy"), {"fields": ("contact_name", "contact_email")}),
        (_("What it gets"), {"fields": ("purposes", "data")}),
        (_("Where the data goes"), {"fields": ("country", "transfer_ground")}),
        (_("Agreement"), {"fields": ("agreement_reference", "agreed_date", "agreement_until_date")}),
        (_("Care"), {"fields": ("in_use_from_date", "in_use_until_date", "review_date")}),
    )

    @admin.display(description=_("country"), ordering="country")
    def country_name(self, processor: Processor) -> str:
        return name_country(code=processor.country)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Processor]:
        return seen_by(super().get_queryset(request), staff_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Processor | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or is_theirs_alone(obj, staff_of(request)))

    def get_readonly_fields(self, request: HttpRequest, obj: Processor | None = None) -> tuple[str, ...]:
        return ("organisation",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Processor, form: Any, change: Any) -> None:
        if "review_date" in form.changed_data or "agreement_until_date" in form.changed_data:
            obj.reminded_at = None
        super().save_model(request, obj, form, change)
