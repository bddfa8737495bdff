from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """Takes the six digits of a text message, however they are spaced."""

    code = forms.CharField(
        label=_("The code from the text message"),
        help_text=_("Six digits."),
        max_length=20,
        error_messages={"required": _("Fill in the six digits from the text message.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        digits = "".join(self.cleaned_data["code"].split())
        if not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(_("The code has six digits and nothing else."))
        return digits

    def refuse(self, sentence: Any) -> None:
        self.add_error("code", sentence)
