from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext_lazy as _

from consent.models import Channel
from scoring.models import JobApplication, TalentPool

OTHER_ENTITY = {
    "form": _("This form belongs to another legal entity."),
    "segment": _("This legal entity does not have this segment."),
}
# Ways that reach a person; processing is none.
REACHING = [(channel.value, channel.label) for channel in Channel if channel is not Channel.NONE]


class TalentPoolForm(forms.ModelForm[TalentPool]):
    """A pool whose people can be asked to stay: its purpose has a term, and e-mail."""

    disciplines = SimpleArrayField(
        forms.CharField(max_length=60),
        label=_("kinds of work"),
        required=False,
        help_text=_("Such as welder, planner. Candidates can say which is theirs. Separate with commas."),
    )
    regions = SimpleArrayField(
        forms.CharField(max_length=60),
        label=_("regions"),
        required=False,
        help_text=_("Where the work is. Candidates can say where they want to work. Separate with commas."),
    )
    channels = forms.MultipleChoiceField(
        label=_("channels they prefer"),
        choices=REACHING,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("How this group likes to be reached. Each candidate can say what they prefer."),
    )

    class Meta:
        model = TalentPool
        fields = (
            "name",
            "code",
            "legal_entity",
            "purpose",
            "form",
            "sought",
            "disciplines",
            "regions",
            "channels",
            "segment",
            "ask_days_before",
            "ask_last_days_before",
        )

    def clean_disciplines(self) -> list[str]:
        return trimmed(self.cleaned_data["disciplines"])

    def clean_regions(self) -> list[str]:
        return trimmed(self.cleaned_data["regions"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        entity = cleaned.get("legal_entity") or getattr(self.instance, "legal_entity", None)
        if entity is None:
            return cleaned
        self.instance.organisation_id = entity.organisation_id
        self.check_purpose(cleaned, entity)
        for name, sentence in OTHER_ENTITY.items():
            row = cleaned.get(name)
            if row is not None and row.legal_entity_id != entity.pk:
                self.add_error(name, sentence)
        same = TalentPool.objects.filter(organisation=entity.organisation_id, code=cleaned.get("code"))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("code", _("There is a talent pool with this code already."))
        return cleaned

    def check_purpose(self, cleaned: dict[str, Any], entity: Any) -> None:
        purpose = cleaned.get("purpose")
        if purpose is None:
            return
        if not purpose.legal_entities.filter(pk=entity.pk).exists():
            self.add_error("purpose", _("This legal entity does not have this purpose."))
        elif not purpose.term_months:
            self.add_error("purpose", _("Permission for this purpose has no term: give it one first."))
        elif Channel.EMAIL not in purpose.channels:
            self.add_error("purpose", _("This purpose has no e-mail, so nobody could be asked to stay."))


class JobApplicationForm(forms.ModelForm[JobApplication]):
    """A procedure of somebody the organisation knows, for a pool of the same organisation."""

    class Meta:
        model = JobApplication
        fields = ("pool", "contact", "vacancy", "applied_at", "ended_at", "outcome")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pool, contact = cleaned.get("pool"), cleaned.get("contact")
        if pool is not None:
            self.instance.organisation_id = pool.organisation_id
        if pool is not None and contact is not None and contact.organisation_id != pool.organisation_id:
            self.add_error("contact", _("This contact belongs to another organisation."))
        return cleaned


def trimmed(words: list[str]) -> list[str]:
    """Each word once, without the spaces around it; nothing where nothing was typed."""
    return list(dict.fromkeys(word for one in words if (word := one.strip())))
