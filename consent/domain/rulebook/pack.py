import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.decision import Rest
from consent.domain.rulebook.facts import Age, Case, ConsentFacts, Facts, Jurisdiction, Kind, RelationFacts

MARKETING_AS_SENDER = {"CHARITY": "CHARITABLE", "IDEAL": "IDEAL"}


@dataclass(frozen=True, kw_only=True)
class RelationGround:
    """One kind of relation in the table of a channel: for which senders and content, and under which code.

    `fails` stands where the kind is named but gives no ground here: ended by law, or for calls only.
    """

    kind: Kind
    senders: frozenset[str]
    contents: frozenset[str]
    code: Code | None = None
    fails: Code | None = None

    def __post_init__(self) -> None:
        if (self.code is None) == (self.fails is None):
            raise ValueError(
                "A relation in a table has either the code it allows with or the one it fails by."
            )


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One ground that is no relation: its code, and what it rests on in a situation, if it holds."""

    code: Code
    find: "Callable[[Situation], Rest | None]"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a table says: the code, and what that rests on."""

    code: Code
    rests_on: tuple[Rest, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pack:
    """The law of one jurisdiction from one moment until the next pack begins."""

    code: str
    jurisdiction: Jurisdiction
    starts_at: datetime.datetime
    minors: frozenset[Age]
    legal_persons: frozenset[str] = frozenset()
    sole_businesses: frozenset[str] = frozenset()
    tables: Mapping[str, tuple[Ground | RelationGround, ...]]
    # Asked before the table of a channel; an outcome ends the search.
    gates: "Mapping[str, Callable[[Situation], Outcome | None]]" = field(default_factory=dict)
    # Code Telemarketing 2024: numbers verified, a term for the first call.
    verified_calls_from: datetime.datetime | None = None
    # Art. 20.7 Tw: no opt-out was needed at a sale before 2021-07-01.
    waives_old_optout: bool = False


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One question about one candidate under one pack: what the conditions and grounds look at."""

    case: Case
    facts: Facts
    pack: Pack

    @property
    def content(self) -> str:
        """What the message counts as: a service message or request that is marketing after all is the
        sender's own kind of marketing."""
        if self.case.content in {"SERVICE", "CONSENT_REQUEST"}:
            return MARKETING_AS_SENDER.get(self.case.sender, "COMMERCIAL")
        return self.case.content

    @property
    def table(self) -> tuple[Ground | RelationGround, ...]:
        return self.pack.tables.get(self.case.channel, ())

    @property
    def relation_grounds(self) -> tuple[RelationGround, ...]:
        return tuple(ground for ground in self.table if isinstance(ground, RelationGround))

    @property
    def is_legal_person(self) -> bool:
        return self.facts.organisation and self.facts.legal_form in self.pack.legal_persons

    @property
    def is_sole_business(self) -> bool:
        return self.facts.legal_form in self.pack.sole_businesses

    @property
    def is_minor(self) -> bool:
        return self.facts.age in self.pack.minors

    @property
    def calls_must_be_verified(self) -> bool:
        start = self.pack.verified_calls_from
        return self.case.channel == "CALL" and start is not None and self.case.at >= start

    @property
    def consents(self) -> "tuple[ConsentFacts, ...]":
        return self.facts.consents

    @property
    def relations(self) -> "tuple[RelationFacts, ...]":
        """Relations count only on channels whose table has a ground for one."""
        return self.facts.relations if self.relation_grounds else ()
