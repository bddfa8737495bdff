from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import SCORING
from scoring.admin.journey_rule_form import is_key
from scoring.admin.take_up import TakesUpLists
from scoring.admin.take_up_forms import AttributeListForm
from scoring.domain.journeys.naming import named_told
from scoring.models import AttributeName, ContactAttribute


@admin.register(ContactAttribute)
class ContactAttributeAdmin(TakesUpLists):
    """What is known about people, now and before; a new value replaces one and never overwrites it."""

    take_up_form = AttributeListForm
    take_up_title = _("Take up what people are")
    area = Area.BEHAVIOUR
    when_empty = _(
        "Here stands what you know of people beside their name and address, such as a region or a chance to "
        "leave. It comes in by the API or a file, with whence it came; nobody types it in here."
    )
    job = SCORING
    legal_entity_path = "legal_entity"
    list_display = ("contact", "name", "value", "origin", "acquired_at", "replaced_at", "legal_entity")
    list_filter = (
        "origin",
        ("replaced_at", admin.EmptyFieldListFilter),
        ("legal_entity", ScopedRelatedFilter),
    )
    list_select_related = ("contact", "legal_entity")
    search_fields = ("=contact__id", "=name", "=value")
    search_help_text = _("A whole name or value as it stands in the list, or the key of a contact.")
    ordering = ("-acquired_at", "-pk")
    fieldsets = (
        (_("What is known"), {"fields": ("contact", "name", "value", "acquired_at", "replaced_at")}),
        (_("Whence it came"), {"fields": ("origin", "seller", "processor", "told_at", "recorded_at")}),
        (_("For whom"), {"fields": ("legal_entity",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactAttribute]:
        return named_told(rows=super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ContactAttribute], search_term: str
    ) -> tuple[QuerySet[ContactAttribute], bool]:
        """Each is looked up along an index, however much is known of however many."""
        text = search_term.strip()
        if not text:
            return queryset, False
        wanted = Q(name=text) | Q(value=text)
        return queryset.filter(wanted | Q(contact=text) if is_key(text) else wanted), False


@admin.register(AttributeName)
class AttributeNameAdmin(ScopedAdmin[AttributeName]):
    """What a legal entity keeps of people, and why; a column of a list that is not here is refused."""

    area = Area.SCORE_MODELS
    job = SCORING
    legal_entity_path = "legal_entity"
    list_display = ("name", "kind", "needed_for", "legal_entity")
    list_filter = ("kind", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity",)
    search_fields = ("=name", "needed_for")
    ordering = ("name", "pk")
    fieldsets = ((_("What is kept"), {"fields": ("legal_entity", "name", "kind", "needed_for")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: AttributeName | None = None) -> tuple[str, ...]:
        """What is known under a name was read by its kind."""
        return ("legal_entity", "name", "kind") if obj else ()

    def save_model(self, request: HttpRequest, obj: AttributeName, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.organisation_id = obj.legal_entity.organisation_id
        super().save_model(request, obj, form, change)
