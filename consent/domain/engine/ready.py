"""Lists, the short way: addresses whose facts were put together beforehand (`consent/domain/ready`).

What stands ready belongs to no question: here its facts become the key that the query of facts would have
written for this one, once for all who share them. Whoever does not stand ready, or of whom something changed
since, goes the long way.
"""

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any, Final, NamedTuple, TypeVar

from consent.domain.engine.asking import Addresses
from consent.domain.engine.backing import CONSENTS, RELATIONS
from consent.domain.engine.facts_query import SQL, with_parts
from consent.domain.engine.question import Question
from consent.domain.engine.statement import Statement
from consent.domain.rulebook.facts import Kind, Listing
from customers.domain.key_rings import suppression_keys
from customers.models import ContactPoint

READY: Final = Statement(with_parts(SQL.joinpath("ready.sql").read_text(), zone="", point_kind=""))
KINDS: Final = {ContactPoint.Kind.EMAIL.value, ContactPoint.Kind.PHONE.value}
# Fewer are asked about at once: two statements would take longer than one.
FEWEST: Final = 50
# So much that changed is no longer kept in mind beside a question: the long way is shorter then.
MUCH: Final = 20_000
# Another number for every change of what `made.sql` writes or of how it is read here.
FORM: Final = 1


# An address, its facts, when they end, and whose it is, by key. None of them has a name: of a million it
# would take half a second to give them one.
Ready = tuple[str, str, str, bytes]
HOLDER: Final = 3
Known = TypeVar("Known")


class Keyed(NamedTuple):
    """The key of some facts for one question, and where each permission and relation of it stands in them."""

    key: str
    consents: tuple[int, ...]
    relations: tuple[int, ...]

    def where(self, *, looked_at: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Say where the ends that count stand in the order they are kept in; of birthdays none count."""
        orders = {CONSENTS: self.consents, RELATIONS: self.relations}
        return tuple((which, orders[which][place]) for which, place in looked_at if which in orders)

    def ends(self, *, question: Question, ends: str) -> str:
        """Write when the facts end in the order of the key, as the query of facts does.

        Nobody who stands ready comes of age: both birthdays are behind them, or unknown.
        """
        consents, relations = (one.split(",") for one in ends.split("|"))
        called = question.channel == "CALL"
        return "|".join(
            (
                ",".join([consents[place] for place in self.consents]),
                ",".join([relations[place] if called else "" for place in self.relations]),
                *("", ""),
            )
        )


def can_stand_ready() -> bool:
    """Say whether anybody can: not once there is a second hash key, as a block may stand under the former."""
    return len(suppression_keys().keys) == 1


def is_short(*, question: Question, addresses: Addresses) -> bool:
    """Say whether there is a short way: not for a few, for the past, or for another kind of address."""
    many = len(addresses.values) >= FEWEST
    return many and question.point_kind in KINDS and not question.about_the_past


def fetch_ready(*, question: Question, addresses: Addresses) -> list[Ready]:
    """Fetch who stands ready of those asked about; nobody where there is no short way."""
    if not is_short(question=question, addresses=addresses) or not can_stand_ready():
        return []
    rows: list[Ready] = READY.fetch(_parameters(question, addresses), binary=True)
    if not any(addresses.contacts):
        return rows
    asked = {
        (value, key and key.bytes) for value, key in zip(addresses.values, addresses.contacts, strict=True)
    }
    return [row for row in rows if (row[0], None) in asked or (row[0], row[HOLDER]) in asked]


def in_places(
    *, addresses: Addresses, ready: Sequence[Ready], known: Mapping[str, Known]
) -> list[Known | None]:
    """Put what is known by address in the places of the list; nothing where another contact is named."""
    found = list(map(known.get, addresses.values))
    if all(addresses.usable) and not any(addresses.contacts):
        return found
    holders = {row[0]: row[HOLDER] for row in ready}
    asked = zip(found, addresses.values, addresses.usable, addresses.contacts, strict=True)
    return [
        one if usable and (contact is None or holders.get(value) == contact.bytes) else None
        for one, value, usable, contact in asked
    ]


def key_of(*, question: Question, facts: str) -> Keyed:
    """Write the key that the query of facts would have written (`facts.sql`)."""
    jurisdiction, usable, organisation, form, age, represented, impersonal, *rest = facts.split("|")
    asked_by, consents, relations = (part.split(",") if part else [] for part in rest)
    here = str(question.legal_entity_id)
    permissions = _in_order([_permission(question, text) for text in consents])
    agreements = _in_order([_agreement(question, text) for text in relations])
    served = here in asked_by or any(_serves(here, text) for text in relations)
    key = "|".join(
        (
            *(jurisdiction or question.country, "t", usable, organisation, form, age, represented),
            *("f", "t" if served else "f", "f", "n", "f", impersonal),
            Listing.NOT_LISTED if question.list_is_fresh else Listing.STALE,
            ",".join(letters for letters, _place in permissions),
            ",".join(letters for letters, _place in agreements),
        )
    )
    places = [tuple(place for _letters, place in pairs) for pairs in (permissions, agreements)]
    return Keyed(key, *places)


def _in_order(letters: Sequence[str | None]) -> list[tuple[str, int]]:
    """What counts for the question, with where it stood; equal ones stay in the order they had."""
    return sorted((one, place) for place, one in enumerate(letters) if one is not None)


def _permission(question: Question, text: str) -> str | None:
    """The letters of a permission on this address; none where it is for another channel."""
    entity, purpose, channel, letters = text.split(" ")
    if channel != question.channel:
        return None
    if entity != str(question.legal_entity_id):
        belongs = "x"
    else:
        belongs = "h" if purpose == str(question.purpose_id) else "p"
    # Given after an objection, a block or a registration: of none of these there is any.
    return f"{belongs}{letters}fff"


def _agreement(question: Question, text: str) -> str:
    entity, group, kind, letters = text.split(" ")
    here = entity == str(question.legal_entity_id)
    similar = question.any_group or int(group) in question.groups
    return f"{kind}{'t' if here else 'f'}{'t' if similar else 'f'}{letters}"


def _serves(entity: str, text: str) -> bool:
    return text.startswith(entity) and text.split(" ")[2] != Kind.SYMPATHY


def _parameters(question: Question, addresses: Addresses) -> dict[str, Any]:
    return {
        # No address we read holds a line end; whatever a program handed in, parts of it are nobody's.
        "values": "\n".join(compress(addresses.values, addresses.usable)),
        "organisation": question.organisation_id,
        "at": question.at,
        "much": MUCH,
        "form": FORM,
        "point_kind": question.point_kind,
        "list_fresh": question.list_is_fresh,
        "day_in_belgium": question.day_in_belgium,
    }
