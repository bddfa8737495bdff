from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consent.models import Figure
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import PROOF


@admin.register(Figure)
class FigureAdmin(ReadOnlyAdmin[Figure]):
    """The numbers behind the start page, as they were counted."""

    area = Area.LEDGER
    job = PROOF
    legal_entity_path = "legal_entity"
    list_display = ("name", "part", "legal_entity", "purpose", "number", "counted_at")
    list_filter = ("name", ("legal_entity", ScopedRelatedFilter), ("purpose", ScopedRelatedFilter))
    list_select_related = ("legal_entity", "purpose")
    search_fields = ("part",)
    ordering = ("name", "part", "legal_entity", "purpose", "pk")
    fieldsets = (
        (_("Which figure"), {"fields": ("name", "part", "legal_entity", "purpose")}),
        (_("How many"), {"fields": ("number", "counted_at")}),
    )
