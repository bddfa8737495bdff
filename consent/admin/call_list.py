from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consent.models import CallList, CallListEntry, DeskLookup, ShownContact
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import PEOPLE, PROOF


@admin.register(CallList)
class CallListAdmin(ReadOnlyAdmin[CallList]):
    area = Area.CALL_LISTS
    job = PEOPLE
    legal_entity_path = "legal_entity"
    list_display = ("name", "legal_entity", "purpose", "origin", "opened_at", "expires_at", "closed_at")
    list_filter = ("origin", ("legal_entity", ScopedRelatedFilter), ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("legal_entity", "purpose")
    date_hierarchy = "opened_at"
    search_fields = ("name", "=origin_reference")
    ordering = ("-opened_at", "-pk")
    fieldsets = (
        (_("For whom, for what"), {"fields": ("name", "legal_entity", "purpose", "product_group")}),
        (_("Made from"), {"fields": ("origin", "origin_reference", "opened_by", "opened_at")}),
        (_("How it ends"), {"fields": ("expires_at", "closed_at", "maximum_attempts")}),
    )


@admin.register(CallListEntry)
class CallListEntryAdmin(ReadOnlyAdmin[CallListEntry]):
    area = Area.CALL_LISTS
    job = PEOPLE
    organisation_path = "call_list__organisation"
    legal_entity_path = "call_list__legal_entity"
    list_display = (
        "contact",
        "call_list",
        "state",
        "waits_for",
        "next_try_at",
        "attempts",
        "last_outcome",
        "skip_code",
    )
    list_filter = ("state", "waits_for", "last_outcome", ("call_list", ScopedRelatedFilter))
    list_select_related = ("contact", "call_list")
    search_fields = ("=skip_code", "=contact__id")
    ordering = ("-pk",)
    fieldsets = (
        (_("Who, on which list"), {"fields": ("call_list", "contact", "contact_point")}),
        (_("How far"), {"fields": ("state", "attempts", "last_outcome", "skip_code")}),
        (_("When"), {"fields": ("next_try_at", "waits_for", "call_back_asked", "held_by", "held_until")}),
    )


@admin.register(ShownContact)
class ShownContactAdmin(ReadOnlyAdmin[ShownContact]):
    area = Area.LOOKUPS
    job = PROOF
    organisation_path = "entry__call_list__organisation"
    legal_entity_path = "entry__call_list__legal_entity"
    list_display = ("shown_at", "agent", "contact", "code", "attempt")
    list_filter = ("code",)
    list_select_related = ("agent", "entry__contact", "attempt")
    date_hierarchy = "shown_at"
    search_fields = ("=agent__username", "=entry__contact__id")
    ordering = ("-shown_at", "-pk")
    fields = ("shown_at", "agent", "contact", "code", "attempt")
    readonly_fields = ("contact",)

    @admin.display(description=_("contact"))
    def contact(self, shown: ShownContact) -> str:
        return str(shown.entry.contact)


@admin.register(DeskLookup)
class DeskLookupAdmin(ReadOnlyAdmin[DeskLookup]):
    area = Area.LOOKUPS
    job = PROOF
    list_display = ("looked_up_at", "staff", "contact")
    list_filter = (("contact", admin.EmptyFieldListFilter),)
    list_select_related = ("staff", "contact")
    date_hierarchy = "looked_up_at"
    search_fields = ("=staff__username", "=contact__id")
    ordering = ("-looked_up_at", "-pk")
    fields = ("looked_up_at", "staff", "contact")
