"""What stands of one choice: what the engine answers and what the person did. No law, no database here."""

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from consent.domain.engine.answering import Answer
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.decision import Basis
from consent.models import Channel, ConsentRecord, Status
from customers.models import CustomerRelation


class Ground(enum.Enum):
    """What carries a permission."""

    CONSENT = enum.auto()
    CUSTOMER = enum.auto()
    DONOR = enum.auto()
    VOLUNTEER = enum.auto()
    ATTENDEE = enum.auto()
    COMPANY = enum.auto()
    PUBLISHED = enum.auto()
    INTEREST = enum.auto()
    AGREEMENT = enum.auto()


class Note(enum.Enum):
    """What a person should know about a permission beside its state."""

    NOT_CONFIRMED = enum.auto()
    NOT_VERIFIED = enum.auto()
    ADDRESS_NOT_CONFIRMED = enum.auto()
    ADDRESS_INVALID = enum.auto()
    OBJECTED = enum.auto()
    WITHDRAWN = enum.auto()
    REFUSED = enum.auto()
    ENDED = enum.auto()
    USED_UP = enum.auto()
    INCOMPLETE = enum.auto()
    RESTRICTED = enum.auto()
    MINOR = enum.auto()
    GIVEN_TOO_YOUNG = enum.auto()
    NOT_NOW = enum.auto()


GROUNDS: Final = {
    Code.A_SERVICE: Ground.AGREEMENT,
    Code.A_CONSENT: Ground.CONSENT,
    Code.A_CONSENT_AFTER_DNCM: Ground.CONSENT,
    Code.A_LEGAL_PERSON: Ground.COMPANY,
    Code.A_BE_IMPERSONAL: Ground.COMPANY,
    Code.A_PUBLISHED: Ground.PUBLISHED,
    Code.A_REL_SALE: Ground.CUSTOMER,
    Code.A_REL_PUBLISHER: Ground.CUSTOMER,
    Code.A_REL_LOTTERY: Ground.CUSTOMER,
    Code.A_SOFT_OPTIN: Ground.CUSTOMER,
    Code.A_SOFT_OPTIN_BE: Ground.CUSTOMER,
    Code.A_REL_DONOR: Ground.DONOR,
    Code.A_REL_VOLUNTEER: Ground.VOLUNTEER,
    Code.A_REL_ATTENDEE: Ground.ATTENDEE,
    Code.A_LEGITIMATE_INTEREST: Ground.INTEREST,
    Code.A_BE_NOT_LISTED: Ground.INTEREST,
}
# The person's own stops, and what is told of them.
STOPS: Final = {
    Code.D_WITHDRAWN: Note.WITHDRAWN,
    Code.D_OBJECTION: Note.OBJECTED,
    Code.D_SUPPRESSED: Note.OBJECTED,
}
# What was never given, has ended or does not count: it can be given again, so the box is empty.
ENDS: Final = {
    Code.D_NOT_CONFIRMED: Note.NOT_CONFIRMED,
    Code.D_REFUSED: Note.REFUSED,
    Code.D_INVALIDATED: Note.ENDED,
    Code.D_EXPIRED: Note.ENDED,
    Code.D_FIRST_CONTACT_TERM: Note.ENDED,
    Code.D_USED_UP: Note.USED_UP,
    Code.D_EVIDENCE_INCOMPLETE: Note.INCOMPLETE,
    Code.D_THIRD_PARTY_LIST: Note.INCOMPLETE,
}
# What is in the way of a choice that stands.
OBSTACLES: Final = {
    Code.D_ADDRESS_INVALID: Note.ADDRESS_INVALID,
    Code.D_RESTRICTED: Note.RESTRICTED,
    Code.D_MINOR: Note.MINOR,
    Code.D_UNVERIFIED: Note.NOT_VERIFIED,
}


class Products(NamedTuple):
    """Products a customer may be told about, and until when; no end where it has none."""

    name: str
    until: datetime.datetime | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The truth about one permission: the choice that stands, whether it authorises now, and why."""

    is_on: bool
    authorises: bool = False
    ground: Ground | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None
    note: Note | None = None
    products: tuple[Products, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One choice: the permission in the ledger, the last stop, the engine's answer and the relation it names.

    Without an answer nothing is permitted.
    """

    channel: Channel
    record: ConsentRecord | None
    stopped_at: datetime.datetime | None
    answer: Answer | None
    relation: CustomerRelation | None

    def find_note(self, notes: Mapping[Code, Note]) -> Note | None:
        reasons = self.answer.decision.reasons if self.answer else ()
        return next((notes[code] for code in notes if code in reasons), None)


def find_standing(*, choice: Choice) -> Standing:
    """Say whether a choice is on, and what the engine answers about it now.

    Where that is no, the person's own acts say whether the box is on: a permission that was given since the
    last stop and has not ended stays on, and so does what another ground carries unless they stopped it.
    """
    chosen = choice.record if choice.record and _is_chosen(choice, choice.record) else None
    stopped = None if chosen else choice.find_note(STOPS)
    if choice.answer and choice.answer.decision.allowed:
        return _permitted(choice, choice.answer, stopped)
    in_the_way = choice.find_note(OBSTACLES) or Note.NOT_NOW
    if chosen:
        return Standing(
            is_on=True,
            ground=Ground.CONSENT,
            since=chosen.granted_at,
            until=chosen.valid_until,
            note=in_the_way,
        )
    beneath = choice.answer.ground_beneath if choice.answer else None
    if beneath and not stopped and in_the_way is not Note.MINOR:
        return Standing(is_on=True, ground=GROUNDS[beneath], note=in_the_way)
    return Standing(is_on=False, since=_stopped_at(choice, stopped), note=stopped or _why_off(choice))


def _permitted(choice: Choice, answer: Answer, stopped: Note | None) -> Standing:
    """What follows from an agreement goes on beneath a stop; nothing else does."""
    ground = GROUNDS[answer.decision.code]
    record = choice.record if ground is Ground.CONSENT else None
    since = record.granted_at if record else _collected_at(choice)
    return Standing(
        is_on=stopped is None,
        authorises=True,
        ground=ground,
        since=_stopped_at(choice, stopped) if stopped else since,
        until=record.valid_until if record else answer.valid_until,
        note=stopped,
    )


def _is_chosen(choice: Choice, record: ConsentRecord) -> bool:
    """Given, and neither stopped nor ended since: also while something else is in the way."""
    stopped_at, granted_at = choice.stopped_at, record.granted_at
    later = stopped_at is None or (record.grant_proven and granted_at is not None and granted_at > stopped_at)
    given = record.status in (Status.GIVEN, Status.RENEWED)
    return given and later and not choice.find_note(ENDS) and not _given_too_young(choice)


def _given_too_young(choice: Choice) -> bool:
    """The engine says under age, and not of the person: it is the permission that was given under age."""
    if choice.answer is None or choice.answer.decision.code != Code.D_MINOR:
        return False
    return all(rest.basis != Basis.AGE for rest in choice.answer.decision.rests_on)


def _why_off(choice: Choice) -> Note | None:
    if _given_too_young(choice):
        return Note.GIVEN_TOO_YOUNG
    return choice.find_note({Code.D_MINOR: Note.MINOR, **ENDS})


def _stopped_at(choice: Choice, stopped: Note | None) -> datetime.datetime | None:
    if stopped is Note.WITHDRAWN:
        return choice.record.withdrawn_at if choice.record else None
    return choice.stopped_at if stopped else None


def _collected_at(choice: Choice) -> datetime.datetime | None:
    relation = choice.relation
    if relation is None:
        return None
    by_email, by_phone = relation.email_collected_at, relation.phone_collected_at
    return (by_email if choice.channel == Channel.EMAIL else by_phone) or relation.started_at
