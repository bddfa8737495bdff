from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin.act_form import MomentField
from consent.domain.do_not_call import Refusal
from consent.domain.do_not_call_file import Fault
from consent.domain.do_not_call_import import Delivery, Report
from customers.models import Organisation, StaffMember

FAULTS: dict[Fault, StrPromise] = {
    Fault.NO_NUMBER: _("No phone number: this row is left out"),
    Fault.NO_DAY: _("No day of registration: the number counts from the day the list was taken"),
    Fault.FUTURE_DAY: _("A day later than the list: the number counts from the day the list was taken"),
    Fault.TOO_LONG: _("Longer than a row can be: this row is left out"),
}
REFUSALS: dict[Refusal, StrPromise] = {
    Refusal.NO_NEWER: _("A list as new as this one was loaded before."),
    Refusal.FUTURE: _("This moment lies in the future."),
    Refusal.EMPTY: _("The file has no rows."),
    Refusal.NOT_A_LIST: _("Hardly any row holds a phone number. Is this the right file?"),
    Refusal.NOT_TEXT: _("The file is packed or made by an office program. Give the plain text file."),
}


def told(refusal: Refusal) -> StrPromise:
    return REFUSALS[refusal]


class ListForm(forms.Form):
    """The text file of the do-not-call-me list; a member of staff loads it for their own organisation."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.order_by("name", "pk"), label=_("Organisation"), empty_label=None
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("The text file of the list: on each row a phone number and the day of registration."),
    )
    taken_at = MomentField(
        label=_("When was it downloaded?"),
        help_text=_("From then on the list allows calls for 120 hours. It is renewed just before midnight."),
    )
    code = forms.CharField(required=False, widget=forms.HiddenInput)
    confirm = forms.BooleanField(
        label=_("I compared the file with the source: load it as it is"), required=False
    )

    def __init__(self, *args: Any, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = staff
        if not staff.is_superuser:
            del self.fields["organisation"]
        if not self["code"].value():
            del self.fields["confirm"]

    def holder(self) -> Organisation:
        chosen: Organisation | None = self.cleaned_data.get("organisation") or self.staff.organisation
        if chosen is None:
            raise PermissionDenied
        return chosen

    def delivery(self) -> Delivery:
        return Delivery(
            file=self.cleaned_data["file"].file,
            taken_at=self.cleaned_data["taken_at"],
            brought_by=self.staff,
            confirmed=self.cleaned_data["code"] if self.cleaned_data.get("confirm") else "",
        )

    def asked_again(self, report: Report) -> "ListForm":
        """The same form with a box to confirm what was found; a browser never gives a file back."""
        answers = {**{name: self.data[name] for name in self.data}, "code": report.code, "confirm": ""}
        form = ListForm(answers, staff=self.staff)
        form.fields["file"].label = _("The same file again")
        form.errors.clear()
        return form
