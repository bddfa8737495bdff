from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat, Trim
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import COMPLETE, INCOMPLETE, badge
from consent.admin.event_page import groups_of, messages_after, proof_of, seal_of, wording_of
from consent.models import ConsentEvent
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.models import Contact
from customers.staff_site import PROOF

NAME = Trim(Concat("given_name", Value(" "), "family_name", Value(" "), "organisation_name"))


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAdmin[ConsentEvent]):
    area = Area.LEDGER
    job = PROOF
    place = 1
    legal_entity_path = "legal_entity"
    list_display = (
        "occurred_at",
        "act",
        "subject",
        "legal_entity",
        "purpose",
        "channel",
        "actor",
        "source",
        "evidence_state",
        "grade",
    )
    list_filter = (
        "act",
        "channel",
        "source",
        "actor",
        ("legal_entity", ScopedRelatedFilter),
        ("purpose", ScopedRelatedFilter),
        ("purpose__department", ScopedRelatedFilter),
        "complete",
        "grade",
    )
    list_select_related = ("legal_entity", "purpose")
    date_hierarchy = "occurred_at"
    search_fields = ("=id", "=subject_id")
    search_help_text = _("Name or address of the person, or the key of an event or contact.")
    ordering = ("-occurred_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ConsentEvent]:
        name = Contact.objects.filter(pk=OuterRef("subject_id")).values(name=NAME)
        return super().get_queryset(request).annotate(subject_name=Subquery(name))

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """The ledger holds no names: they lead to a contact first, and from there to its events."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        words = search_term.split()
        if not words:
            return found, duplicates
        people = self.admin_site.get_model_admin(Contact).get_queryset(request)
        for word in words:
            people = people.filter(
                Q(given_name__icontains=word)
                | Q(family_name__icontains=word)
                | Q(organisation_name__icontains=word)
                | Q(points__value__iexact=word)
            )
        by_name = queryset.filter(subject_id__in=people.order_by().values("pk"))
        return found | by_name, duplicates

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        event = self.get_object(request, unquote(object_id))
        if event is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if not self.has_view_permission(request, event):
            raise PermissionDenied
        may_read = has_duty(staff=staff_of(request), duty=Duty.READ_EVIDENCE)
        seal, sealing = seal_of(event=event)
        context = {
            **self.admin_site.each_context(request),
            "title": str(event),
            "opts": self.opts,
            "event": event,
            "groups": groups_of(event=event, options=self.opts),
            "wording": wording_of(event=event),
            "proof": proof_of(event=event) if may_read else None,
            "caused": messages_after(event=event),
            "seal": seal,
            "sealing": sealing,
        }
        return TemplateResponse(request, "admin/event.html", context)

    @admin.display(description=_("person"))
    def subject(self, event: Any) -> str:
        url = reverse("admin:customers_contact_change", args=[event.subject_id])
        return format_html('<a href="{}">{}</a>', url, event.subject_name or _("Contact without a name"))

    @admin.display(description=_("evidence"), ordering="complete")
    def evidence_state(self, event: ConsentEvent) -> str:
        return badge(COMPLETE if event.complete else INCOMPLETE)
