"""The question staff put: who wants to reach whom, for what, over which channel, and as at which moment."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.admin.act_form import CHOOSE
from consent.domain.engine.moments import MomentNotReadableError, read_moment
from consent.domain.engine.question import Question, UnknownCodeError, Wanted
from consent.models import Channel, Purpose
from customers.admin.scope import narrow
from customers.models import Contact, LegalEntity, ProductGroup, StaffMember

UNKNOWN = {
    "purpose": _("This legal entity does not have this purpose."),
    "product group": _("This legal entity does not have this product group."),
    "contact": _("This contact is not known to this legal entity's organisation."),
}
LONGEST_ADDRESS = 500


class MomentWidget(forms.MultiWidget):
    """A date and, where it matters, a time; each with its own label."""

    def __init__(self) -> None:
        date = forms.DateInput(attrs={"type": "date", "aria-label": _("Date")})
        time = forms.TimeInput(attrs={"type": "time", "aria-label": _("Time")})
        super().__init__({"date": date, "time": time})

    def decompress(self, value: Any) -> list[str]:
        return list(str(value or "").partition("T")[::2])


class AnyMomentField(forms.MultiValueField):
    """A moment as text, in the past or the future; the zone of the legal entity gives it its meaning."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(fields=fields, required=False, require_all_fields=False, **kwargs)

    def compress(self, data_list: Any) -> str:
        return "T".join(part for part in data_list or [] if part)


def entities_for(staff: StaffMember) -> Any:
    entities = LegalEntity.objects.select_related("organisation")
    seen = narrow(entities, staff=staff, organisation="organisation", legal_entity="pk")
    return seen.order_by("name", "pk")


class QuestionForm(forms.Form):
    """The choices are those of the legal entities this member of staff may see."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("On whose behalf?"), to_field_name="code", empty_label=CHOOSE[1]
    )
    purpose = forms.ChoiceField(label=_("For what?"))
    channel = forms.ChoiceField(label=_("Over which channel?"), choices=[CHOOSE, *Channel.choices])
    product_group = forms.ChoiceField(
        label=_("About which products?"),
        required=False,
        help_text=_("A customer may only be offered products similar to what they bought."),
    )
    at = AnyMomentField(
        label=_("As at"),
        help_text=_("The moment of contact, past or future. A date alone means noon. Empty means now."),
    )
    known_at = AnyMomentField(
        label=_("With what was known then"),
        help_text=_("Leaves out what was recorded later. Empty means everything known now."),
    )

    def __init__(self, *args: Any, staff: StaffMember, now: datetime.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff, self.now = staff, now
        self.question: Question | None = None
        self.wanted: list[Wanted] = []
        entities = entities_for(staff)
        self.fields["legal_entity"].queryset = entities  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [CHOOSE, *_purposes(entities)]  # type: ignore[attr-defined]
        self.fields["product_group"].choices = [  # type: ignore[attr-defined]
            ("", _("None named")),
            *_product_groups(entities),
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            self.question = self.put(said, at=self.moment("at", said))
        return said

    def put(self, said: dict[str, Any], *, at: datetime.datetime | None) -> Question | None:
        wanted = Wanted(
            legal_entity=said["legal_entity"].code,
            purpose=said["purpose"],
            channel=said["channel"],
            product_group=said["product_group"],
            at=at,
            known_at=self.moment("known_at", said),
        )
        self.wanted.append(wanted)
        try:
            return wanted.put(now=self.now)
        except UnknownCodeError as refusal:
            self.add_error(refusal.option.replace(" ", "_"), UNKNOWN[refusal.option])
            return None

    def moment(self, name: str, said: dict[str, Any]) -> datetime.datetime | None:
        if not said.get(name):
            return None
        try:
            return read_moment(text=said[name], zone=said["legal_entity"].time_zone)
        except MomentNotReadableError as refusal:
            self.add_error(name, refusal.sentence)
            return None

    def entity(self) -> LegalEntity:
        entity = self.cleaned_data["legal_entity"]
        assert isinstance(entity, LegalEntity)  # noqa: S101  (for the type checker)
        return entity


class PersonForm(QuestionForm):
    """A question about one person: by address, or by the contact for post and processing."""

    address = forms.CharField(
        label=_("E-mail address or phone number"),
        error_messages={"required": _("Give an e-mail address or phone number, or ask from a contact.")},
        max_length=LONGEST_ADDRESS,
        help_text=_("In any notation. Nothing is stored by asking."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    contact = forms.UUIDField(
        label=_("Key of the contact"),
        required=False,
        help_text=_("For post, or where several people share an address. Easier: ask from their page."),
    )
    field_order = ("address", "legal_entity", "purpose", "channel", "product_group")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever names a contact need not give an address; else it is asked for, and not called optional.
        self.fields["address"].required = not self.data.get("contact")
        self.person: Contact | None = None

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("contact") and not self.errors:
            self.person = self.find(said)
        return said

    def find(self, said: dict[str, Any]) -> Contact | None:
        known = Contact.objects.filter(organisation=said["legal_entity"].organisation_id)
        person = known.filter(pk=said["contact"]).first()
        if person is None:
            self.add_error("contact", UNKNOWN["contact"])
        return person


class AudienceForm(QuestionForm):
    """A question about everybody the organisation has an address of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reaching = [choice for choice in Channel.choices if choice[0] != Channel.NONE]
        self.fields["channel"].choices = [CHOOSE, *reaching]  # type: ignore[attr-defined]
        del self.fields["known_at"]


class ComparisonForm(AudienceForm):
    """The same question about everybody at two moments."""

    then = AnyMomentField(
        label=_("And at"),
        error_messages={"required": _("Choose the other moment.")},
        help_text=_("The other moment: after a change of law, or when a term has ended."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].label = _("At")
        # Not its halves: a date alone is a moment.
        self.fields["then"].required = True
        self.second: Question | None = None

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not self.errors:
            moment = self.moment("then", said)
            self.second = None if self.errors else self.put(said, at=moment)
        return said


def _purposes(entities: Iterable[LegalEntity]) -> list[tuple[str, str]]:
    rows = Purpose.objects.filter(legal_entities__in=entities).distinct().order_by("code", "pk")
    return list({purpose.code: (purpose.code, str(purpose)) for purpose in rows}.values())


def _product_groups(entities: Iterable[LegalEntity]) -> list[tuple[str, list[tuple[str, str]]]]:
    rows = ProductGroup.objects.filter(legal_entity__in=entities).select_related("legal_entity")
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows.order_by("legal_entity__name", "name", "pk"):
        groups.setdefault(str(row.legal_entity), []).append((row.code, row.name))
    return list(groups.items())
