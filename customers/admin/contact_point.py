from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.models import ContactPoint
from customers.staff_site import PEOPLE


@admin.register(ContactPoint)
class ContactPointAdmin(ScopedAdmin[ContactPoint]):
    """Added on the page of a contact, so that every address is read and hashed in one way."""

    area = Area.PEOPLE
    job = PEOPLE
    place = 2
    list_display = (
        "value",
        "kind",
        "contact",
        "verified_at",
        "verified_method",
        "placeholder",
        "impersonal",
        "invalid_at",
    )
    list_filter = (
        "kind",
        ("organisation", ScopedRelatedFilter),
        "verified_method",
        "placeholder",
        "impersonal",
        "invalid_reason",
    )
    list_select_related = ("contact",)
    date_hierarchy = "created_at"
    search_fields = ("=value", "raw_input", "contact__family_name", "contact__organisation_name")
    ordering = ("-created_at", "-pk")
    fieldsets = (
        (
            _("Address"),
            {"fields": ("contact", "kind", "value", "raw_input", "street", "postal_code", "city")},
        ),
        (_("What it is"), {"fields": ("placeholder", "impersonal")}),
        (_("Published for marketing"), {"fields": ("published_from_date", "published_evidence")}),
        (_("Verification"), {"fields": ("verified_at", "verified_method", "verified_by")}),
        (_("State"), {"fields": ("created_at", "invalid_at", "invalid_reason")}),
    )
    readonly_fields = (
        "contact",
        "kind",
        "value",
        "raw_input",
        "street",
        "postal_code",
        "city",
        "verified_at",
        "verified_method",
        "verified_by",
        "created_at",
        "invalid_at",
        "invalid_reason",
    )

    def has_add_permission(self, request: HttpRequest, obj: ContactPoint | None = None) -> bool:
        return False
