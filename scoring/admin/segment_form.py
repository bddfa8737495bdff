from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from scoring.domain.segments import InBand, count_band
from scoring.models import Band, ScoreModel, Segment

OTHER_ENTITY = _("This legal entity does not have this score model.")

NO_SUCH_BAND = _("This score model has no band with this code. It has: %(known)s.")


class SegmentForm(forms.ModelForm[Segment]):
    """A segment and the model that decides it are of one legal entity: it profiles only its own people."""

    # Shown once there is something to confirm; its value says what was shown.
    meant = forms.CharField(required=False, label=_("Yes, this is what I mean"), widget=forms.HiddenInput)

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
        if model is not None and not self.errors and {"model", "band_code"} & set(self.changed_data):
            self.ask_twice(model, cleaned["band_code"], said=cleaned.get("meant", ""))
        return cleaned

    def ask_twice(self, model: ScoreModel, code: str, *, said: str) -> None:
        """A group of nobody, or of everybody, may be meant; somebody says so, of this number of people."""
        now = count_band(model=model, code=code, now=timezone.now())
        shown = f"{model.pk}:{code}:{now.people}"
        if not now.is_doubtful or said == shown:
            return
        self.fields["meant"].widget = forms.CheckboxInput(attrs={"value": shown})
        self.add_error("meant", sentence_of(now))

    def check_band(self, model: ScoreModel, code: str) -> None:
        bands = Band.objects.filter(version__model=model, version__retired_at__isnull=True)
        codes = list(bands.order_by("from_points").values_list("code", flat=True))
        if code not in codes:
            known = ", ".join(dict.fromkeys(codes)) or gettext("none yet; add bands to its version")
            said = {"known": known}
            self.add_error("band_code", forms.ValidationError(NO_SUCH_BAND, params=said))


def sentence_of(now: InBand) -> str:
    """What is odd about who would be in a segment, with the number."""
    if not now.people:
        return gettext("Nobody is in this band now, so the segment would be empty. Is that what you mean?")
    sentence = ngettext(
        "Everybody who may be profiled is in this band now, %(number)s person. Is that what you mean?",
        "Everybody who may be profiled is in this band now, %(number)s people. Is that what you mean?",
        now.people,
    )
    return sentence % {"number": number_format(now.people, force_grouping=True)}
