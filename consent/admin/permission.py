import uuid

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import COMPLETE, INCOMPLETE, badge, status_look
from consent.admin.stop import event_link
from consent.models import ConsentRecord, Status
from customers.admin.relation import CONTACT_NAMES
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import PERMISSION


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin[ConsentRecord]):
    area = Area.PERMISSIONS
    job = PERMISSION
    place = 1
    legal_entity_path = "legal_entity"
    list_display = ("contact", "state", "proof", "legal_entity", "purpose", "channel", "last_act_at")
    list_filter = (
        "status",
        "channel",
        ("legal_entity", ScopedRelatedFilter),
        ("purpose", ScopedRelatedFilter),
        ("purpose__department", ScopedRelatedFilter),
        "complete",
        "grade",
    )
    list_select_related = ("contact", "legal_entity", "purpose")
    date_hierarchy = "last_act_at"
    search_fields = ("=contact_point__value", *CONTACT_NAMES[:-1])
    ordering = ("-last_act_at", "-pk")
    fieldsets = (
        (
            _("Which permission"),
            {"fields": ("contact", "contact_point", "legal_entity", "purpose", "channel")},
        ),
        (_("State"), {"fields": ("state", "last_act_at", "requested_at", "granted_at", "grant_proven")}),
        (_("Ends"), {"fields": ("withdrawn_at", "refused_at", "invalidated_at", "valid_until")}),
        (_("Use"), {"fields": ("uses", "uses_spent", "first_used_at", "first_contact_due_at")}),
        (_("Proof"), {"fields": ("evidence_state", "grade", "given_by", "collector", "proof_link")}),
    )
    readonly_fields = ("state", "evidence_state", "proof_link")

    @admin.display(description=_("status"), ordering="status")
    def state(self, record: ConsentRecord) -> str:
        return badge(status_look(record.status))

    @admin.display(description=_("evidence"), ordering="complete")
    def evidence_state(self, record: ConsentRecord) -> str:
        """Complete or not is said of a permission that was given, not of a refusal or a request."""
        if record.grant_event_id is None:
            return "-"
        return badge(COMPLETE if record.complete else INCOMPLETE)

    @admin.display(description=_("evidence"), ordering="complete")
    def proof(self, record: ConsentRecord) -> str:
        return format_html("{} {}", self.evidence_state(record), event_link(deciding_event(record)))

    @admin.display(description=_("proof"))
    def proof_link(self, record: ConsentRecord) -> str:
        return event_link(deciding_event(record))


def deciding_event(record: ConsentRecord) -> uuid.UUID | None:
    """The event behind the present state; of a refusal the record keeps the moment only."""
    if record.status == Status.WITHDRAWN:
        return record.withdrawal_event_id
    if record.status == Status.REFUSED:
        return None
    return record.grant_event_id or record.request_event_id
