from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consent.domain.notifying import guarding
from consent.models import Endpoint

OVERLAPS = [
    (0, _("None: the old secret ends now")),
    (1, _("1 hour")),
    (24, _("1 day")),
    (7 * 24, _("7 days")),
]


class EndpointForm(forms.ModelForm[Endpoint]):
    """An endpoint; its web address must be one that a webhook may go to."""

    class Meta:
        model = Endpoint
        fields = (
            "organisation",
            "name",
            "processor",
            "method",
            "url",
            "legal_entities",
            "purposes",
            "topics",
            "identify_by",
        )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not url:
            return url
        guard = guarding.Guard(loopback=settings.WEBHOOK_LOOPBACK, resolve=guarding.resolve)
        try:
            guard.read_url(url=url)
        except guarding.UrlRefusedError as error:
            raise forms.ValidationError(
                _("Give an address on the internet that begins with https://, without a password in it.")
            ) from error
        return url

    def clean(self) -> dict[str, Any]:
        """What is not shown for a mail is not kept either."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("method") == Endpoint.Method.MAIL and "url" not in self.errors:
            cleaned["url"] = ""
        return cleaned


class RotateSecretForm(forms.Form):
    """A new secret in the place of an old one."""

    overlap_hours = forms.TypedChoiceField(
        label=_("How long do both secrets sign?"),
        choices=OVERLAPS,
        coerce=int,
        initial=24,
        help_text=_("Time to give the new secret to the program. Choose none when the old one has leaked."),
    )

    def overlap(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["overlap_hours"])
