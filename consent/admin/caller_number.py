from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import OF_USE, badge
from consent.domain.caller_numbers import choose_caller_number, find_calls, find_use
from consent.models import ContactAttempt
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.models import CallerNumber

HELP = {
    "number": _(
        "With the country code, such as +31 20 … It is shown to the person who is called, never hidden "
        "(art. 11.7(8)), and published with the legal entity."
    ),
    "label": _("What people read beside the number on the public page."),
    "reachable_until_date": _(
        "Leave empty while the number is in use. Once filled in, calls with it end six months before this "
        "day: whoever was called can call back for half a year (Code Telemarketing 2024)."
    ),
}


class CallerNumberForm(forms.ModelForm[CallerNumber]):
    class Meta:
        model = CallerNumber
        fields = ("legal_entity", "number", "label", "in_use_from_date", "reachable_until_date")
        help_texts = HELP

    def clean(self) -> dict[str, Any]:
        """What was called with stays true: no later start, and no end before people had time to call back."""
        cleaned = super().clean() or self.cleaned_data
        calls = find_calls(number=self.instance) if self.instance.pk else None
        if calls is None:
            return cleaned
        start, until = cleaned.get("in_use_from_date"), cleaned.get("reachable_until_date")
        if start and start > calls.first_date:
            said = gettext("The first call with this number was on %(day)s.")
            self.add_error("in_use_from_date", said % {"day": written(calls.first_date)})
        if until and until < calls.reachable_until_date:
            said = gettext("The last call with it was on %(day)s: keep it reachable until %(until)s.")
            days = {"day": written(calls.last_date), "until": written(calls.reachable_until_date)}
            self.add_error("reachable_until_date", said % days)
        return cleaned


@admin.register(CallerNumber)
class CallerNumberAdmin(ScopedAdmin[CallerNumber]):
    area = Area.LEGAL_ENTITIES
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    form = CallerNumberForm
    list_display = (
        "number",
        "state",
        "legal_entity",
        "label",
        "in_use_from_date",
        "reachable_until_date",
        "last_call_at",
    )
    list_filter = (("legal_entity", ScopedRelatedFilter),)
    list_select_related = ("legal_entity",)
    date_hierarchy = "in_use_from_date"
    search_fields = ("number", "label")
    ordering = ("legal_entity", "number", "pk")
    fields = ("legal_entity", "number", "label", "in_use_from_date", "reachable_until_date")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[CallerNumber]:
        calls = ContactAttempt.objects.filter(number_shown=OuterRef("pk")).order_by("-attempted_at")
        last = Subquery(calls.values("attempted_at")[:1])
        return super().get_queryset(request).annotate(last_call_at=last)

    def get_readonly_fields(self, request: HttpRequest, obj: CallerNumber | None = None) -> tuple[str, ...]:
        """A number that was called with is evidence: it stays what it was."""
        return ("legal_entity", "number") if obj and find_calls(number=obj) else ()

    def save_model(self, request: HttpRequest, obj: CallerNumber, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if obj.reachable_until_date and find_calls(number=obj) is None:
            warning = _(
                "No call with this number is on record here. Was it used elsewhere? Then keep it reachable "
                "until six months after the last call."
            )
            messages.warning(request, warning)
        if not choose_caller_number(legal_entity_id=obj.legal_entity_id, at=timezone.now()):
            said = gettext("%(name)s has no number to show now: nobody may be called on its behalf.")
            messages.warning(request, said % {"name": obj.legal_entity})

    @admin.display(description=_("state"))
    def state(self, number: CallerNumber) -> str:
        return badge(OF_USE[find_use(number=number, at=timezone.now())])

    @admin.display(description=_("last call"), ordering="last_call_at", empty_value="-")
    def last_call_at(self, number: CallerNumber) -> Any:
        return number.last_call_at  # type: ignore[attr-defined]


def written(day: Any) -> str:
    return date_format(day, "j F Y")
