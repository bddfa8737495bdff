from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.domain.rights.receiving import LONGEST_WORDS
from consent.forms.preferences import GuardedForm
from consent.models import RightsRequest

Kind = RightsRequest.Kind
# In the order in which people ask for them, in their words.
CHOICES = (
    (Kind.ACCESS, _("Give me a copy of everything you hold about me")),
    (Kind.PORTABILITY, _("Give me my data to take to somebody else")),
    (Kind.PROOF, _("Show me the proof of what I agreed to")),
    (Kind.MARKETING, _("Stop all marketing to me")),
    (Kind.PROFILING, _("Make no profile of me")),
    (Kind.RECTIFICATION, _("Correct something that I cannot correct myself")),
    (Kind.RESTRICTION, _("Only store my data for now, and do not use it")),
    (Kind.ERASURE, _("Erase everything you hold about me")),
)


class RightsForm(GuardedForm):
    """Which right, and whatever the person wants to say with it."""

    kind = forms.ChoiceField(
        label=_("What do you want?"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want.")},
    )
    words = forms.CharField(
        label=_("Is there something we should know?"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("You never have to give a reason for erasure or for stopping marketing."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        told = {
            Kind.RECTIFICATION: _("Say what has to be corrected, and into what."),
            Kind.RESTRICTION: _("Say why: what is wrong with the data, or with how it is used."),
        }
        kind = cleaned.get("kind")
        if kind in told and not str(cleaned.get("words", "")).strip():
            self.add_error("words", told[Kind(kind)])
        return cleaned
