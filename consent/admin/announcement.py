from django.contrib import admin

from consent.models import StatementAnnouncement
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import PROOF


@admin.register(StatementAnnouncement)
class StatementAnnouncementAdmin(ReadOnlyAdmin[StatementAnnouncement]):
    """Who was told of which version, by key; the message itself shows what they read."""

    area = Area.MESSAGES
    job = PROOF
    organisation_path = "statement__legal_entity__organisation"
    legal_entity_path = "statement__legal_entity"
    list_display = ("contact_id", "statement", "told_at", "message_id")
    list_filter = (("statement__legal_entity", ScopedRelatedFilter),)
    list_select_related = ("statement__legal_entity",)
    date_hierarchy = "told_at"
    ordering = ("-told_at", "-pk")
    fields = ("statement", "contact", "message_id", "told_at")
