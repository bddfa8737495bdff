from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.admin.act_form import CHOOSE
from consent.domain.engine.question import UnknownCodeError, Wanted
from consent.domain.lists.columns import contact_column, is_address
from consent.domain.lists.layout import NO_COLUMN, Layout
from consent.domain.lists.problems import SENTENCES, Fault
from consent.models import Channel, Purpose
from customers.models import ContactPoint, LegalEntity, ProductGroup

MOST_BYTES = 300 * 1024 * 1024


class UploadForm(forms.Form):
    """The list itself; what to ask about it comes on the next page, beside its first rows."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV in any usual encoding, or an Excel workbook (.xlsx); at most 300 MB. The file is kept "
            "encrypted and deleted after a day."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(SENTENCES[Fault.TOO_LARGE])
        return file


class QuestionForm(forms.Form):
    """What to ask about each row, and which column holds the addresses."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("On behalf of"), empty_label=_("Choose")
    )
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=_("For which purpose"), empty_label=_("Choose")
    )
    channel = forms.ChoiceField(label=_("Over which channel"), choices=[CHOOSE, *Channel.choices])
    product_group = forms.ModelChoiceField(
        ProductGroup.objects.none(),
        label=_("About which products"),
        required=False,
        empty_label=_("None in particular"),
        help_text=_("A customer relation allows offers about similar products only (art. 11.7(4))."),
    )
    column = forms.TypedChoiceField(
        label=_("Column with the addresses"),
        coerce=int,
        help_text=_("Phone numbers or e-mail addresses. For post the column “contact” names the people."),
    )
    header = forms.BooleanField(label=_("The first row names the columns"), required=False)
    evidence = forms.BooleanField(
        label=_("Add the evidence to each row"),
        required=False,
        help_text=_("Keys of the events, relations and tests each answer rests on. Takes longer."),
    )

    def __init__(
        self,
        *args: Any,
        entities: Any,
        layout: Layout,
        rows: Sequence[Sequence[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"header": layout.header, "column": _guess(layout, rows)}
        self.layout = layout
        if layout.above:
            self.fields["header"].label = _("The row below the title names the columns")
        self.choose("legal_entity", entities)
        self.choose("purpose", Purpose.objects.filter(legal_entities__in=entities).distinct())
        self.choose("product_group", ProductGroup.objects.filter(legal_entity__in=entities))
        self.fields["column"].choices = [  # type: ignore[attr-defined]
            (number, _name(layout, rows, number)) for number in range(layout.width)
        ]

    def choose(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows.order_by("code", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("channel") == Channel.POST and contact_column(names=self.layout.names) == NO_COLUMN:
            self.add_error("channel", SENTENCES[Fault.NO_CONTACT_COLUMN])
        return said

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        return Wanted(
            legal_entity=said["legal_entity"].code,
            purpose=said["purpose"].code,
            channel=said["channel"],
            product_group=said["product_group"].code if said["product_group"] else "",
        )

    def chosen_layout(self) -> Layout:
        said, names = self.cleaned_data, self.layout.names if self.cleaned_data["header"] else ()
        address = NO_COLUMN if said["channel"] == Channel.POST else said["column"]
        return replace(
            self.layout,
            header=said["header"],
            names=names,
            address=address,
            contact=contact_column(names=names),
            evidence=said["evidence"],
        )

    def refuse(self, error: UnknownCodeError) -> None:
        """A purpose or product group that this legal entity does not have."""
        field = {"purpose": "purpose", "product group": "product_group"}.get(error.option, "legal_entity")
        self.add_error(field, _("This legal entity does not have it: choose another one."))


def _guess(layout: Layout, rows: Sequence[Sequence[str]]) -> int:
    """The column in which most of the first cells look like an address."""
    kinds = (ContactPoint.Kind.PHONE.value, ContactPoint.Kind.EMAIL.value)
    found = [
        sum(
            len(row) > column and any(is_address(cell=row[column], kind=kind) for kind in kinds)
            for row in rows
        )
        for column in range(layout.width)
    ]
    return found.index(max(found))


def _name(layout: Layout, rows: Sequence[Sequence[str]], number: int) -> str:
    if layout.names and layout.names[number]:
        return f"{number + 1}. {layout.names[number][:40]}"
    example = next((row[number] for row in rows if len(row) > number and row[number]), "")
    return f"{number + 1}. {example[:40]}"
