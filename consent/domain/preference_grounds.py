"""What stands of one permission, and what is in its way: facts in, standing out; no database here."""

import datetime
import enum
from dataclasses import dataclass
from typing import Final

from consent.domain.preference_carriers import Facts, Ground, find_carrier
from consent.models import Actor, Channel, Collector, ConsentRecord, Status

ADULT_AGE: Final = {"BE": 13}
ADULT_AGE_ELSEWHERE: Final = 16


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
    NOT_NOW = enum.auto()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The truth about one permission: the choice that stands, whether it authorises now, and why."""

    is_on: bool
    authorises: bool = False
    ground: Ground | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None
    note: Note | None = None


def find_standing(*, facts: Facts) -> Standing:
    """Say whether a permission stands, and on what ground.

    A consent that was withdrawn does not fall back on another ground; a later valid consent lifts an older
    stop; everything else gives way to it. Source: rules, "Order", rows 3 to 12.
    """
    record = facts.record
    if record is not None and _is_chosen(record, facts):
        return _consented(record, facts)
    # Also when a permission given since has ended or never counted: then the stop stands again.
    if record is not None and record.withdrawn_at is not None:
        return Standing(is_on=False, since=record.withdrawn_at, note=Note.WITHDRAWN)
    if facts.stopped_at is not None:
        return Standing(is_on=False, since=facts.stopped_at, note=Note.OBJECTED)
    carrier = find_carrier(facts=facts)
    if carrier is None:
        return Standing(is_on=False, note=_why_off(record, facts) if record else None)
    if _under_age(facts):
        return Standing(is_on=False, note=Note.MINOR)
    note = Note.RESTRICTED if facts.restricted else None
    return Standing(
        is_on=True,
        authorises=note is None,
        ground=carrier.ground,
        since=carrier.since,
        until=carrier.until,
        note=note,
    )


def _is_chosen(record: ConsentRecord, facts: Facts) -> bool:
    ended = record.valid_until is not None and record.valid_until <= facts.now
    stands = record.status in (Status.GIVEN, Status.RENEWED) and record.complete and not ended
    named = record.collector != Collector.NOT_NAMED
    return stands and named and not _called_too_late(record, facts) and _is_later_than_stop(record, facts)


def _is_later_than_stop(record: ConsentRecord, facts: Facts) -> bool:
    if facts.stopped_at is None:
        return True
    return record.grant_proven and record.granted_at is not None and record.granted_at > facts.stopped_at


def _called_too_late(record: ConsentRecord, facts: Facts) -> bool:
    due_at = record.first_contact_due_at
    return due_at is not None and record.first_used_at is None and due_at <= facts.now


def _consented(record: ConsentRecord, facts: Facts) -> Standing:
    note = _hindrance(record, facts)
    return Standing(
        is_on=True,
        authorises=note is None,
        ground=Ground.CONSENT,
        since=record.granted_at,
        until=record.valid_until,
        note=note,
    )


def _hindrance(record: ConsentRecord, facts: Facts) -> Note | None:
    if any(point.invalid_at is not None or point.placeholder for point in facts.points):
        return Note.ADDRESS_INVALID
    if facts.restricted:
        return Note.RESTRICTED
    if _under_age(facts) and record.given_by != Actor.REPRESENTATIVE:
        return Note.MINOR
    calls = facts.channel in (Channel.CALL, Channel.AUTOMATED_CALL)
    unverified = any(point.verified_at is None for point in facts.points)
    return Note.NOT_VERIFIED if calls and unverified else None


def _why_off(record: ConsentRecord, facts: Facts) -> Note | None:
    notes = {
        Status.REQUESTED: Note.NOT_CONFIRMED,
        Status.REQUEST_DEFERRED: Note.NOT_CONFIRMED,
        Status.REFUSED: Note.REFUSED,
        Status.TERMINATED: Note.USED_UP,
        Status.EXPIRED: Note.ENDED,
        Status.INVALIDATED: Note.ENDED,
    }
    if record.status in notes:
        return notes[Status(record.status)]
    ended = record.valid_until is not None and record.valid_until <= facts.now
    return Note.ENDED if ended or _called_too_late(record, facts) else Note.INCOMPLETE


def _under_age(facts: Facts) -> bool:
    """Known to be under age, or represented (rules, "Order", row 9; art. 5 UAVG)."""
    if facts.contact.representative_id is not None:
        return True
    born = facts.contact.birth_date
    if born is None:
        return False
    today = facts.now.date()
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age < ADULT_AGE.get(facts.country, ADULT_AGE_ELSEWHERE)
