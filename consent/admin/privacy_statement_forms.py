import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consent.admin.fields import DateWidget
from consent.domain.notices import hash_texts, texts_of
from consent.domain.privacy.parts import RULES
from consent.domain.privacy.publishing import Change, begin_of_day
from consent.models import PrivacyStatementVersion, StatementPart
from consent.models.wording import WordingFormField

ROWS = 6


def field_of(part: StatementPart) -> str:
    return f"part_{part.value.lower()}"


def part_field(part: StatementPart) -> WordingFormField:
    rule = RULES[part]
    tells = format_lazy("{} {}", rule.tells, rule.article)
    field = WordingFormField(label=part.label, help_text=tells, required=False)
    for area in field.widget.widgets:
        area.attrs["rows"] = ROWS
    return field


class PartsForm(forms.ModelForm[PrivacyStatementVersion]):
    """A text area for each part and language, where the model keeps them in one column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in StatementPart:
            self.initial.setdefault(field_of(part), self.instance.parts.get(part.value, {}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        written = {part.value: cleaned.get(field_of(part)) for part in StatementPart}
        self.instance.parts = {part: text for part, text in written.items() if text}
        return cleaned


StatementForm = type(
    "StatementForm", (PartsForm,), {field_of(part): part_field(part) for part in StatementPart}
)


class PublishForm(forms.ModelForm[PrivacyStatementVersion]):
    """What the officer says of a change, from when it holds, and the proof that it was read."""

    in_force_date = forms.DateField(
        label=_("Comes into force on"),
        required=False,
        widget=DateWidget,
        help_text=_(
            "At midnight at the start of that day, where the legal entity is. Empty: at once. Until that day "
            "people read the present version, with word of this one."
        ),
    )
    shown = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = PrivacyStatementVersion
        fields = ("change_summary", "is_material")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.texts = hash_texts(texts=texts_of(version=kwargs["instance"]))
        super().__init__(*args, **kwargs)
        self.initial["shown"] = self.texts

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("shown") != self.texts:
            raise forms.ValidationError(
                _("This draft was changed after you opened the page. Read it again, then publish it.")
            )
        return cleaned

    def clean_in_force_date(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["in_force_date"]
        zone = ZoneInfo(self.instance.legal_entity.time_zone)
        if day and day <= timezone.now().astimezone(zone).date():
            raise forms.ValidationError(_("Choose a day that is still to come, or leave this empty."))
        return day

    @property
    def in_force_at(self) -> datetime.datetime | None:
        day = self.cleaned_data["in_force_date"]
        return begin_of_day(day=day, legal_entity=self.instance.legal_entity) if day else None

    @property
    def change(self) -> Change:
        return Change(
            summary=self.cleaned_data["change_summary"] or {}, is_material=self.cleaned_data["is_material"]
        )
