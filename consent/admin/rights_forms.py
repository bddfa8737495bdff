"""What staff fill in to write a rights request down and to answer it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.act_form import CHOOSE, WAYS_TO_TELL, ActForm, MomentField
from consent.admin.fields import DateWidget
from consent.domain.erasing.erasure import Exemption
from consent.domain.rights.answering import LONGEST_REASON
from consent.domain.rights.receiving import LONGEST_WORDS
from consent.models import KeptData, RightsRequest
from customers.domain.addresses import Address, AddressNotUsableError, read_address
from customers.models import Contact, LegalEntity, StaffMember

CHECKS = [(way.value, way.label) for way in RightsRequest.Identity if way is not RightsRequest.Identity.LINK]


def textarea(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class WrittenDown(forms.Form):
    kind = forms.ChoiceField(label=_("What does the person ask?"), choices=RightsRequest.Kind.choices)
    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Of which legal entity?"), empty_label=None
    )
    source = forms.ChoiceField(label=_("How did the person tell us?"), choices=WAYS_TO_TELL)
    received_at = MomentField(
        label=_("When did it come?"),
        initial=timezone.now,
        help_text=_("The clock runs from that moment, not from now."),
    )
    words = forms.CharField(
        label=_("What did they ask, in their words?"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=textarea(),
    )


class EnterForm(WrittenDown, ActForm):
    identity = forms.ChoiceField(
        label=_("How do you know who it is?"),
        required=False,
        choices=[("", _("Not checked yet")), *CHECKS],
        help_text=_("Ask no more than you need. A copy of a document is never kept."),
    )

    def choices(self) -> dict[str, Any]:
        return {"legal_entity": self.entities()}


class StrangerForm(WrittenDown):
    """Somebody we do not know: what they gave says who they are and where to answer."""

    def __init__(self, *args: Any, entities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["legal_entity"].queryset = entities  # type: ignore[attr-defined]
        words = self.fields["words"]
        words.label, words.required = _("Who asks, what, and where do you answer?"), True


class AnswerForm(forms.Form):
    """One step in answering; what it needs to know of the person comes with it."""

    def __init__(self, *args: Any, contact: Contact | None, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact, self.staff = contact, staff


class IdentityForm(AnswerForm):
    identity = forms.ChoiceField(label=_("How do you know who it is?"), choices=CHECKS)
    note = forms.CharField(
        label=_("What did you see or hear?"),
        max_length=500,
        widget=textarea(),
        help_text=_("Such as which document. Never a number of it, and no copy."),
    )


class ExtendForm(AnswerForm):
    reason = forms.CharField(
        label=_("Why does it take longer?"),
        max_length=500,
        widget=textarea(),
        help_text=_("The person is mailed this sentence."),
    )


class RefuseForm(AnswerForm):
    ground = forms.ChoiceField(label=_("Ground"), choices=[CHOOSE, *RightsRequest.Ground.choices])
    reason = forms.CharField(
        label=_("Why?"),
        max_length=1000,
        widget=textarea(),
        help_text=_("The person is mailed this, and where to complain (art. 12(4) GDPR)."),
    )


class FulfilForm(AnswerForm):
    remark = forms.CharField(
        label=_("What do you tell the person beside that?"),
        required=False,
        max_length=1000,
        widget=textarea(),
    )


class RestrictForm(AnswerForm):
    remark = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Which of the four grounds of art. 18(1) GDPR. The person is mailed this."),
    )


class CorrectForm(FulfilForm):
    given_name = forms.CharField(label=_("Given name"), required=False, max_length=100)
    family_name = forms.CharField(label=_("Family name"), required=False, max_length=100)
    address = forms.CharField(
        label=_("New e-mail address or phone number"),
        required=False,
        max_length=320,
        help_text=_("It takes the place of the old one, and what was permitted on that ends."),
    )
    field_order = ("given_name", "family_name", "address", "remark")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.contact is not None:
            self.fields["given_name"].initial = self.contact.given_name
            self.fields["family_name"].initial = self.contact.family_name

    def clean_address(self) -> Address | None:
        text = str(self.cleaned_data["address"]).strip()
        country = self.contact.country if self.contact else ""
        try:
            return read_address(text=text, country=country or "NL") if text else None
        except AddressNotUsableError as error:
            raise forms.ValidationError(_("This is no e-mail address or phone number we can use.")) from error


class EraseForm(AnswerForm):
    """What is lost is named, what the law has us keep is chosen, and the person is typed out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for what in KeptData.What:
            self.fields |= {f"{name}_{what}": field for name, field in _keeping(what).items()}
        self.fields["confirmation"] = forms.CharField(
            label=_("Type the name of the person, or one of their addresses"),
            max_length=320,
            help_text=_("To be sure that it is this person. What is erased cannot be brought back."),
        )

    def clean_confirmation(self) -> str:
        typed = " ".join(str(self.cleaned_data["confirmation"]).split()).casefold()
        if typed not in _names(self.contact):
            raise forms.ValidationError(_("This is another name or address than that of the person."))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for what in KeptData.What:
            for name in ("ground", "reason", "until"):
                if cleaned.get(f"keep_{what}") and not cleaned.get(f"{name}_{what}"):
                    self.add_error(f"{name}_{what}", _("What stays needs a ground, a reason and a last day."))
        return cleaned

    def clean_until(self, what: str) -> Any:
        day = self.cleaned_data[f"until_{what}"]
        if day and day <= timezone.localdate():
            raise forms.ValidationError(_("This day is not in the future."))
        return day

    def clean_until_EVIDENCE(self) -> Any:  # noqa: N802  (Django calls it by the name of the field)
        return self.clean_until(KeptData.What.EVIDENCE)

    def clean_until_TRANSACTIONS(self) -> Any:  # noqa: N802  (Django calls it by the name of the field)
        return self.clean_until(KeptData.What.TRANSACTIONS)

    def exemptions(self) -> list[Exemption]:
        said = self.cleaned_data
        return [
            Exemption(
                what=what,
                ground=KeptData.Ground(said[f"ground_{what}"]),
                reason=said[f"reason_{what}"],
                keep_until_date=said[f"until_{what}"],
            )
            for what in KeptData.What
            if said[f"keep_{what}"]
        ]


def _keeping(what: KeptData.What) -> dict[str, forms.Field]:
    return {
        "keep": forms.BooleanField(
            label=_("Keep for now: %(what)s") % {"what": what.label},
            required=False,
            help_text=_("Only where the law has us keep it (art. 17(3) GDPR)."),
        ),
        "ground": forms.ChoiceField(
            label=_("On which ground?"), required=False, choices=[CHOOSE, *KeptData.Ground.choices]
        ),
        "reason": forms.CharField(
            label=_("Why?"), required=False, max_length=300, help_text=_("Name nobody: this sentence stays.")
        ),
        "until": forms.DateField(label=_("Until and including"), required=False, widget=DateWidget()),
    }


def _names(contact: Contact | None) -> set[str]:
    if contact is None:
        return set()
    values = contact.points.order_by("pk").values_list("value", flat=True)
    return {name.casefold() for name in (str(contact), *values)}
