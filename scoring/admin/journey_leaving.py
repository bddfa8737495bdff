"""Noting that somebody left employment: the one act by name on a stage where nobody is named."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import staff_of
from customers.models import Contact
from scoring.admin.find_contact import chosen_contact, find_contacts
from scoring.admin.journey_acts import JourneyActs, ReasonForm
from scoring.domain.journeys.employment import NotEmployedError, note_left_employment
from scoring.models import Journey


class JourneyLeaving(JourneyActs):
    """Who left employment is treated as anybody else again, once a colleague says so."""

    def act_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.left_work_view)
        return [
            path("<path:object_id>/left-work/", view, name="scoring_journey_left_work"),
            *super().act_urls(),
        ]

    def left_work_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Look for somebody, say why."""
        journey = self.for_change(request, object_id)
        wanted = request.GET.get("q", "").strip()
        form = ReasonForm(request.POST or None)
        if request.method == "POST":
            contact = chosen_contact(request, organisation_id=journey.organisation_id)
            if form.is_valid() and self.note(request, journey, contact, form.cleaned_data["reason"]):
                return redirect("admin:scoring_journey_figures", journey.pk)
        context: dict[str, Any] = {
            "form": form,
            "wanted": wanted,
            "found": find_contacts(request, wanted, organisation_id=journey.organisation_id),
            "chosen": request.POST.get("contact", ""),
            "explained": _(
                "Who works here has no score and is named nowhere. Look for somebody who left, and say how "
                "you know: from then on they are treated as anybody else, and may be followed and scored."
            ),
        }
        return self.page(request, "put_in", journey, title=_("Somebody left employment"), **context)

    def note(self, request: HttpRequest, journey: Journey, contact: Contact, reason: str) -> bool:
        try:
            passages = note_left_employment(
                contact=contact,
                legal_entity=journey.legal_entity,
                noted_by=staff_of(request),
                reason=reason,
                at=timezone.now(),
            )
        except NotEmployedError:
            messages.error(request, _("Nothing here says that this person works for you."))
            return False
        for passage in passages:
            self.trail().log_change(request, passage, ["stage"])
        messages.success(request, _("Noted. They are treated as anybody else from now on."))
        return True
