from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scoring.models import Segment

OTHER_ENTITY = _("This legal entity does not have this score model.")


class SegmentForm(forms.ModelForm[Segment]):
    """A segment and the model that decides it are of one legal entity: it profiles only its own people."""

    class Meta:
        model = Segment
        fields = ("legal_entity", "code", "name", "model", "band_code")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if entity := cleaned.get("legal_entity"):
            self.instance.organisation_id = entity.organisation_id
        entity_id = entity.pk if entity else self.instance.legal_entity_id
        model = cleaned.get("model")
        if model is not None and entity_id and model.legal_entity_id != entity_id:
            self.add_error("model", OTHER_ENTITY)
        return cleaned
