from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scoring.models import Journey


class JourneyForm(forms.ModelForm[Journey]):
    """A journey is of one legal entity, and follows people for a purpose of that one."""

    class Meta:
        model = Journey
        fields = (
            "name",
            "code",
            "kind",
            "description",
            "legal_entity",
            "purpose",
            "rests_on",
            "again_after_days",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        known = None if self.instance._state.adding else self.instance.legal_entity  # noqa: SLF001
        entity = cleaned.get("legal_entity") or known
        if entity is None:
            return cleaned
        self.instance.organisation_id = entity.organisation_id
        purpose = cleaned.get("purpose")
        if purpose is not None and not purpose.legal_entities.filter(pk=entity.pk).exists():
            self.add_error("purpose", _("This legal entity does not have this purpose."))
        same = Journey.objects.filter(organisation=entity.organisation_id, code=cleaned.get("code"))
        if "code" in self.fields and same.exclude(pk=self.instance.pk).exists():
            self.add_error("code", _("There is a journey with this code already."))
        return cleaned
