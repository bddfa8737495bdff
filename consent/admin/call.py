from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consent.models import AddressVerification, ContactAttempt
from customers.admin.relation import CONTACT_NAMES
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import PEOPLE


@admin.register(ContactAttempt)
class ContactAttemptAdmin(ReadOnlyAdmin[ContactAttempt]):
    area = Area.CALLS
    job = PEOPLE
    legal_entity_path = "legal_entity"
    list_display = (
        "attempted_at",
        "outcome",
        "contact",
        "legal_entity",
        "purpose",
        "number_shown",
        "objection_offered",
        "agent",
    )
    list_filter = ("outcome", "channel", ("legal_entity", ScopedRelatedFilter), "objection_offered")
    list_select_related = ("contact", "legal_entity", "purpose", "number_shown", "agent")
    date_hierarchy = "attempted_at"
    search_fields = CONTACT_NAMES
    ordering = ("-attempted_at", "-pk")
    fieldsets = (
        (_("Who, for what"), {"fields": ("contact", "contact_point", "legal_entity", "purpose", "channel")}),
        (_("What happened"), {"fields": ("attempted_at", "outcome", "call_back_at", "agent")}),
        (_("Duties"), {"fields": ("number_shown", "objection_offered", "requested_by_person")}),
    )


class WaitingFilter(admin.SimpleListFilter):
    """Who waits to be called back now."""

    title = _("waits for a call")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        call_back = AddressVerification.Method.CALL_BACK
        return queryset.filter(method=call_back, succeeded_at__isnull=True, expires_at__gt=timezone.now())


@admin.register(AddressVerification)
class AddressVerificationAdmin(ReadOnlyAdmin[AddressVerification]):
    area = Area.CALLS
    job = PEOPLE
    organisation_path = "contact_point__organisation"
    legal_entity_path = "legal_entity"
    list_display = (
        "asked_at",
        "contact_point",
        "contact",
        "legal_entity",
        "method",
        "tries",
        "succeeded_at",
        "agent",
    )
    list_filter = (
        WaitingFilter,
        "method",
        ("legal_entity", ScopedRelatedFilter),
        ("succeeded_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("contact_point__contact", "legal_entity", "agent")
    date_hierarchy = "asked_at"
    search_fields = ("=contact_point__value",)
    ordering = ("-asked_at", "-pk")
    fieldsets = (
        (_("Which number"), {"fields": ("contact_point", "legal_entity", "method")}),
        (_("The try"), {"fields": ("asked_at", "expires_at", "tries", "succeeded_at", "agent")}),
    )

    @admin.display(description=_("contact"))
    def contact(self, verification: AddressVerification) -> str:
        contact = verification.contact_point.contact
        url = reverse("admin:customers_contact_change", args=[contact.pk])
        return format_html('<a href="{}">{}</a>', url, contact)
