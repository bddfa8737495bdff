from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import Channel
from scoring.domain.talent_pool.wishes import CHANNEL, REGION, WORK, offered
from scoring.models import TalentPool

SALT: Final = "wording of a talent pool"
LABELS: Final = {
    WORK: gettext_lazy("What work do you look for?"),
    REGION: gettext_lazy("Where do you want to work?"),
    CHANNEL: gettext_lazy("How do you like to hear from us?"),
}


class WishesForm(forms.Form):
    """What a candidate looks for: each question may stay unanswered."""

    def __init__(self, *args: Any, pool: TalentPool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, answers in offered(pool=pool).items():
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name],
                choices=[("", _("I do not say")), *((answer, _worded(name, answer)) for answer in answers)],
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choose one of these answers.")},
            )
        if CHANNEL in self.fields:
            self.fields[CHANNEL].help_text = _(
                "We only use a way that you permitted. Telling this gives no permission."
            )

    def wishes(self) -> Mapping[str, str]:
        return {name: str(answer) for name, answer in self.cleaned_data.items()}


def sign_wording(*, notice_version_id: object) -> str:
    """Say on the page which wording stood beside the button, so that no other can be agreed to."""
    return signing.dumps(str(notice_version_id), salt=SALT)


def read_wording(*, text: str) -> str:
    """Read which wording stood beside the button; empty when this is not ours."""
    try:
        return str(signing.loads(text, salt=SALT))
    except signing.BadSignature:
        return ""


def _worded(name: str, answer: str) -> str:
    return str(Channel(answer).label) if name == CHANNEL else answer
