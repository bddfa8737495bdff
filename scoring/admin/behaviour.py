from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import SCORING
from scoring.admin.take_up import TakesUpLists
from scoring.admin.take_up_forms import BehaviourListForm
from scoring.domain.journeys.naming import named_told
from scoring.models import BehaviourEvent


@admin.register(BehaviourEvent)
class BehaviourEventAdmin(TakesUpLists):
    """What people did; programs, files and one's own pages tell of it, nobody types it in."""

    take_up_form = BehaviourListForm
    take_up_title = _("Take up what people did")
    area = Area.BEHAVIOUR
    when_empty = _(
        "Here stands what people did: searched, opened, visited, bought. Let your programs tell of it by the "
        "API, or read a file in; pages of your own tell it only of who permitted that."
    )
    job = SCORING
    legal_entity_path = "legal_entity"
    list_display = ("occurred_at", "contact", "kind", "subject", "source", "value", "legal_entity")
    list_filter = ("kind", "via", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("contact", "legal_entity")
    date_hierarchy = "occurred_at"
    search_fields = ("=contact__id", "subject", "=source")
    ordering = ("-occurred_at", "-pk")
    fieldsets = (
        (_("What was done"), {"fields": ("contact", "kind", "subject", "value", "occurred_at")}),
        (_("Whence it came"), {"fields": ("source", "via", "sender", "external_id", "recorded_at")}),
        (_("For whom"), {"fields": ("legal_entity",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[BehaviourEvent]:
        return named_told(rows=super().get_queryset(request))
