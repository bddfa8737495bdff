from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.domain.standings import DECIDING
from customers.models import Contact


class ContactForm(forms.ModelForm[Contact]):
    """Who a contact is; where what decides the rules changes, also since when that holds."""

    holds_since = forms.DateField(
        label=_("This holds since"),
        required=False,
        widget=AdminDateWidget,
        help_text=_(
            "Where you change one of these: from which day. Empty: from now. For a mistake, give the day on "
            "which you got to know this contact. Questions about earlier days are answered as it was then."
        ),
    )

    def clean_holds_since(self) -> date | None:
        since: date | None = self.cleaned_data["holds_since"]
        if since and since > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come: change it on that day."), code="future")
        return since

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("holds_since") and not self.changes_standing:
            self.add_error("holds_since", _("Nothing that decides the rules was changed: leave this empty."))
        return cleaned

    @property
    def held_until_at(self) -> datetime | None:
        """Until when the former standing held: the beginning of the day given."""
        since: date | None = self.cleaned_data["holds_since"]
        return timezone.make_aware(datetime.combine(since, time.min)) if since else None

    @property
    def changes_standing(self) -> bool:
        return not set(DECIDING).isdisjoint(self.changed_data)
