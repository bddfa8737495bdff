from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consent.admin.act_form import CHOOSE
from consent.domain.api_keys import WantedKey
from consent.models import ApiKey, Scope
from customers.models import LegalEntity

LIVES = [(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("A year"))]
OVERLAPS = [
    (0, _("None: the old key ends now")),
    (1, _("1 hour")),
    (24, _("1 day")),
    (7 * 24, _("7 days")),
    (30 * 24, _("30 days")),
]


class LifeField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=LIVES,
            coerce=int,
            initial=365,
            help_text=_("At most a year. Before it ends, rotate it: the program gets a new key."),
            **kwargs,
        )


class MakeKeyForm(forms.Form):
    """A new key, for one of the legal entities that this member of staff works for."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(),
        label=_("Legal entity"),
        empty_label=CHOOSE[1],
        help_text=ApiKey.legal_entity.field.help_text,
    )
    name = forms.CharField(label=_("Name"), max_length=100, strip=True, help_text=ApiKey.name.field.help_text)
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what the program needs."),
    )
    days = LifeField(label=_("How long is it valid?"))

    def __init__(self, *args: Any, entities: QuerySet[LegalEntity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["legal_entity"].queryset = entities  # type: ignore[attr-defined]

    def wanted(self) -> WantedKey:
        said = self.cleaned_data
        scopes = tuple(Scope(scope) for scope in said["scopes"])
        return WantedKey(
            legal_entity=said["legal_entity"], name=said["name"], scopes=scopes, days=said["days"]
        )


class RotateKeyForm(forms.Form):
    """A new key in the place of an old one."""

    overlap_hours = forms.TypedChoiceField(
        label=_("How long does the old key stay valid?"),
        choices=OVERLAPS,
        coerce=int,
        initial=24,
        help_text=_("Time to give the new key to the program. Choose none when the old key has leaked."),
    )
    days = LifeField(label=_("How long is the new key valid?"))

    def overlap(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["overlap_hours"])
