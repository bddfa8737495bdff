from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import SCORING
from scoring.models import ContactAttribute


@admin.register(ContactAttribute)
class ContactAttributeAdmin(ReadOnlyAdmin[ContactAttribute]):
    """What is known about people, now and before; a new value replaces one and never overwrites it."""

    area = Area.BEHAVIOUR
    job = SCORING
    legal_entity_path = "legal_entity"
    list_display = ("contact", "name", "value", "origin", "acquired_at", "replaced_at", "legal_entity")
    list_filter = (
        "origin",
        ("replaced_at", admin.EmptyFieldListFilter),
        ("legal_entity", ScopedRelatedFilter),
    )
    list_select_related = ("contact", "legal_entity")
    search_fields = ("=contact__id", "=name", "value")
    ordering = ("-acquired_at", "-pk")
    fieldsets = (
        (_("What is known"), {"fields": ("contact", "name", "value", "acquired_at", "replaced_at")}),
        (_("Whence it came"), {"fields": ("origin", "seller", "processor", "told_at", "recorded_at")}),
        (_("For whom"), {"fields": ("legal_entity",)}),
    )
