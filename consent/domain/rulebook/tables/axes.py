"""The facts of the printed tables, collapsed: one named example for each case the rules tell apart."""

import dataclasses
from collections.abc import Callable
from typing import Final, NamedTuple

from consent.domain.rulebook.facts import (
    Age,
    Belongs,
    Block,
    Case,
    Collected,
    ConsentFacts,
    ConsentState,
    Facts,
    Kind,
    Listing,
    Policy,
    RelationFacts,
)
from consent.domain.rulebook.pack import Pack

GIVEN: Final = ConsentFacts(belongs=Belongs.HERE, state=ConsentState.GIVEN)
LATER: Final = dataclasses.replace(
    GIVEN, after_objection=True, after_block=True, after_listing=True, by_representative=True
)
KINDS: Final = {
    Kind.SALE: "a sale",
    Kind.DONATION: "a donation",
    Kind.VOLUNTEER: "volunteer work",
    Kind.ATTENDANCE: "attendance at a gathering",
    Kind.SYMPATHY: "sympathy (petition, like, free order)",
}


class Sender(NamedTuple):
    """Who makes contact, and with what."""

    kind: str
    content: str


SENDERS: Final = tuple(
    Sender(kind, content)
    for content in ("COMMERCIAL", "CHARITABLE", "IDEAL")
    for kind in ("COMMERCIAL", "PUBLISHER", "LOTTERY", "CHARITY", "IDEAL")
)


class Example(NamedTuple):
    """One thing that can be so, and the facts that say it."""

    name: str
    of_facts: Callable[[Facts], Facts]
    of_case: Callable[[Case], Case] = lambda case: case


def facts(name: str, **changes: object) -> Example:
    return Example(name, lambda known: dataclasses.replace(known, **changes))  # type: ignore[arg-type]  # names of fields


def permission(name: str, **changes: object) -> Example:
    given = dataclasses.replace(GIVEN, **changes)  # type: ignore[arg-type]  # names of fields
    return facts(name, consents=(given,))


def relation(name: str, kind: Kind, **changes: object) -> Example:
    flawed = dataclasses.replace(RelationFacts(kind=kind), **changes)  # type: ignore[arg-type]  # names of fields
    return facts(name, relations=(flawed,))


def recipients_of(pack: Pack) -> list[Example]:
    """Name who can be addressed: people, and the businesses the pack knows."""
    found = [facts("person")]
    if pack.sole_businesses:
        found.append(facts("sole business", organisation=True, legal_form=min(pack.sole_businesses)))
    if pack.legal_persons:
        found.append(facts("legal person", organisation=True, legal_form=min(pack.legal_persons)))
    return found


NOTHING: Final = facts("nothing")
BALANCING_TEST: Final = Example(
    "a recorded balancing test for the purpose",
    lambda known: known,
    lambda case: dataclasses.replace(case, balancing_test=True),
)
# What may be between sender and recipient, each by itself: grounds never add up. In the order of the tables.
BETWEEN: Final = (
    NOTHING,
    permission("a valid permission"),
    permission("a valid permission for another purpose only", belongs=Belongs.OTHER_PURPOSE),
    facts("the address is published for receiving offers", published=True),
    *(relation(name, kind) for kind, name in KINDS.items()),
    facts("the address is impersonal (such as info@)", impersonal=True),
    BALANCING_TEST,
)
LISTINGS: Final = (
    facts("List missing or taken more than 120 hours before", listing=Listing.STALE),
    facts("On the list", listing=Listing.LISTED),
    Example(
        "On the list; the permission, if any, is verified and later",
        lambda known: dataclasses.replace(
            known,
            listing=Listing.LISTED,
            consents=tuple(dataclasses.replace(one, after_listing=True) for one in known.consents),
        ),
    ),
    facts("Not on the list", listing=Listing.NOT_LISTED),
)
STOPS: Final = (
    facts("Address missing, malformed, placeholder or bounced", address_usable=False),
    facts("Processing restricted", restricted=True),
    facts("Address blocked", block=Block.BLOCKED),
    facts("Address blocked after an erasure", block=Block.ERASED),
    facts("Objection in scope", objected=True),
    Example(
        "Permission withdrawn",
        lambda known: dataclasses.replace(
            known,
            consents=tuple(
                dataclasses.replace(
                    one,
                    was_withdrawn=one.after_objection,
                    state=ConsentState.GIVEN if one.after_objection else ConsentState.WITHDRAWN,
                )
                for one in known.consents
            ),
        ),
    ),
    facts("Known to be under 13", age=Age.UNDER_13),
    facts("Known to be 13, 14 or 15", age=Age.UNDER_16),
    facts("Represented", represented=True),
    Example(
        "House policy: only with permission; there is one",
        lambda known: known,
        lambda case: dataclasses.replace(case, policy=Policy.WITHOUT_CONSENT),
    ),
    Example(
        "House policy: only with permission; there is none",
        lambda known: dataclasses.replace(known, consents=()),
        lambda case: dataclasses.replace(case, policy=Policy.WITHOUT_CONSENT),
    ),
    Example(
        "House policy: no contact at all",
        lambda known: known,
        lambda case: dataclasses.replace(case, policy=Policy.EVERYTHING),
    ),
)
PERMISSION_FLAWS: Final = (
    permission("Asked, not confirmed", state=ConsentState.REQUESTED),
    permission("Refused", state=ConsentState.REFUSED),
    permission("Withdrawn", state=ConsentState.WITHDRAWN),
    permission("Withdrawn, then given with a date that is only claimed", was_withdrawn=True, proven=False),
    permission("Given under 13, by themselves", age_when_given=Age.UNDER_13),
    permission("Given at 13, 14 or 15, by themselves", age_when_given=Age.UNDER_16),
    permission("Invalidated", state=ConsentState.INVALIDATED),
    permission("Term passed", expired=True),
    permission("One-time, used", used_up=True),
    permission("Evidence incomplete", complete=False),
    permission("Collected by another party, this sender not named", names_legal_entity=False),
    permission("Number not verified as this person's", verified=False),
    permission("Term for the first call passed", first_contact_passed=True),
    permission("None of these", proven=False),
)


def relation_flaws(kind: Kind) -> tuple[Example, ...]:
    """Name what can be wrong with a relation, one thing at a time."""
    return (
        relation("With another legal entity", kind, with_legal_entity=False),
        relation("Product group not similar, or not named", kind, similar=False),
        relation("Not told at collection, or detail not supplied", kind, collected=Collected.NOT_TOLD),
        relation("No opt-out offered at collection", kind, collected=Collected.NO_OPTOUT),
        relation(
            "No opt-out offered, collected before 1 July 2021",
            kind,
            collected=Collected.NO_OPTOUT,
            collected_before_20210701=True,
        ),
        relation("More than three years ago", kind, term_passed=True),
        relation("None of these", kind),
    )
