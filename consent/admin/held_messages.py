"""Messages held after a restore: how many of each kind, and what becomes of them."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from consent.domain import held_messages
from consent.models import OutboxMessage
from consent.tasks import wake_outbox
from customers.admin.scope import narrow, require
from customers.domain.staff import Duty, has_duty
from customers.models import StaffMember
from customers.staff_site import SETTINGS, Page, StaffSite

RELEASE: Final = "release"
DROP: Final = "drop"


class DecisionForm(forms.Form):
    """Which kinds, what becomes of them, and why."""

    kinds = forms.MultipleChoiceField(
        label=_("Which messages"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind.")},
    )
    act = forms.ChoiceField(
        label=_("What becomes of them"),
        choices=[(RELEASE, _("Send them after all")), (DROP, _("Drop them: they are never sent"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("How you know whether they left before. It is kept: do not name people in it."),
    )
    sure = forms.BooleanField(
        label=_("I know that what is dropped is lost"), required=False, help_text=_("Only to drop messages.")
    )

    def __init__(self, *args: Any, held: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = held  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("act") == DROP and not said.get("sure"):
            self.add_error("sure", _("Tick this to drop them."))
        return said


def may_decide(request: HttpRequest) -> bool:
    staff = request.user
    return isinstance(staff, StaffMember) and has_duty(staff=staff, duty=Duty.DECIDE_ON_HELD)


def held_view(request: HttpRequest) -> HttpResponse:
    staff = require(request, Duty.DECIDE_ON_HELD)
    own = messages_of(staff)
    held = held_messages.count_by_kind(among=own)
    choices = [(kind, in_words(kind, number, oldest)) for kind, number, oldest in held]
    form = DecisionForm(request.POST or None, held=choices)
    if form.is_valid():
        decide(request, form.cleaned_data, own, staff)
        return redirect("admin:held_messages")
    context = {
        **admin.site.each_context(request),
        "title": _("Messages held after a restore"),
        "form": form,
        "held": held,
    }
    return TemplateResponse(request, "admin/held_messages.html", context)


def decide(
    request: HttpRequest, said: dict[str, Any], own: QuerySet[OutboxMessage], staff: StaffMember
) -> None:
    about = {"among": own, "kinds": said["kinds"], "staff": staff, "reason": said["reason"]}
    if said["act"] == DROP:
        number = held_messages.drop(**about)
        told = ngettext("%(number)d message was dropped.", "%(number)d messages were dropped.", number)
    else:
        number = held_messages.release(**about, released_at=timezone.now())
        told = ngettext(
            "%(number)d message waits to be sent.", "%(number)d messages wait to be sent.", number
        )
        transaction.on_commit(wake_outbox)
    messages.success(request, told % {"number": number})


def messages_of(staff: StaffMember) -> QuerySet[OutboxMessage]:
    return narrow(
        OutboxMessage.objects.all(), staff=staff, organisation="organisation", legal_entity="legal_entity"
    )


def in_words(kind: str, number: int, oldest: Any) -> str:
    return gettext("%(kind)s: %(number)d, the oldest of %(day)s") % {
        "kind": OutboxMessage.Kind(kind).label,
        "number": number,
        "day": date_format(timezone.localtime(oldest), "j F Y H:i"),
    }


StaffSite.pages += [
    Page(
        route="held-messages/",
        name="held_messages",
        title=_("Messages held after a restore"),
        view=held_view,
        is_shown=may_decide,
        job=SETTINGS,
    ),
]
