from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.admin.fields import ReadableWordings, SeveralChoicesField
from consent.models import BalancingTest, Channel, Purpose, ServiceTest
from customers.admin.dated import DatedAdmin
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, entities_of, staff_of
from customers.domain.staff import Area
from customers.staff_site import PERMISSION


@admin.register(Purpose)
class PurposeAdmin(ReadableWordings, ScopedAdmin[Purpose]):
    area = Area.WORDING
    job = PERMISSION
    place = 3
    list_display = (
        "name_shown",
        "code",
        "department",
        "content",
        "channels_shown",
        "double_opt_in",
        "term_months",
        "uses",
    )
    list_select_related = ("department",)
    list_filter = (
        "content",
        "double_opt_in",
        ("legal_entities", ScopedRelatedFilter),
        ("department", ScopedRelatedFilter),
    )
    search_fields = ("code", "name", "description")
    ordering = ("code", "pk")
    formfield_overrides = {ArrayField: {"form_class": SeveralChoicesField}}
    fieldsets = (
        (_("What for"), {"fields": ("organisation", "code", "name", "description", "content")}),
        (_("Who may use it, and how"), {"fields": ("legal_entities", "department", "channels")}),
        (_("How permission is given"), {"fields": ("double_opt_in", "needs_birth_date")}),
        (_("How long permission lasts"), {"fields": ("term_months", "uses", "first_contact_months")}),
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Also what the list of shortcomings leads to."""
        own = lookup == "notices__versions__choices__isnull"
        return own or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Purpose]:
        queryset = super().get_queryset(request)
        entities = entities_of(staff_of(request))
        if not entities:
            return queryset
        return queryset.filter(pk__in=Purpose.objects.filter(legal_entities__in=entities).values("pk"))

    def get_readonly_fields(self, request: HttpRequest, obj: Purpose | None = None) -> tuple[str, ...]:
        return ("organisation", "code") if obj else ()

    @admin.display(description=_("name"), ordering="code")
    def name_shown(self, purpose: Purpose) -> str:
        return str(purpose)

    @admin.display(description=_("channels"))
    def channels_shown(self, purpose: Purpose) -> str:
        return ", ".join(str(Channel(channel).label) for channel in purpose.channels)


@admin.register(ServiceTest)
class ServiceTestAdmin(ScopedAdmin[ServiceTest]):
    area = Area.WORDING
    job = PERMISSION
    organisation_path = "purpose__organisation"
    list_display = ("purpose", "passed_shown", "concluded_at")
    list_select_related = ("purpose",)
    date_hierarchy = "concluded_at"
    search_fields = ("purpose__code", "reasoning")
    ordering = ("-concluded_at", "-pk")
    fieldsets = (
        (_("Which purpose"), {"fields": ("purpose",)}),
        (
            _("The four questions"),
            {"fields": ("only_informs", "material_facts", "only_relevant_people", "nothing_promotional")},
        ),
        (_("Conclusion"), {"fields": ("reasoning", "concluded_at")}),
    )

    @admin.display(description=_("passed"), boolean=True)
    def passed_shown(self, test: ServiceTest) -> bool:
        return test.passed


@admin.register(BalancingTest)
class BalancingTestAdmin(DatedAdmin[BalancingTest]):
    area = Area.WORDING
    end_field = "valid_until_at"
    job = PERMISSION
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    list_display = ("purpose", "channel", "legal_entity", "concluded_at", "valid_until_at")
    list_filter = (
        "channel",
        ("legal_entity", ScopedRelatedFilter),
        ("purpose__department", ScopedRelatedFilter),
    )
    list_select_related = ("purpose", "legal_entity")
    date_hierarchy = "concluded_at"
    search_fields = ("purpose__code", "interest", "weighing")
    ordering = ("-concluded_at", "-pk")
    fieldsets = (
        (_("For which contact"), {"fields": ("legal_entity", "purpose", "channel")}),
        (_("The weighing"), {"fields": ("interest", "weighing")}),
        (_("From when to when"), {"fields": ("concluded_at", "valid_until_at")}),
    )
