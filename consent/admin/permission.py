import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import ALLOWED, COMPLETE, INCOMPLETE, STOPPED, badge, look, status_look
from consent.admin.stop import event_link
from consent.domain.engine import telling
from consent.domain.engine.answering import Answer
from consent.domain.permission_answers import answer_records
from consent.models import ConsentRecord, Status
from customers.admin.relation import CONTACT_NAMES
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.staff_site import PERMISSION


class KeysFirst(Paginator[ConsentRecord]):
    """Sorts keys alone, then fetches the rows of one page: to sort whole rows takes four times as long."""

    def page(self, number: int | str) -> Page[ConsentRecord]:
        page, listed = super().page(number), self.object_list
        if isinstance(page.object_list, QuerySet) and isinstance(listed, QuerySet):
            keys = list(page.object_list.values_list("pk", flat=True))
            page.object_list = listed.filter(pk__in=keys)
        return page


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin[ConsentRecord]):
    area = Area.PERMISSIONS
    job = PERMISSION
    place = 1
    legal_entity_path = "legal_entity"
    list_per_page = 50
    list_display = (
        "contact",
        "state",
        "answer_now",
        "proof",
        "legal_entity",
        "purpose",
        "channel",
        "last_act_at",
    )
    list_filter = (
        "status",
        "channel",
        ("legal_entity", ScopedRelatedFilter),
        ("purpose", ScopedRelatedFilter),
        ("purpose__department", ScopedRelatedFilter),
        "complete",
        "grade",
        # Not a row of months: those are looked for among all permissions each time.
        "last_act_at",
    )
    list_select_related = ("contact", "legal_entity", "purpose")
    paginator = KeysFirst
    search_fields = ("=contact_point__value", *CONTACT_NAMES[:-1])
    ordering = ("-last_act_at", "-pk")
    fieldsets = (
        (
            _("Which permission"),
            {"fields": ("contact", "contact_point", "legal_entity", "purpose", "channel")},
        ),
        (
            _("State"),
            {
                "fields": (
                    "state",
                    "answer_now",
                    "last_act_at",
                    "requested_at",
                    "granted_at",
                    "grant_proven",
                ),
                "description": _(
                    "The state is what the last act left. Whether you may make contact now is another "
                    "question: terms end, conditions fail, and an objection or a block goes before it."
                ),
            },
        ),
        (_("Ends"), {"fields": ("withdrawn_at", "refused_at", "invalidated_at", "valid_until")}),
        (_("Use"), {"fields": ("uses", "uses_spent", "first_used_at", "first_contact_due_at")}),
        (_("Proof"), {"fields": ("evidence_state", "grade", "given_by", "collector", "proof_link")}),
    )
    readonly_fields = ("state", "answer_now", "evidence_state", "proof_link")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            listed: list[Any] = response.context_data["cl"].result_list
            answers = answer_records(records=listed, now=timezone.now())
            for record in listed:
                record.answered = answers.get(record.pk)
        return response

    @admin.display(description=_("status"), ordering="status")
    def state(self, record: ConsentRecord) -> str:
        return badge(status_look(record.status))

    @admin.display(description=_("May we, now?"))
    def answer_now(self, record: ConsentRecord) -> str:
        answer = answer_about(record)
        if answer is None:
            return "-"
        told = telling.tell(code=answer.decision.code, language=get_language() or "")
        shown = badge(look(ALLOWED if answer.decision.allowed else STOPPED, told.label))
        return format_html('<a href="{}">{}</a>', page_of_answer(record), shown)

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


def answer_about(record: Any) -> Answer | None:
    """Of a list all were asked about at once; of one page this is the only one."""
    if not hasattr(record, "answered"):
        record.answered = answer_records(records=[record], now=timezone.now()).get(record.pk)
    answered: Answer | None = record.answered
    return answered


def page_of_answer(record: ConsentRecord) -> str:
    said = {
        "contact": record.contact_id,
        "legal_entity": record.legal_entity.code,
        "purpose": record.purpose.code,
        "channel": record.channel,
    }
    return f"{reverse('admin:may_we')}?{urlencode(said)}"


def deciding_event(record: ConsentRecord) -> uuid.UUID | None:
    """The event behind the present state; of a refusal the record keeps the moment only."""
    if record.status == Status.WITHDRAWN:
        return record.withdrawal_event_id
    if record.status == Status.REFUSED:
        return None
    return record.grant_event_id or record.request_event_id
