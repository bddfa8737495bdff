"""What is known about one candidate for contact: a finite set of facts, without moments or names.

The database compares moments and writes each fact as a letter (`consent/domain/engine/facts.sql`); the rules
read them here. Whatever is unknown is the value that protects the person.
"""

import datetime
import enum
from dataclasses import dataclass, fields


class Jurisdiction(enum.StrEnum):
    """Whose law counts: the contact's country, else the phone number's, else the legal entity's."""

    NL = "NL"
    BE = "BE"
    EU = "EU"  # Any other country, inside the EEA or not: consent or service, nothing else.


class Age(enum.StrEnum):
    """Completed years at one moment."""

    UNKNOWN = "u"
    UNDER_13 = "c"
    UNDER_16 = "y"
    FROM_16 = "a"


class Block(enum.StrEnum):
    """Whether the address is suppressed for this organisation and channel, and why."""

    NONE = "n"
    BLOCKED = "b"
    ERASED = "e"


class Policy(enum.StrEnum):
    """What the legal entity forbids itself."""

    NONE = "n"
    WITHOUT_CONSENT = "c"  # Only who gave permission may be contacted.
    EVERYTHING = "a"


class Listing(enum.StrEnum):
    """What the Belgian do-not-call-me list says about the number."""

    STALE = "s"  # No copy of the list, or one more than 120 hours old.
    LISTED = "l"
    NOT_LISTED = "n"


class ConsentState(enum.StrEnum):
    """What the last act on one permission left."""

    NONE = "n"
    REQUESTED = "q"
    REFUSED = "r"
    WITHDRAWN = "w"
    INVALIDATED = "i"
    GIVEN = "g"


class Belongs(enum.StrEnum):
    """For whom and what a permission was asked, compared with the question."""

    HERE = "h"  # This purpose, this legal entity.
    OTHER_PURPOSE = "p"  # This legal entity.
    ELSEWHERE = "x"  # Another legal entity of the organisation.


class Collected(enum.StrEnum):
    """How the detail this channel uses was collected in a relation."""

    NOT_SUPPLIED = "n"
    NOT_TOLD = "s"
    NO_OPTOUT = "t"
    COMPLETE = "c"


class Kind(enum.StrEnum):
    """What made someone a customer or supporter."""

    SALE = "s"
    DONATION = "d"
    VOLUNTEER = "v"
    ATTENDANCE = "a"
    SYMPATHY = "y"


@dataclass(frozen=True, kw_only=True)
class ConsentFacts:
    """One permission on this channel and address; the order of the fields is that of the letters."""

    belongs: Belongs
    state: ConsentState
    expired: bool = False
    used_up: bool = False
    complete: bool = True
    names_legal_entity: bool = True
    verified: bool = True
    first_contact_passed: bool = False  # No contact yet, and the term for the first one has passed.
    by_representative: bool = False
    proven: bool = True
    age_when_given: Age = Age.UNKNOWN
    was_withdrawn: bool = False  # By an act before the one that gave it.
    after_objection: bool = False
    after_block: bool = False
    after_listing: bool = False


@dataclass(frozen=True, kw_only=True)
class RelationFacts:
    """One relation; the order of the fields is that of the letters."""

    kind: Kind
    with_legal_entity: bool = True
    similar: bool = True
    collected: Collected = Collected.COMPLETE
    collected_before_20210701: bool = False
    term_passed: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything the rules may know about one candidate; the order of the fields is that of the key."""

    jurisdiction: Jurisdiction = Jurisdiction.NL
    known: bool = False
    address_usable: bool = True
    organisation: bool = False
    legal_form: str = ""
    age: Age = Age.UNKNOWN
    represented: bool = False
    restricted: bool = False
    served: bool = False  # A relation other than sympathy, or a permission asked or given, at the entity.
    objected: bool = False
    block: Block = Block.NONE
    published: bool = False
    impersonal: bool = False
    listing: Listing = Listing.STALE
    consents: tuple[ConsentFacts, ...] = ()
    relations: tuple[RelationFacts, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is asked, and what counts for everyone asked about: the sender, its tests and its policy."""

    channel: str
    content: str
    sender: str
    at: datetime.datetime
    service_test_passed: bool = False
    balancing_test: bool = False
    policy: Policy = Policy.NONE


def read_facts(*, key: str) -> Facts:
    """Read the key the database wrote: letters joined by "|", permissions and relations by ",".

    Raises ValueError when it is no such key: nobody is contacted on facts that cannot be read.
    """
    parts = key.split("|")
    if len(parts) != len(fields(Facts)):
        raise ValueError(key)
    jurisdiction, known, usable, organisation, legal_form, age, represented, restricted, *rest = parts
    served, objected, block, published, impersonal, listing, consents, relations = rest
    return Facts(
        jurisdiction=Jurisdiction(jurisdiction),
        known=_yes(known),
        address_usable=_yes(usable),
        organisation=_yes(organisation),
        legal_form=legal_form,
        age=Age(age),
        represented=_yes(represented),
        restricted=_yes(restricted),
        served=_yes(served),
        objected=_yes(objected),
        block=Block(block),
        published=_yes(published),
        impersonal=_yes(impersonal),
        listing=Listing(listing),
        consents=tuple(_read_consent(letters) for letters in consents.split(",") if letters),
        relations=tuple(_read_relation(letters) for letters in relations.split(",") if letters),
    )


def _read_consent(letters: str) -> ConsentFacts:
    belongs, state, expired, used_up, complete, names, verified, passed, *rest = list(letters)
    by_representative, proven, age, was_withdrawn, after_objection, after_block, after_listing = rest
    return ConsentFacts(
        belongs=Belongs(belongs),
        state=ConsentState(state),
        expired=_yes(expired),
        used_up=_yes(used_up),
        complete=_yes(complete),
        names_legal_entity=_yes(names),
        verified=_yes(verified),
        first_contact_passed=_yes(passed),
        by_representative=_yes(by_representative),
        proven=_yes(proven),
        age_when_given=Age(age),
        was_withdrawn=_yes(was_withdrawn),
        after_objection=_yes(after_objection),
        after_block=_yes(after_block),
        after_listing=_yes(after_listing),
    )


def _read_relation(letters: str) -> RelationFacts:
    kind, here, similar, collected, before, passed = list(letters)
    return RelationFacts(
        kind=Kind(kind),
        with_legal_entity=_yes(here),
        similar=_yes(similar),
        collected=Collected(collected),
        collected_before_20210701=_yes(before),
        term_passed=_yes(passed),
    )


def _yes(letter: str) -> bool:
    if letter not in {"t", "f"}:
        raise ValueError(letter)
    return letter == "t"
