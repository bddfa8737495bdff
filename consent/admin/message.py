from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from consent.admin.badge import POSSIBLY_TWICE, badge, message_look
from consent.admin.foreign_html import show
from consent.admin.stop import event_link
from consent.domain import outbox
from consent.domain.ledger.evidence import EvidenceBrokenError, EvidenceGoneError
from consent.domain.messages import Rendered, preview
from consent.models import Channel, OutboxMessage
from customers.admin.relation import CONTACT_NAMES
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.staff_site import PROOF

STUCK = (OutboxMessage.State.REFUSED, OutboxMessage.State.GIVEN_UP)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin[OutboxMessage]):
    area = Area.MESSAGES
    job = PROOF
    place = 2
    legal_entity_path = "legal_entity"
    list_display = (
        "created_at",
        "kind",
        "state_shown",
        "contact",
        "legal_entity",
        "channel",
        "due_at",
        "tries",
        "last_answer",
        "sent_twice",
    )
    list_filter = (
        "state",
        "kind",
        "channel",
        ("legal_entity", ScopedRelatedFilter),
        "possibly_sent_twice",
    )
    list_select_related = ("contact", "legal_entity")
    date_hierarchy = "created_at"
    search_fields = ("last_answer", *CONTACT_NAMES)
    ordering = ("-created_at", "-pk")
    change_form_template = "admin/message_change_form.html"
    fieldsets = (
        (_("To whom"), {"fields": ("contact", "contact_point", "legal_entity", "channel", "language")}),
        (_("What"), {"fields": ("kind", "proof_link")}),
        (
            _("What came of it"),
            {
                "fields": (
                    "state_shown",
                    "created_at",
                    "due_at",
                    "tries",
                    "sent_at",
                    "last_answer",
                    "sent_twice",
                    "decided_by",
                    "decision_reason",
                )
            },
        ),
        (_("Its link"), {"fields": ("link_expires_at", "link_revoked_at")}),
    )
    readonly_fields = ("state_shown", "sent_twice", "proof_link")

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, "consent_outboxmessage"
        again = require_POST(self.again_view)
        return [
            path("<path:object_id>/html/", site.admin_view(self.html_view), name=f"{name}_html"),
            path("<path:object_id>/again/", site.admin_view(again), name=f"{name}_again"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        message = kwargs["obj"]
        may_retry = has_duty(staff=staff_of(request), duty=Duty.SEND_AGAIN)
        context["rendered"], context["sentence"] = rendered_of(message)
        context["may_send_again"] = may_retry and message.state in STUCK
        return super().render_change_form(request, context, *args, **kwargs)

    def html_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rendered, _sentence = rendered_of(self.find(request, object_id))
        if rendered is None:
            raise Http404
        return show(html=rendered.html)

    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, Duty.SEND_AGAIN)
        message = self.find(request, object_id)
        outbox.send_again(message=message, now=timezone.now())
        messages.success(request, _("The message waits to be sent again."))
        return HttpResponseRedirect(reverse("admin:consent_outboxmessage_change", args=[message.pk]))

    def find(self, request: HttpRequest, object_id: str) -> OutboxMessage:
        message = self.get_object(request, unquote(object_id))
        if message is None:
            raise Http404
        return message

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, message: OutboxMessage) -> str:
        return badge(message_look(message.state))

    @admin.display(description=_("possibly sent twice"), ordering="possibly_sent_twice")
    def sent_twice(self, message: OutboxMessage) -> str:
        return badge(POSSIBLY_TWICE) if message.possibly_sent_twice else "-"

    @admin.display(description=_("event that caused it"))
    def proof_link(self, message: OutboxMessage) -> str:
        return event_link(message.event_id)


def rendered_of(message: OutboxMessage) -> tuple[Rendered | None, object]:
    """The message with its tokens masked, or the sentence that says why it cannot be shown."""
    if message.channel != Channel.EMAIL:
        return None, _("A text message carries a secret code. Nobody but the person reads it.")
    try:
        return preview(message=message, public_url=settings.PUBLIC_URL), ""
    except EvidenceGoneError:
        return None, _("The content was erased with the person.")
    except EvidenceBrokenError:
        return None, _("The content is broken: it cannot be read with the key of the person.")
