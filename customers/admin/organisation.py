from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.dated import DatedAdmin
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, staff_of
from customers.domain.staff import Area
from customers.models import LegalEntity, Organisation, ProductGroup, ProductSimilarity


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin[Organisation]):
    area = Area.ORGANISATION
    organisation_path = "pk"
    list_display = ("name", "code")
    search_fields = ("name", "code")
    ordering = ("name", "pk")
    fields = ("name", "code")

    def has_add_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        return super().has_add_permission(request) and staff_of(request).is_superuser

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(LegalEntity)
class LegalEntityAdmin(ScopedAdmin[LegalEntity]):
    area = Area.LEGAL_ENTITIES
    legal_entity_path = "pk"
    list_display = ("name", "code", "kind", "country", "organisation", "dpo_email")
    list_filter = (("organisation", ScopedRelatedFilter), "kind", "country")
    list_select_related = ("organisation",)
    search_fields = ("name", "code", "sender_address")
    ordering = ("name", "pk")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = (
        (_("Who"), {"fields": ("organisation", "name", "code", "kind", "kind_proof")}),
        (_("Where"), {"fields": ("country", "time_zone", "language", "postal_address", "stop_number")}),
        (_("Mail and website"), {"fields": ("sender_name", "sender_address", "website")}),
        (_("Data protection officer"), {"fields": ("dpo_name", "dpo_email")}),
        (_("Look of the public pages"), {"fields": ("accent_colour", "logo")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: LegalEntity | None = None) -> tuple[str, ...]:
        return ("organisation", "code") if obj else ()


@admin.register(ProductGroup)
class ProductGroupAdmin(ScopedAdmin[ProductGroup]):
    area = Area.LEGAL_ENTITIES
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    list_display = ("name", "code", "legal_entity")
    list_filter = (("legal_entity", ScopedRelatedFilter),)
    list_select_related = ("legal_entity",)
    search_fields = ("name", "code")
    ordering = ("legal_entity", "name", "pk")
    fields = ("legal_entity", "name", "code")


@admin.register(ProductSimilarity)
class ProductSimilarityAdmin(DatedAdmin[ProductSimilarity]):
    area = Area.LEGAL_ENTITIES
    end_field = "valid_until_date"
    organisation_path = "product_group__legal_entity__organisation"
    legal_entity_path = "product_group__legal_entity"
    list_display = ("product_group", "similar_group", "valid_from_date", "valid_until_date")
    list_filter = (("product_group__legal_entity", ScopedRelatedFilter),)
    list_select_related = ("product_group", "similar_group")
    date_hierarchy = "valid_from_date"
    search_fields = ("product_group__name", "similar_group__name", "reason")
    ordering = ("product_group", "valid_from_date", "pk")
    fields = ("product_group", "similar_group", "reason", "valid_from_date", "valid_until_date")
