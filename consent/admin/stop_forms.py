from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.admin.act_form import ALL, WAYS_TO_TELL, ActForm
from consent.admin.story import records_of
from consent.domain.withdrawals import STANDING
from consent.models import Channel, ConsentRecord, Purpose
from customers.models import ContactPoint, LegalEntity


class StopForm(ActForm):
    source = forms.ChoiceField(label=_("How did the person tell us?"), choices=WAYS_TO_TELL)
    note = forms.CharField(
        label=_("What proves it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only what proves it, such as a call reference. Nobody has to give a reason."),
    )


class ObjectionForm(StopForm):
    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Legal entity"), required=False, empty_label=ALL
    )
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=_("Purpose"), required=False, empty_label=ALL
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[("", ALL), *Channel.choices],
        help_text=_("Leave everything on “All” when the person wants no contact at all."),
    )
    field_order = ("legal_entity", "purpose", "channel", "source", "note")

    def choices(self) -> dict[str, Any]:
        return {"legal_entity": self.entities(), "purpose": self.purposes()}


class PermissionChoice(forms.ModelChoiceField[ConsentRecord]):
    def label_from_instance(self, obj: Any) -> str:
        return " · ".join(
            str(part)
            for part in (obj.legal_entity, obj.purpose, obj.get_channel_display(), obj.contact_point)
            if part
        )


class WithdrawalForm(StopForm):
    permission = PermissionChoice(
        ConsentRecord.objects.none(), label=_("Which permission?"), empty_label=None
    )
    field_order = ("permission", "source", "note")

    def choices(self) -> dict[str, Any]:
        standing = records_of(contact=self.contact, staff=self.staff).filter(status__in=STANDING)
        return {"permission": standing}


class BlockForm(ActForm):
    point = forms.ModelChoiceField(ContactPoint.objects.none(), label=_("Which address?"), empty_label=None)
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        help_text=_("A block stays when everything else about the person is erased."),
    )

    def choices(self) -> dict[str, Any]:
        return {"point": self.points()}


class RestrictionForm(ActForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Which of the four grounds of art. 18(1) GDPR, and the request."),
    )


class LiftForm(ActForm):
    note = forms.CharField(
        label=_("How was the person told beforehand?"), max_length=300, help_text=_("Art. 18(3) GDPR.")
    )
