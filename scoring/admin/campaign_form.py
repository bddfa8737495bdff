from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.models import WordingField
from scoring.domain.campaigns.personal import FIELDS, find_unknown_fields
from scoring.models import Campaign

ROWS = {"text": 8}
OTHER_ENTITY = {
    "product_group": _("This legal entity does not have this product group."),
    "segment": _("This legal entity does not have this segment."),
    "score_model": _("This legal entity does not have this score model."),
}
UNKNOWN = _("%(unknown)s cannot be filled in. What can: %(known)s.")


class CampaignForm(forms.ModelForm[Campaign]):
    """A draft may be incomplete; what can never be right is refused at once."""

    link_url = forms.URLField(label=_("Address of the button"), required=False, assume_scheme="https")

    class Meta:
        model = Campaign
        fields = (
            "name",
            "code",
            "legal_entity",
            "purpose",
            "channel",
            "product_group",
            "segment",
            "journey_stage",
            "begins",
            "score_model",
            "points",
            "subject",
            "text",
            "link_label",
            "link_url",
            "counts",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in ROWS.items():
            for area in self.fields[name].widget.widgets if name in self.fields else ():
                area.attrs["rows"] = rows
        if "journey_stage" in self.fields:
            self.offer_stages(self.fields["journey_stage"])

    def offer_stages(self, field: Any) -> None:
        """By the name of their journey; none of which figures alone are shown, as those name nobody."""
        field.queryset = field.queryset.filter(figures_only=False).select_related("journey")
        if self.instance.legal_entity_id is not None:
            field.queryset = field.queryset.filter(journey__legal_entity=self.instance.legal_entity_id)
        field.label_from_instance = lambda stage: f"{stage.journey}: {stage}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for stored in Campaign._meta.fields:  # noqa: SLF001  (Django's own name for it)
            if isinstance(stored, WordingField):
                self.check_fields(stored.name, cleaned.get(stored.name) or {})
        entity = cleaned.get("legal_entity")
        if entity is not None:
            self.instance.organisation_id = entity.organisation_id
            self.check_entity(cleaned, entity)
        return cleaned

    def check_fields(self, name: str, wording: dict[str, str]) -> None:
        unknown = [field for text in wording.values() for field in find_unknown_fields(text=text)]
        if unknown:
            known = ", ".join(f"{{{field}}}" for field in FIELDS)
            said = {"unknown": ", ".join(dict.fromkeys(unknown)), "known": known}
            self.add_error(name, forms.ValidationError(UNKNOWN, params=said))

    def check_entity(self, cleaned: dict[str, Any], entity: Any) -> None:
        purpose = cleaned.get("purpose")
        if purpose is not None and not purpose.legal_entities.filter(pk=entity.pk).exists():
            self.add_error("purpose", _("This legal entity does not have this purpose."))
        elif purpose is not None and cleaned.get("channel") not in purpose.channels:
            self.add_error("channel", _("This purpose does not use this channel."))
        for name, sentence in OTHER_ENTITY.items():
            row = cleaned.get(name)
            if row is not None and row.legal_entity_id != entity.pk:
                self.add_error(name, sentence)
        stage = cleaned.get("journey_stage")
        if stage is not None and stage.journey.legal_entity_id != entity.pk:
            self.add_error("journey_stage", _("The stage belongs to a journey of another legal entity."))
        same = Campaign.objects.filter(organisation=entity.organisation_id, code=cleaned.get("code"))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("code", _("There is a campaign with this code already."))
