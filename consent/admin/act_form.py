from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.fields import MomentWidget
from consent.admin.story import entities_of
from consent.models import Purpose, Source
from customers.models import Contact, StaffMember

WAYS_TO_TELL = [
    (way.value, way.label) for way in (Source.PHONE_CALL, Source.DIRECT_MESSAGE, Source.PAPER, Source.EVENT)
]
ALL = _("All")
CHOOSE = ("", _("Choose"))


class MomentField(forms.SplitDateTimeField):
    """A moment that has been; people tell afterwards what they did."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=MomentWidget(), **kwargs)

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is not None and moment > timezone.now():
            raise forms.ValidationError(_("This moment lies in the future."))
        return moment


class ActForm(forms.Form):
    """One act for one contact; every choice is limited to what this member of staff may see."""

    def __init__(self, *args: Any, contact: Contact, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact, self.staff = contact, staff
        for name, choices in self.choices().items():
            self.fields[name].queryset = choices  # type: ignore[attr-defined]

    def choices(self) -> dict[str, Any]:
        return {}

    def entities(self) -> Any:
        return entities_of(contact=self.contact, staff=self.staff)

    def purposes(self) -> Any:
        return Purpose.objects.filter(legal_entities__in=self.entities()).distinct().order_by("code", "pk")

    def points(self, *kinds: str) -> Any:
        points = self.contact.points.filter(invalid_at__isnull=True).order_by("created_at", "pk")
        return points.filter(kind__in=kinds) if kinds else points
