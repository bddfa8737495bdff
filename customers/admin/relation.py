from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.models import CustomerRelation, TermExtension, Transaction
from customers.staff_site import PEOPLE

CONTACT_NAMES = (
    "contact__family_name",
    "contact__given_name",
    "contact__organisation_name",
    "=contact__points__value",
)


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin[Transaction]):
    """Recorded on the page of a contact: the relation that follows is kept in the same act."""

    area = Area.RELATIONS
    job = PEOPLE
    place = 4
    legal_entity_path = "legal_entity"
    list_display = (
        "occurred_at",
        "kind",
        "contact",
        "legal_entity",
        "product_group",
        "obligation_to_pay",
        "told_at_collection",
        "optout_offered",
        "runs_on",
        "ended_at",
    )
    list_filter = (
        "kind",
        ("legal_entity", ScopedRelatedFilter),
        "obligation_to_pay",
        "told_at_collection",
        "optout_offered",
        "runs_on",
    )
    list_select_related = ("contact", "legal_entity", "product_group")
    date_hierarchy = "occurred_at"
    search_fields = ("reference", *CONTACT_NAMES)
    ordering = ("-occurred_at", "-pk")
    fieldsets = (
        (_("Who and what"), {"fields": ("contact", "legal_entity", "kind", "obligation_to_pay")}),
        (_("About what"), {"fields": ("product_group", "reference")}),
        (_("When"), {"fields": ("occurred_at", "runs_on", "ended_at", "recorded_at")}),
        (
            _("What the person supplied and was told"),
            {
                "fields": (
                    "supplied_kinds",
                    "told_at_collection",
                    "optout_offered",
                    "notice_version_id",
                    "collection_point_id",
                    "import_batch_id",
                )
            },
        ),
    )


@admin.register(CustomerRelation)
class CustomerRelationAdmin(ReadOnlyAdmin[CustomerRelation]):
    area = Area.RELATIONS
    job = PEOPLE
    place = 3
    legal_entity_path = "legal_entity"
    list_display = (
        "contact",
        "legal_entity",
        "kind",
        "product_group",
        "started_at",
        "last_agreement_at",
        "runs_on",
        "ends_at",
        "ended_at",
        "reason_ended",
    )
    list_filter = (
        "kind",
        ("legal_entity", ScopedRelatedFilter),
        "runs_on",
        "reason_ended",
        "email_collection",
        "phone_collection",
    )
    list_select_related = ("contact", "legal_entity", "product_group")
    date_hierarchy = "ends_at"
    search_fields = CONTACT_NAMES
    ordering = ("-last_agreement_at", "-pk")
    fieldsets = (
        (_("Between whom"), {"fields": ("contact", "legal_entity", "kind", "product_group")}),
        (
            _("From when to when"),
            {"fields": ("started_at", "last_agreement_at", "runs_on", "ends_at", "ended_at", "reason_ended")},
        ),
        (
            _("How the details were collected"),
            {
                "fields": (
                    ("email_collection", "email_collected_at"),
                    ("phone_collection", "phone_collected_at"),
                    ("postal_collection", "postal_collected_at"),
                )
            },
        ),
    )


@admin.register(TermExtension)
class TermExtensionAdmin(ReadOnlyAdmin[TermExtension]):
    """Decided on the page of a contact with a relation that it covers."""

    area = Area.RELATIONS
    job = PEOPLE
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    list_display = (
        "legal_entity",
        "kind",
        "product_group",
        "term_months",
        "opinion_reference",
        "decided_at",
        "decided_by",
    )
    list_filter = ("kind", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity", "product_group", "decided_by")
    date_hierarchy = "decided_at"
    search_fields = ("opinion_reference", "balancing_test")
    ordering = ("-decided_at", "-pk")
    fieldsets = (
        (_("Which relations"), {"fields": ("legal_entity", "kind", "product_group", "term_months")}),
        (_("Why"), {"fields": ("balancing_test", "opinion_reference", "opinion")}),
        (_("Who decided"), {"fields": ("decided_at", "decided_by")}),
    )
