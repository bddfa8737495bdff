import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from consent.domain.caller_numbers import REACHABLE_MONTHS
from consent.domain.calling_policies import StoredRules, read_calling_rules
from consent.domain.engine.statement import Statement
from consent.domain.rulebook.calling_hours import CallingRules, next_allowed_at
from consent.domain.rulebook.facts import Case, Jurisdiction, Policy
from consent.domain.rulebook.packs import law_holds_since
from consent.domain.rulebook.packs.be_2015_07_11 import LIST_IS_FRESH_FOR
from consent.models import Channel

CHANNELS = frozenset(Channel.values)
QUESTION = Statement(Path(__file__).with_name("sql").joinpath("question.sql").read_text())
EACH = QUESTION.for_each()
FORBIDS = {"WITHOUT_CONSENT": Policy.WITHOUT_CONSENT, "EVERYTHING": Policy.EVERYTHING}


class UnknownCodeError(LookupError):
    """There is no such legal entity, purpose of it, channel, or product group of it."""

    def __init__(self, *, option: str, code: str) -> None:
        super().__init__(f"{option} {code}")
        self.option, self.code = option, code


class Hours(NamedTuple):
    """Whether the moment lies within calling hours, and the first one that does; None on other channels."""

    within: bool | None = None
    next_allowed_at: datetime.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, with everything that counts for everyone asked about."""

    organisation_id: uuid.UUID
    legal_entity_id: uuid.UUID
    legal_entity_code: str
    country: str
    zone: str
    purpose_id: uuid.UUID
    purpose_code: str
    channel: str
    product_group_code: str
    case: Case
    at: datetime.datetime
    known_at: datetime.datetime
    about_the_past: bool
    any_group: bool
    groups: tuple[int, ...]
    groups_change_at: datetime.datetime | None
    service_test_id: int | None
    balancing_test_id: uuid.UUID | None
    balancing_test_ends_at: datetime.datetime | None
    list_id: int | None
    list_is_fresh: bool
    list_fresh_until: datetime.datetime | None
    policy_id: object | None
    policy_changes_at: datetime.datetime | None
    calling_rules: Mapping[Jurisdiction, CallingRules]
    caller_number: str
    # Of the settings as they were read, and until when they say the same if nobody changes them.
    revision: uuid.UUID | None
    holds_until: datetime.datetime
    # Whether all this was read for an earlier request.
    kept: bool = field(default=False, compare=False)

    def at_moment(self, now: datetime.datetime) -> "Question":
        """The same question about a later moment, before which nothing of this has changed."""
        since = law_holds_since(at=now)
        case = self.case if self.case.at == since else replace(self.case, at=since)
        return replace(self, kept=True, at=now, known_at=now, case=case)

    def hours_of(self, jurisdiction: Jurisdiction) -> Hours:
        """The hours for people of one jurisdiction; they are no part of the decision."""
        if jurisdiction not in self._hours:
            self._hours[jurisdiction] = self._find_hours(jurisdiction)
        return self._hours[jurisdiction]

    @cached_property
    def _hours(self) -> dict[Jurisdiction, Hours]:
        """Found when somebody of that jurisdiction is met: most questions are about people of one."""
        return {}

    def _find_hours(self, jurisdiction: Jurisdiction) -> Hours:
        rules = self.calling_rules.get(jurisdiction)
        if rules is None:
            return Hours()
        first = next_allowed_at(rules=rules, at=self.at)
        return Hours(within=first == self.at, next_allowed_at=first)

    @cached_property
    def point_kind(self) -> str:
        """The kind of address this channel uses; empty for processing, which any address may name."""
        return Channel(self.channel).point_kind

    @property
    def day(self) -> datetime.date:
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def day_in_belgium(self) -> datetime.date:
        return self.at.astimezone(ZoneInfo("Europe/Brussels")).date()


class _Found(NamedTuple):
    legal_entity_id: uuid.UUID
    organisation_id: uuid.UUID
    legal_entity_code: str
    kind: str
    country: str
    zone: str
    purpose_id: uuid.UUID | None
    content: str
    service_test_id: int | None
    service_test_passed: bool | None
    balancing_test_id: uuid.UUID | None
    balancing_test_ends_at: datetime.datetime | None
    product_group_id: int | None
    has_groups: bool
    similar: list[int] | None
    similar_until: datetime.date | None
    list_id: int | None
    list_taken_at: datetime.datetime | None
    policy_id: object | None
    forbids: str | None
    policy_changes_at: datetime.datetime | None
    calling_policies: list[dict[str, object]] | None
    mourning: list[dict[str, str]] | None
    caller_number: str | None
    revision: uuid.UUID | None
    holds_until: datetime.datetime


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A question in its codes; without moments it is about the moment at which each piece is answered."""

    legal_entity: str
    purpose: str
    channel: str
    product_group: str = ""
    at: datetime.datetime | None = None
    known_at: datetime.datetime | None = None

    def put(self, *, now: datetime.datetime) -> Question:
        """Read what counts for everyone asked about, anew for each piece; raises UnknownCodeError."""
        return self.read(rows=QUESTION.fetch(self.parameters(now=now)), now=now)

    def parameters(self, *, now: datetime.datetime) -> dict[str, object]:
        """What the database is asked about it; raises UnknownCodeError."""
        if self.channel not in CHANNELS:
            raise UnknownCodeError(option="channel", code=self.channel)
        return {
            "legal_entity": self.legal_entity,
            "purpose": self.purpose,
            "channel": self.channel,
            "product_group": self.product_group,
            "at": self.at or now,
            "known_at": self.known_at or now,
            "reachable_months": REACHABLE_MONTHS,
            "list_is_fresh_for": LIST_IS_FRESH_FOR,
        }

    def read(self, *, rows: Sequence[tuple[Any, ...]], now: datetime.datetime) -> Question:
        """Read what the database said of it; raises UnknownCodeError."""
        if not rows:
            raise UnknownCodeError(option="legal entity", code=self.legal_entity)
        found = _Found(*rows[0])
        if found.purpose_id is None:
            raise UnknownCodeError(option="purpose", code=self.purpose)
        if self.product_group and found.product_group_id is None:
            raise UnknownCodeError(option="product group", code=self.product_group)
        return _question(self, found, now)


def put_question(
    *,
    legal_entity: str,
    purpose: str,
    channel: str,
    product_group: str = "",
    at: datetime.datetime | None = None,
    known_at: datetime.datetime | None = None,
    now: datetime.datetime,
) -> Question:
    """Read a question by its codes, and everything that counts for everyone asked about: one query.

    `at` is the moment of contact; `known_at` leaves out what was recorded later; both are now unless given.
    Source: rules, "The question". Raises UnknownCodeError.
    """
    wanted = Wanted(
        legal_entity=legal_entity,
        purpose=purpose,
        channel=channel,
        product_group=product_group,
        at=at,
        known_at=known_at,
    )
    return wanted.put(now=now)


def put_each(*, wanted: Sequence[Wanted], now: datetime.datetime) -> list[Question | None]:
    """Put several questions in one query, in their order; none where a code is unknown."""
    found = EACH.fetch([one.parameters(now=now) for one in wanted])
    return [_known(one, rows, now) for one, rows in zip(wanted, found, strict=True)]


def _known(wanted: Wanted, rows: Sequence[tuple[Any, ...]], now: datetime.datetime) -> Question | None:
    try:
        return wanted.read(rows=rows, now=now)
    except UnknownCodeError:
        return None


def _question(wanted: Wanted, found: _Found, now: datetime.datetime) -> Question:
    at, known_at, channel = wanted.at or now, wanted.known_at or now, wanted.channel
    groups = (found.product_group_id, *(found.similar or ()))
    return Question(
        organisation_id=found.organisation_id,
        legal_entity_id=found.legal_entity_id,
        legal_entity_code=wanted.legal_entity,
        country=found.country,
        zone=found.zone,
        purpose_id=cast("uuid.UUID", found.purpose_id),
        purpose_code=wanted.purpose,
        channel=channel,
        product_group_code=wanted.product_group,
        case=_case(found, channel, at),
        at=at,
        known_at=known_at,
        about_the_past=at < now or known_at < now,
        any_group=not found.has_groups,
        groups=tuple(group for group in groups if group is not None),
        groups_change_at=_midnight(found.similar_until, found.zone),
        service_test_id=found.service_test_id,
        balancing_test_id=found.balancing_test_id,
        balancing_test_ends_at=found.balancing_test_ends_at,
        list_id=found.list_id,
        list_is_fresh=channel == Channel.CALL and _is_fresh(found, at),
        list_fresh_until=found.list_taken_at + LIST_IS_FRESH_FOR if found.list_taken_at else None,
        policy_id=found.policy_id,
        policy_changes_at=found.policy_changes_at,
        calling_rules=_calling_rules(found, channel, known_at),
        caller_number=found.caller_number or "",
        revision=found.revision,
        holds_until=found.holds_until,
    )


def _case(found: _Found, channel: str, at: datetime.datetime) -> Case:
    return Case(
        channel=channel,
        content=found.content,
        sender=found.kind,
        at=law_holds_since(at=at),
        service_test_passed=bool(found.service_test_passed),
        balancing_test=found.balancing_test_id is not None,
        policy=FORBIDS.get(found.forbids or "", Policy.NONE),
    )


def _calling_rules(
    found: _Found, channel: str, known_at: datetime.datetime
) -> Mapping[Jurisdiction, CallingRules]:
    """Only a call between people has hours."""
    if channel != Channel.CALL:
        return {}
    stored = StoredRules(policies=found.calling_policies or [], mourning=found.mourning or [])
    return read_calling_rules(stored=stored, zone=found.zone, known_at=known_at)


def _is_fresh(found: _Found, at: datetime.datetime) -> bool:
    return found.list_taken_at is not None and at - found.list_taken_at <= LIST_IS_FRESH_FOR


def _midnight(day: datetime.date | None, zone: str) -> datetime.datetime | None:
    return datetime.datetime.combine(day, datetime.time(), ZoneInfo(zone)) if day else None
