from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import LIFTED, STANDS, badge
from consent.admin.lift_block import lift_page, may_lift
from consent.domain.suppressions import find_blocks
from consent.models import Objection, Restriction, Suppression
from customers.admin.relation import CONTACT_NAMES
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import PERMISSION


def event_link(event_id: object) -> str:
    if event_id is None:
        return "-"
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:consent_consentevent_change", args=[event_id]), _("Event")
    )


@admin.register(Objection)
class ObjectionAdmin(ReadOnlyAdmin[Objection]):
    area = Area.STOPS
    job = PERMISSION
    place = 2
    legal_entity_path = "legal_entity"
    list_display = ("contact", "state", "legal_entity", "purpose", "channel", "objected_at", "proof_link")
    list_filter = ("standing", "channel", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("contact", "legal_entity", "purpose")
    date_hierarchy = "objected_at"
    search_fields = CONTACT_NAMES
    ordering = ("-objected_at", "-pk")
    fields = (
        "contact",
        "state",
        "legal_entity",
        "purpose",
        "channel",
        "objected_at",
        "retracted_at",
        "proof_link",
    )
    readonly_fields = ("state", "proof_link")

    @admin.display(description=_("state"), ordering="standing")
    def state(self, objection: Objection) -> str:
        return badge(STANDS if objection.standing else LIFTED)

    @admin.display(description=_("proof"))
    def proof_link(self, objection: Objection) -> str:
        return event_link(objection.objection_event_id)


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin[Suppression]):
    area = Area.STOPS
    job = PERMISSION
    list_display = (
        "fingerprint",
        "state",
        "reason",
        "channel",
        "organisation",
        "suppressed_at",
        "proof_link",
    )
    list_filter = ("reason", "channel", ("organisation", ScopedRelatedFilter))
    list_select_related = ("organisation",)
    date_hierarchy = "suppressed_at"
    search_fields = ("=event_id",)
    search_help_text = _("The whole e-mail address or phone number; it is looked up by its keyed hash.")
    change_form_template = "admin/suppression_change_form.html"
    ordering = ("-suppressed_at", "-pk")
    fields = (
        "fingerprint",
        "hash_key_version",
        "state",
        "reason",
        "channel",
        "suppressed_at",
        "lifted_at",
        "proof_link",
    )
    readonly_fields = ("fingerprint", "state", "proof_link", "hash_key_version")

    def get_urls(self) -> list[URLPattern]:
        lift = self.admin_site.admin_view(self.lift_view)
        return [
            path("<path:object_id>/lift/", lift, name="consent_suppression_lift"),
            *super().get_urls(),
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        if found := find_blocks(among=queryset, text=search_term):
            return queryset.filter(pk__in=found), False
        return super().get_search_results(request, queryset, search_term)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_lift"] = may_lift(request, kwargs["obj"])
        return super().render_change_form(request, context, *args, **kwargs)

    def lift_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return lift_page(self, request, object_id)

    @admin.display(description=_("keyed hash"))
    def fingerprint(self, suppression: Suppression) -> str:
        return bytes(suppression.address_hash).hex()[:16]

    @admin.display(description=_("state"), ordering="lifted_at")
    def state(self, suppression: Suppression) -> str:
        return badge(LIFTED if suppression.lifted_at else STANDS)

    @admin.display(description=_("proof"))
    def proof_link(self, suppression: Suppression) -> str:
        return event_link(suppression.event_id)


@admin.register(Restriction)
class RestrictionAdmin(ReadOnlyAdmin[Restriction]):
    area = Area.STOPS
    job = PERMISSION
    organisation_path = "contact__organisation"
    list_display = ("contact", "state", "restricted_at", "lifted_at", "reason", "proof_link")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("contact",)
    date_hierarchy = "restricted_at"
    search_fields = ("reason", *CONTACT_NAMES)
    ordering = ("-restricted_at", "-pk")
    fields = ("contact", "state", "restricted_at", "lifted_at", "reason", "proof_link")
    readonly_fields = ("state", "proof_link")

    @admin.display(description=_("state"), ordering="lifted_at")
    def state(self, restriction: Restriction) -> str:
        return badge(LIFTED if restriction.lifted_at else STANDS)

    @admin.display(description=_("proof"))
    def proof_link(self, restriction: Restriction) -> str:
        return event_link(restriction.event_id)
