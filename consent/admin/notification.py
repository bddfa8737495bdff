from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from consent.admin.badge import POSSIBLY_TWICE, badge, notification_look
from consent.admin.stop import event_link
from consent.domain.notifying import delivering
from consent.models import Notification
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.staff_site import PROOF


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin[Notification]):
    """Who was told what and when (art. 19 GDPR); what it said is kept nowhere."""

    area = Area.PROCESSORS
    job = PROOF
    legal_entity_path = "legal_entity"
    list_display = ("created_at", "topic", "endpoint", "state_shown", "tries", "told_at", "legal_entity")
    list_filter = ("state", "topic", ("endpoint", ScopedRelatedFilter), ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("endpoint", "legal_entity")
    date_hierarchy = "created_at"
    search_fields = ("=contact_id", "=event_id", "=id")
    ordering = ("-created_at", "-pk")
    change_form_template = "admin/notification_change_form.html"
    readonly_fields = ("state_shown", "told_twice", "event_link", "person")
    fieldsets = (
        (_("Who was told"), {"fields": ("endpoint", "state_shown", "told_at", "tries", "told_twice", "id")}),
        (_("Of what"), {"fields": ("topic", "occurred_at", "event_link", "corrected")}),
        (_("About whom and what"), {"fields": ("person", "legal_entity", "purpose", "channel")}),
        (_("When"), {"fields": ("created_at", "due_at")}),
    )

    def get_urls(self) -> list[URLPattern]:
        again = self.admin_site.admin_view(require_POST(self.again_view))
        return [
            path("<path:object_id>/again/", again, name="consent_notification_again"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        notification = kwargs["obj"]
        may = has_duty(staff=staff_of(request), duty=Duty.MANAGE_ENDPOINTS)
        context["may_tell_again"] = may and delivering.can_be_told_again(notification=notification)
        context["tries"] = notification.attempts.order_by("-attempted_at", "-pk")
        return super().render_change_form(request, context, *args, **kwargs)

    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, Duty.MANAGE_ENDPOINTS)
        notification = self.get_object(request, unquote(object_id))
        if notification is None:
            raise Http404
        delivering.replay(notification=notification, now=timezone.now())
        messages.success(request, _("It waits to be told again."))
        return HttpResponseRedirect(reverse("admin:consent_notification_change", args=[notification.pk]))

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, notification: Notification) -> str:
        return badge(notification_look(notification.state))

    @admin.display(description=_("possibly told twice"))
    def told_twice(self, notification: Notification) -> str:
        return badge(POSSIBLY_TWICE) if notification.possibly_told_twice else "-"

    @admin.display(description=_("event"))
    def event_link(self, notification: Notification) -> str:
        return event_link(notification.event_id)

    @admin.display(description=_("contact"))
    def person(self, notification: Notification) -> str:
        """By bare key: who was erased has no name, and whoever may not see people sees none."""
        if notification.contact_id is None:
            return "-"
        page = reverse("admin:customers_contact_change", args=[notification.contact_id])
        return format_html('<a href="{}">{}</a>', page, notification.contact_id)
