"""What agents and managers fill in at the call desks."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.domain.attempts import Objected
from consent.domain.call_desk.reporting import Report
from consent.models import CallList, Channel, ContactAttempt, Purpose
from customers.models import CallerNumber, LegalEntity, StaffMember

Outcome = ContactAttempt.Outcome


class FutureMomentField(forms.SplitDateTimeField):
    """A date and a time beside each other, later than now."""

    def __init__(self, **kwargs: Any) -> None:
        date: dict[str, Any] = {"type": "date", "aria-label": _("Date")}
        time: dict[str, Any] = {"type": "time", "aria-label": _("Time")}
        widget = forms.SplitDateTimeWidget(
            date_attrs=date, time_attrs=time, date_format="%Y-%m-%d", time_format="%H:%M"
        )
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is not None and moment <= timezone.now():
            raise forms.ValidationError(_("Choose a moment that has not passed."))
        return moment


class ReportForm(forms.Form):
    """What came of one call; the button that was pressed says the outcome."""

    # Digits, so that one key is the same in every language.
    OUTCOMES = {
        "OBJECTS": (Outcome.CONVERSATION, Objected.CHANNEL),
        "OBJECTS_TO_ALL": (Outcome.CONVERSATION, Objected.EVERYTHING),
        **{outcome.value: (outcome, Objected.NOT) for outcome in Outcome},
    }

    number_shown = forms.ModelChoiceField(
        CallerNumber.objects.none(),
        label=_("Number you show"),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=_("A number of this legal entity on which you can be called back; never anonymous."),
    )
    objection_offered = forms.BooleanField(
        label=_("I said that one word is enough to stop these calls"), required=False
    )
    call_back_at = FutureMomentField(label=_("Call back at"), required=False)
    asked_by_person = forms.BooleanField(
        label=_("The person asked for this moment"),
        required=False,
        help_text=_("Then the call may fall outside calling hours."),
    )
    outcome = forms.ChoiceField(
        choices=[(name, name) for name in OUTCOMES],
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose what came of the call."),
            "invalid_choice": _("Choose what came of the call."),
        },
    )

    def __init__(self, *args: Any, numbers: list[CallerNumber], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["number_shown"]
        field.queryset = CallerNumber.objects.filter(pk__in=[number.pk for number in numbers]).order_by(
            "in_use_from_date", "pk"
        )
        if len(numbers) == 1:
            field.widget = forms.HiddenInput()
        field.initial = numbers[0].pk if numbers else None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        moment = said.get("call_back_at")
        if said.get("outcome") != Outcome.CALL_BACK:
            # A moment begun and left unfinished must not stand in the way of "stop calling me".
            self.errors.pop("call_back_at", None)
        if said.get("outcome") == Outcome.CALL_BACK and not moment and "call_back_at" not in self.errors:
            self.add_error("call_back_at", _("Fill in when to call back."))
        if "call_back_at" in self.errors:
            self._begin_at_the_moment()
        return said

    def _begin_at_the_moment(self) -> None:
        """It stands at the foot of the page: who works by keyboard is brought there."""
        widget: Any = self.fields["call_back_at"].widget
        widget.widgets[0].attrs["autofocus"] = True

    def said(self) -> Report:
        outcome, objected = self.OUTCOMES[self.cleaned_data["outcome"]]
        call_back = outcome == Outcome.CALL_BACK
        return Report(
            outcome=outcome,
            number_shown=self.cleaned_data["number_shown"],
            objection_offered=self.cleaned_data["objection_offered"],
            objected=objected,
            call_back_at=self.cleaned_data["call_back_at"] if call_back else None,
            asked_by_person=call_back and self.cleaned_data["asked_by_person"],
        )


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("What went wrong?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For instance: pressed the wrong key, the person said nothing about stopping."),
    )


class ScriptForm(forms.ModelForm[CallList]):
    class Meta:
        model = CallList
        fields = ("script",)


class LookUpForm(forms.Form):
    address = forms.CharField(
        label=_("Phone number or e-mail address"),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Every look-up is kept: who looked, whom, and when."),
    )


class WantedCallForm(forms.Form):
    """A call that somebody asks for; choices are limited to what this member of staff may see."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Who should call?"), empty_label=None
    )
    purpose = forms.ModelChoiceField(Purpose.objects.none(), label=_("What about?"), empty_label=None)
    wanted_at = FutureMomentField(
        label=_("When?"), help_text=_("A call that somebody asks for may fall outside calling hours.")
    )

    def __init__(self, *args: Any, staff: StaffMember, entities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = staff
        served = Purpose.objects.filter(legal_entities__in=entities, channels__contains=[Channel.CALL])
        legal_entity: Any = self.fields["legal_entity"]
        purpose: Any = self.fields["purpose"]
        legal_entity.queryset = entities
        purpose.queryset = served.distinct().order_by("code", "pk")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        purpose, entity = said.get("purpose"), said.get("legal_entity")
        if purpose and entity and not purpose.legal_entities.filter(pk=entity.pk).exists():
            self.add_error("purpose", _("This legal entity does not use this purpose."))
        return said


def moment_of(*, moment: datetime.datetime | None) -> str:
    """Write a moment in short, as the clock here shows it."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
