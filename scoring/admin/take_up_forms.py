from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.act_form import MomentField
from consent.domain.lists.opening import OpenList
from consent.models import Processor
from customers.admin.scope import narrow
from customers.models import LegalEntity, StaffMember
from scoring.domain.attributes.keeping import Supply, find_kinds
from scoring.domain.attributes.reading import WHO
from scoring.domain.behaviour import Delivery
from scoring.domain.lists import read_attributes, read_behaviour, take_up_attributes, take_up_behaviour
from scoring.domain.rows import Row, TakenUp
from scoring.domain.told import FIELDS
from scoring.models import BehaviourEvent, ContactAttribute

LARGEST: Final = 5 * 1024 * 1024
CHOOSE: Final = _("Choose")


class TakeUpForm(forms.Form):
    """A list of a legal entity of this member of staff, read before any of it is kept."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Legal entity"), empty_label=CHOOSE
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel, with the names of the columns in the first row, and at most 5,000 rows."),
    )

    def __init__(self, *args: Any, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = narrow(
            LegalEntity.objects.order_by("name", "pk"),
            staff=staff,
            organisation="organisation",
            legal_entity="pk",
        )
        self.fields["legal_entity"].queryset = own  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 5 MB: cut it into parts."))
        return file

    def read(self, opened: OpenList) -> Any:
        raise NotImplementedError

    def take_up(self, rows: list[Row]) -> TakenUp:
        raise NotImplementedError

    def columns(self) -> list[str]:
        raise NotImplementedError


class BehaviourListForm(TakeUpForm):
    sender = forms.SlugField(
        label=_("Which program made the list?"),
        initial="file",
        max_length=50,
        help_text=_("A row that this program told under the same external_id before counts once."),
    )

    def read(self, opened: OpenList) -> Any:
        return read_behaviour(opened=opened)

    def take_up(self, rows: list[Row]) -> TakenUp:
        return take_up_behaviour(rows=iter(rows), delivery=self.delivery)

    def delivery(self) -> Delivery:
        return Delivery(
            legal_entity=self.cleaned_data["legal_entity"],
            sender=self.cleaned_data["sender"],
            via=BehaviourEvent.Via.FILE,
            now=timezone.now(),
        )

    def columns(self) -> list[str]:
        return sorted(FIELDS)


class AttributeListForm(TakeUpForm):
    origin = forms.ChoiceField(
        label=_("Whence does it come?"),
        choices=[("", CHOOSE), *ContactAttribute.Origin.choices],
    )
    since = MomentField(
        label=_("Known since"),
        required=False,
        help_text=_("Empty: now. A column known_since may say it row by row."),
    )
    seller = forms.CharField(
        label=_("Bought from"),
        max_length=200,
        required=False,
        help_text=_("Only of bought data: who sold it, for the person to read."),
    )
    processor = forms.ModelChoiceField(
        Processor.objects.none(),
        label=_("Party in the register"),
        required=False,
        empty_label=CHOOSE,
        help_text=_("Only of bought data: the party it came from."),
    )
    told_at = MomentField(
        label=_("People told at"),
        required=False,
        help_text=_("Only of bought data: within a month, and before you use it (art. 14(3) GDPR)."),
    )

    def __init__(self, *args: Any, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, staff=staff, **kwargs)
        register = narrow(Processor.objects.order_by("name", "pk"), staff=staff, organisation="organisation")
        self.fields["processor"].queryset = register  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        entity, party = said.get("legal_entity"), said.get("processor")
        if entity and party and party.organisation_id != entity.organisation_id:
            self.add_error("processor", _("This party is in the register of another organisation."))
        return said

    def supply(self) -> Supply:
        now, said = timezone.now(), self.cleaned_data
        return Supply(
            legal_entity=said["legal_entity"],
            origin=ContactAttribute.Origin(said["origin"]),
            since=said["since"] or now,
            now=now,
            seller=said["seller"],
            processor=said["processor"],
            told_at=said["told_at"],
        )

    def read(self, opened: OpenList) -> Any:
        return read_attributes(opened=opened, supply=self.supply())

    def take_up(self, rows: list[Row]) -> TakenUp:
        return take_up_attributes(rows=iter(rows), supply=self.supply)

    def columns(self) -> list[str]:
        entity = self.cleaned_data.get("legal_entity")
        return sorted(WHO | find_kinds(legal_entity=entity).keys()) if entity else sorted(WHO)
