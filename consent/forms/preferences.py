import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.domain.link_requests import read_candidates
from consent.domain.preference_changes import Wish
from consent.domain.preferences import Key, Row
from customers.domain.addresses import Address, AddressNotUsableError, read_email, read_phone, read_postal
from customers.models import Contact

LONGEST = 320


class GuardedForm(forms.Form):
    """A form with a field that people do not see; a program that fills in everything gives itself away."""

    fax_number = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("fax_number"):
            # A browser may have filled it in for a person: emptied, the form goes through.
            self.data = {**{name: self.data.get(name) for name in self.fields}, "fax_number": ""}
            self.add_error(
                None, _("Your browser filled in a hidden field. It is empty now; please send again.")
            )
        return cleaned


class AskForLinkForm(GuardedForm):
    """One field: an e-mail address or a phone number."""

    address = forms.CharField(
        label=gettext_lazy("Your e-mail address or phone number"),
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Fill in your e-mail address or phone number.")},
    )

    def clean_address(self) -> str:
        text = str(self.cleaned_data["address"])
        try:
            read_candidates(text=text)
        except AddressNotUsableError as error:
            raise forms.ValidationError(
                _("Fill in a whole e-mail address, such as name@example.org, or a phone number.")
            ) from error
        return text


class BlockNumberForm(GuardedForm):
    """One field: the phone number that is to be left alone."""

    number = forms.CharField(
        label=gettext_lazy("The phone number"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"required": gettext_lazy("Fill in the phone number.")},
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_number(self) -> Address:
        return _phone(str(self.cleaned_data["number"]), self.country)


class DetailsForm(forms.Form):
    """A person's name, and the addresses they want to change; an empty address stays as it is."""

    given_name = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = forms.CharField(
        label=gettext_lazy("New e-mail address"),
        max_length=LONGEST,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("New phone number"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    street = forms.CharField(
        label=gettext_lazy("New street and number"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postal_code = forms.CharField(
        label=gettext_lazy("New postal code"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=gettext_lazy("New town"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )

    def __init__(
        self, *args: Any, contact: Contact, country: str, now: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = {"given_name": contact.given_name, "family_name": contact.family_name}
        self.initial = {**named, **self.initial}
        self.country = country
        for name, address in now.items():
            self.fields[name].help_text = _("Now: %(address)s. Leave this empty to keep it.") % {
                "address": address
            }

    def clean_email(self) -> Address | None:
        text = str(self.cleaned_data["email"])
        if not text:
            return None
        try:
            return read_email(text=text)
        except AddressNotUsableError as error:
            raise forms.ValidationError(_("Fill in a whole address, such as name@example.org.")) from error

    def clean_phone(self) -> Address | None:
        text = str(self.cleaned_data["phone"])
        return _phone(text, self.country) if text else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        parts = {name: str(cleaned.get(name) or "") for name in ("street", "postal_code", "city")}
        if any(parts.values()):
            try:
                cleaned["postal"] = read_postal(country=self.country, **parts)
            except AddressNotUsableError:
                missing = "city" if parts["street"] else "street"
                self.add_error(missing, _("Fill in the street with its number and the town."))
        return cleaned

    def addresses(self) -> list[Address]:
        """List the addresses that were filled in; only after is_valid()."""
        filled = [self.cleaned_data.get(kind) for kind in ("email", "phone", "postal")]
        return [address for address in filled if isinstance(address, Address)]


class PlacesField(forms.MultipleChoiceField):
    """The places of the ticked boxes on the page; which places there were, the signed list says."""

    def valid_value(self, value: object) -> bool:
        return str(value).isdecimal()


class ChoicesForm(forms.Form):
    """The choices on the page: only those that stood there, signed in a hidden field, can change."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    choice = PlacesField(required=False)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            cleaned["shown"] = _read_shown(str(cleaned.get("shown", "")), self.contact)
        except signing.BadSignature:
            self.add_error(None, _("This page was not complete. Look at your choices, and save them again."))
        return cleaned

    def wishes(self) -> list[Wish]:
        """List the choices that differ from what the page showed; only after is_valid()."""
        ticked = set(self.cleaned_data["choice"])
        return [
            Wish(key=key, turn_on=str(place) in ticked, notice_version_id=notice_version_id)
            for place, (key, was_on, notice_version_id) in enumerate(self.cleaned_data["shown"])
            if (str(place) in ticked) != was_on
        ]


def sign_shown(*, rows: Sequence[Row], contact: Contact) -> str:
    """Sign what a page shows of each choice: which one, whether it is on, and the wording beside it."""
    shown = [
        [*map(str, row.key[:3]), str(row.key.contact_point_id or ""), row.standing.is_on, notice_id(row=row)]
        for row in rows
    ]
    return signing.dumps(shown, salt=_salt(contact), compress=True)


def _read_shown(text: str, contact: Contact) -> list[tuple[Key, bool, str]]:
    rows = signing.loads(text, salt=_salt(contact))
    return [(_key(*row[:4]), bool(row[4]), str(row[5])) for row in rows]


def _key(entity: str, purpose: str, channel: str, point: str) -> Key:
    return Key(uuid.UUID(entity), uuid.UUID(purpose), channel, uuid.UUID(point) if point else None)


def notice_id(*, row: Row) -> str:
    """Name the wording beside a box; empty where there is none."""
    return str(row.notice.pk) if row.notice else ""


def _salt(contact: Contact) -> str:
    return f"choices shown to {contact.pk}"


def _phone(text: str, country: str) -> Address:
    try:
        address = read_phone(text=text, country=country)
    except AddressNotUsableError as error:
        raise forms.ValidationError(_("Fill in a whole phone number, such as 020 000 0101.")) from error
    if address.placeholder:
        raise forms.ValidationError(_("Nobody has this number. Fill in your own number."))
    return address
