"""What is filled in for each person, from a closed list: a text can ask for nothing else about anybody."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from customers.models import Contact, LegalEntity

FIELD = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
FIELDS: Final[Mapping[str, Callable[[Contact, LegalEntity], str]]] = {
    "given_name": lambda contact, _entity: contact.given_name,
    "family_name": lambda contact, _entity: contact.family_name,
    "name": lambda contact, _entity: (
        contact.organisation_name or f"{contact.given_name} {contact.family_name}".strip()
    ),
    "sender": lambda _contact, entity: entity.name,
}


def fill_in(*, text: str, contact: Contact, legal_entity: LegalEntity) -> str:
    """Write a text to one person; where something is not known, the words behind the bar stand."""

    def known(found: re.Match[str]) -> str:
        return FIELDS[found[1].strip()](contact, legal_entity) or (found[2] or "")

    return FIELD.sub(known, text)


def find_unknown_fields(*, text: str) -> list[str]:
    """List what stands between braces and is no field, and braces that do not fit."""
    unknown = [f"{{{name}}}" for name, _words in FIELD.findall(text) if name.strip() not in FIELDS]
    rest = FIELD.sub("", text)
    return unknown + [brace for brace in "{}" if brace in rest]
