from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from scoring.models import Band, ScoreModel, Segment

OTHER_ENTITY = _("This legal entity does not have this score model.")

NO_SUCH_BAND = _("This score model has no band with this code. It has: %(known)s.")


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
        elif model is not None and cleaned.get("band_code"):
            self.check_band(model, cleaned["band_code"])
        return cleaned

    def check_band(self, model: ScoreModel, code: str) -> None:
        bands = Band.objects.filter(version__model=model, version__retired_at__isnull=True)
        codes = list(bands.order_by("from_points").values_list("code", flat=True))
        if code not in codes:
            known = ", ".join(dict.fromkeys(codes)) or gettext("none yet; add bands to its version")
            said = {"known": known}
            self.add_error("band_code", forms.ValidationError(NO_SUCH_BAND, params=said))
