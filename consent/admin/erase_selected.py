"""Erasing a selection from the list of contacts: the officer sees whom, and types how many that are."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.domain.erasing.many import NobodyToEraseError, begin_erasing
from consent.tasks import wake_job
from customers.admin.scope import require
from customers.domain.staff import Duty
from customers.models import Contact, StaffMember


class NumberForm(forms.Form):
    """The number of people, typed: a slip of the mouse erases nobody."""

    number = forms.IntegerField(label=_("Type how many people are erased"), min_value=1)

    def __init__(self, *args: Any, people: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_number(self) -> int:
        typed = int(self.cleaned_data["number"])
        if typed != self.people:
            raise forms.ValidationError(_("That is another number than the people you chose."))
        return typed


@admin.action(description=_("Erase these people"), permissions=["erase"])
def erase_selected(
    page: admin.ModelAdmin[Contact], request: HttpRequest, chosen: QuerySet[Contact]
) -> HttpResponse | None:
    staff = require(request, Duty.ANSWER_REQUEST)
    if staff.organisation is None:
        raise PermissionDenied
    living = chosen.filter(erased_at__isnull=True).order_by("pk")
    form = NumberForm(request.POST if "number" in request.POST else None, people=living.count())
    if form.is_valid():
        return _begin(request, staff, living)
    context = {
        **page.admin_site.each_context(request),
        "title": _("Erase these people"),
        "opts": page.opts,
        "people": living,
        "form": form,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/erase_selected.html", context)


def _begin(request: HttpRequest, staff: StaffMember, living: QuerySet[Contact]) -> HttpResponse | None:
    if staff.organisation is None:
        raise PermissionDenied
    try:
        job = begin_erasing(
            organisation=staff.organisation,
            contact_ids=list(living.values_list("pk", flat=True)),
            staff=staff,
            now=timezone.now(),
        )
    except NobodyToEraseError:
        messages.warning(request, _("Everybody you chose was erased already."))
        return None
    wake_job(job_id=job.pk)
    return redirect("admin:consent_job_change", job.pk)
