import datetime
import unicodedata
from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.domain.form_rules.reading import FIELDS_OF_KIND, kind_of
from consent.domain.opt_in import Answers
from consent.models import CollectionChoice, CollectionField, CollectionPoint, in_language
from customers.domain.addresses import (
    LONGEST_CITY,
    LONGEST_POSTAL_CODE,
    Address,
    AddressNotUsableError,
    read_email,
    read_phone,
    read_postal,
)
from customers.domain.contacts import PersonDetails
from customers.models import ContactPoint

Name = CollectionField.Name
AUTOCOMPLETE = {
    Name.EMAIL: "email",
    Name.PHONE: "tel",
    Name.GIVEN_NAME: "given-name",
    Name.FAMILY_NAME: "family-name",
    Name.STREET: "street-address",
    Name.POSTAL_CODE: "postal-code",
    Name.CITY: "address-level2",
    Name.BIRTH_DATE: "bday",
    Name.ORGANISATION_NAME: "organization",
}
LABELS = {
    Name.EMAIL: gettext_lazy("Your e-mail address"),
    Name.PHONE: gettext_lazy("Your phone number"),
    Name.GIVEN_NAME: gettext_lazy("Your first name"),
    Name.FAMILY_NAME: gettext_lazy("Your last name"),
    Name.STREET: gettext_lazy("Street and number"),
    Name.POSTAL_CODE: gettext_lazy("Postal code"),
    Name.CITY: gettext_lazy("Town"),
    Name.BIRTH_DATE: gettext_lazy("Your date of birth"),
    Name.ORGANISATION_NAME: gettext_lazy("Name of your organisation"),
}
LONGEST = 200
LONGEST_OF = {
    Name.GIVEN_NAME: 100,
    Name.FAMILY_NAME: 100,
    Name.POSTAL_CODE: LONGEST_POSTAL_CODE,
    Name.CITY: LONGEST_CITY,
}
HONEYPOT = "fax_number"
ZERO_WIDTH_JOINER = "\u200d"
OPT_OUT = "no_contact"


class CollectionForm(forms.Form):
    """The form of one collection point, in one language; nothing in it is ticked beforehand."""

    def __init__(self, *args: Any, collection_point: CollectionPoint, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collection_point, self.language = collection_point, language
        self.country = collection_point.legal_entity.country
        self.choices = list(
            collection_point.choices.select_related("notice_version__notice__purpose").order_by(
                "position", "pk"
            )
        )
        for row in collection_point.fields.order_by("position", "pk"):
            self.fields[row.name] = _text_field(row, self._captions(row.name))
        for choice in self._boxes():
            self.fields[f"choice_{choice.pk}"] = _box(in_language(choice.notice_version.wording, language))
        if collection_point.form == CollectionPoint.Form.TRANSACTION:
            self.fields[OPT_OUT] = _box(in_language(collection_point.optout_wording, language))
        self.fields[HONEYPOT] = forms.CharField(
            required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
        )

    def details(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in Name.values]

    def boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("choice_")]

    def opt_out(self) -> forms.BoundField | None:
        return self[OPT_OUT] if OPT_OUT in self.fields else None

    def honeypot(self) -> forms.BoundField:
        return self[HONEYPOT]

    def withdrawals(self) -> list[str]:
        texts = [in_language(choice.notice_version.withdrawal, self.language) for choice in self.choices]
        return list(dict.fromkeys(texts))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get(HONEYPOT):
            emptied = MultiValueDict(dict(cast("MultiValueDict[str, str]", self.data).lists()))
            emptied[HONEYPOT] = ""
            self.data = emptied
            self.add_error(
                None,
                _("Your browser filled in a hidden field. It is empty now; please send again."),
            )
        cleaned[ContactPoint.Kind.POSTAL] = self._read_postal(cleaned)
        self._check_choices(cleaned)
        self._check_anything(cleaned)
        return cleaned

    def answers(self) -> Answers:
        """Read the cleaned form as the domain takes it; only after is_valid()."""
        return Answers(
            addresses=self._addresses(),
            details=self._person(),
            chosen=frozenset(
                choice.pk for choice in self._boxes() if self.cleaned_data[f"choice_{choice.pk}"]
            ),
            as_typed={
                name: str(self.data.get(name, ""))[:LONGEST] for name in self.fields if name != HONEYPOT
            },
        )

    def opted_out(self) -> bool:
        return bool(self.cleaned_data.get(OPT_OUT))

    def number_to_verify(self) -> Address | None:
        """The number that was filled in, when a permission was asked about it."""
        asked = any(_kind_of(choice) == Name.PHONE for choice in self.choices)
        number: Address | None = self.cleaned_data.get(Name.PHONE)
        return number if asked else None

    def _captions(self, name: str) -> list[str]:
        return [
            in_language(choice.notice_version.wording, self.language)
            for choice in self.choices
            if choice.mechanism == CollectionChoice.Mechanism.CAPTION and _kind_of(choice) == name
        ]

    def _boxes(self) -> list[CollectionChoice]:
        return [choice for choice in self.choices if choice.mechanism == CollectionChoice.Mechanism.CHECKBOX]

    def _read_postal(self, cleaned: dict[str, Any]) -> Address | None:
        street, city = cleaned.get(Name.STREET), cleaned.get(Name.CITY)
        if not (street and city):
            return None
        code = cleaned.get(Name.POSTAL_CODE) or ""
        try:
            return read_postal(street=street, postal_code=code, city=city, country=self.country)
        except AddressNotUsableError:
            self.add_error(Name.STREET, _("Fill in the street with its number and the town."))
            return None

    def _check_choices(self, cleaned: dict[str, Any]) -> None:
        for choice in self._boxes():
            kind = _kind_of(choice)
            place = self._place_of(kind)
            missing = place and not cleaned.get(kind) and place not in self.errors
            if cleaned.get(f"choice_{choice.pk}") and missing:
                self.add_error(place, _address_wanted(kind))

    def _place_of(self, kind: str) -> str:
        """The field in which an address of this kind is typed; empty for processing, which needs none."""
        names = FIELDS_OF_KIND.get(kind, ())
        return next((name for name in names if name in self.fields), "")

    def _check_anything(self, cleaned: dict[str, Any]) -> None:
        """Nothing is kept of somebody who left no address, or who allows nothing."""
        if self.errors:
            return
        if not any(cleaned.get(kind) for kind in ContactPoint.Kind.values):
            self.add_error(None, _("Fill in your e-mail address: we send a confirmation there."))
        elif not self._anything_allowed(cleaned):
            self.add_error(None, _("You ticked nothing, so nothing was sent. Tick what you want to allow."))

    def _anything_allowed(self, cleaned: dict[str, Any]) -> bool:
        if self.collection_point.form == CollectionPoint.Form.TRANSACTION:
            return True
        return any(
            cleaned.get(f"choice_{choice.pk}")
            or (choice.mechanism == CollectionChoice.Mechanism.CAPTION and cleaned.get(_kind_of(choice)))
            for choice in self.choices
        )

    def _addresses(self) -> dict[str, Address]:
        return {
            kind: self.cleaned_data[kind] for kind in ContactPoint.Kind.values if self.cleaned_data.get(kind)
        }

    def _person(self) -> PersonDetails:
        return PersonDetails(
            given_name=self.cleaned_data.get(Name.GIVEN_NAME, ""),
            family_name=self.cleaned_data.get(Name.FAMILY_NAME, ""),
            organisation_name=self.cleaned_data.get(Name.ORGANISATION_NAME, ""),
            birth_date=self.cleaned_data.get(Name.BIRTH_DATE),
            language=self.language,
        )

    def clean_GIVEN_NAME(self) -> str:  # noqa: N802 (Django calls it by the field's name)
        return _readable(self.cleaned_data[Name.GIVEN_NAME])

    def clean_FAMILY_NAME(self) -> str:  # noqa: N802 (Django calls it by the field's name)
        return _readable(self.cleaned_data[Name.FAMILY_NAME])

    def clean_EMAIL(self) -> Address | None:  # noqa: N802 (Django calls it by the field's name)
        return self._read(Name.EMAIL)

    def clean_PHONE(self) -> Address | None:  # noqa: N802 (Django calls it by the field's name)
        return self._read(Name.PHONE)

    def clean_BIRTH_DATE(self) -> datetime.date | None:  # noqa: N802 (Django calls it by the field's name)
        day: datetime.date | None = self.cleaned_data[Name.BIRTH_DATE]
        if day and not datetime.date(1900, 1, 1) <= day <= datetime.date.today():  # noqa: DTZ011 (a day, not a moment)
            raise forms.ValidationError(_("Check the date of birth: the year is not possible."))
        return day

    def _read(self, name: str) -> Address | None:
        text = self.cleaned_data[name]
        if not text:
            return None
        try:
            return (
                read_email(text=text) if name == Name.EMAIL else read_phone(text=text, country=self.country)
            )
        except AddressNotUsableError as error:
            raise forms.ValidationError(_not_an_address(name)) from error


def _readable(name: str) -> str:
    """Leave out signs that nobody sees and that turn text around; the joiner of emoji and scripts stays."""
    return "".join(
        sign for sign in name if sign == ZERO_WIDTH_JOINER or unicodedata.category(sign) not in ("Cc", "Cf")
    )


def _text_field(row: CollectionField, captions: list[str]) -> forms.Field:
    attrs = {"autocomplete": AUTOCOMPLETE[Name(row.name)]}
    if row.name == Name.BIRTH_DATE:
        field: forms.Field = forms.DateField(
            widget=forms.DateInput(attrs=attrs),
            help_text=_("Day, month and year, such as 31-12-1990."),
            input_formats=["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d"],
        )
    else:
        types = {Name.EMAIL: forms.EmailInput, Name.PHONE: forms.TextInput}
        widget = types.get(Name(row.name), forms.TextInput)(attrs=attrs | _keyboard(row.name))
        field = forms.CharField(
            max_length=LONGEST_OF.get(Name(row.name), LONGEST),
            widget=widget,
            help_text=row.need and _hint(row.name),
        )
    field.label, field.required = LABELS[Name(row.name)], row.required
    field.error_messages["required"] = _("Fill in: %(field)s.") % {"field": LABELS[Name(row.name)]}
    field.caption = "\n\n".join(captions)  # type: ignore[attr-defined]  # read by the field template
    return field


def _kind_of(choice: CollectionChoice) -> str:
    return kind_of(notice=choice.notice_version.notice)


def _box(wording: str) -> forms.BooleanField:
    return forms.BooleanField(label=wording, required=False, initial=False)


def _keyboard(name: str) -> dict[str, str]:
    return {"inputmode": "tel", "type": "tel"} if name == Name.PHONE else {}


def _hint(name: str) -> str:
    hints = {
        Name.EMAIL: _("For example naam@example.nl. We send a confirmation there at once."),
        Name.PHONE: _("With area code, such as 020 123 45 67, or with +32 for Belgium."),
    }
    return hints.get(Name(name), "")


def _not_an_address(name: str) -> str:
    if name == Name.EMAIL:
        return _("This is not a whole e-mail address. Write it as name@example.org.")
    return _("This is not a phone number we can read. Write it with its area code, such as 020 123 45 67.")


def _address_wanted(kind: str) -> str:
    wanted = {
        ContactPoint.Kind.EMAIL: _("You ticked e-mail. Fill in your e-mail address, or untick that box."),
        ContactPoint.Kind.PHONE: _(
            "You ticked a box about your phone. Fill in your number, or untick that box."
        ),
        ContactPoint.Kind.POSTAL: _("You ticked post. Fill in your address, or untick that box."),
    }
    return wanted[ContactPoint.Kind(kind)]
