from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.admin.stop import event_link
from consent.models import ConsentEvent, Evidence, ShownForm, SubjectKey
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, staff_of
from customers.domain.staff import Area
from customers.models import Contact
from customers.staff_site import PROOF


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin[Evidence]):
    """Says that evidence is kept; what it says is read on the page of its event."""

    area = Area.EVIDENCE
    job = PROOF
    organisation_path = ""
    list_display = ("event_id", "recorded_at", "size", "proof_link")
    date_hierarchy = "recorded_at"
    search_fields = ("=event_id", "=subject_id")
    ordering = ("-recorded_at", "-pk")
    fields = ("event_id", "subject_id", "recorded_at", "size", "proof_link")
    readonly_fields = ("size", "proof_link")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Evidence]:
        events = self.admin_site.get_model_admin(ConsentEvent).get_queryset(request)
        queryset = super().get_queryset(request)
        if staff_of(request).is_superuser:
            return queryset
        return queryset.filter(models.Exists(events.order_by().filter(pk=models.OuterRef("event_id"))))

    @admin.display(description=_("size in bytes"))
    def size(self, evidence: Evidence) -> int:
        return len(evidence.ciphertext)

    @admin.display(description=_("proof"))
    def proof_link(self, evidence: Evidence) -> str:
        return event_link(evidence.event_id)


@admin.register(SubjectKey)
class SubjectKeyAdmin(ReadOnlyAdmin[SubjectKey]):
    """Says that a key exists; no page ever shows a key."""

    area = Area.EVIDENCE
    job = PROOF
    organisation_path = ""
    list_display = ("subject_id", "key_version")
    search_fields = ("=subject_id",)
    ordering = ("-subject_id",)
    fields = ("subject_id", "key_version")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SubjectKey]:
        queryset = super().get_queryset(request).defer("wrapped_key")
        staff = staff_of(request)
        if staff.is_superuser:
            return queryset
        contacts: Any = Contact.objects.filter(
            pk=models.OuterRef("subject_id"), organisation=staff.organisation_id
        )
        return queryset.filter(models.Exists(contacts))


@admin.register(ShownForm)
class ShownFormAdmin(ReadOnlyAdmin[ShownForm]):
    area = Area.LEDGER
    job = PROOF
    organisation_path = "collection_point__legal_entity__organisation"
    legal_entity_path = "collection_point__legal_entity"
    list_display = ("collection_point", "language", "first_shown_at", "content_hash")
    list_filter = ("language", ("collection_point__legal_entity", ScopedRelatedFilter))
    list_select_related = ("collection_point",)
    date_hierarchy = "first_shown_at"
    search_fields = ("collection_point__code", "=content_hash")
    ordering = ("-first_shown_at", "-pk")
    fields = ("collection_point", "language", "first_shown_at", "content_hash", "content")
