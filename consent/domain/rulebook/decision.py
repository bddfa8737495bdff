import enum
from dataclasses import dataclass
from typing import NamedTuple

from consent.domain.rulebook.codes import Code, Obligation


class Basis(enum.StrEnum):
    """What an answer rests on; the ids and ends of each travel beside the facts."""

    CONSENT = "consent"
    REQUEST = "request"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"
    OTHER_CONSENT = "other consent"
    RELATION = "relation"
    OBJECTION = "objection"
    SUPPRESSION = "suppression"
    RESTRICTION = "restriction"
    AGE = "age"
    LIST = "list"
    LEGAL_FORM = "legal form"
    PUBLICATION = "publication"
    SERVICE_TEST = "service test"
    BALANCING_TEST = "balancing test"
    POLICY = "policy"


class Rest(NamedTuple):
    """One thing an answer rests on; `place` is where it stands among the permissions or relations."""

    basis: Basis
    place: int = 0


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One answer: the code, every reason, the duties, the rule pack, and what it rests on."""

    code: Code
    pack: str = ""
    reasons: tuple[Code, ...]
    obligations: tuple[Obligation, ...] = ()
    rests_on: tuple[Rest, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.code.allows


def restrictiveness(decision: Decision) -> int:
    """Order the answers for several people who hold one address: the first is the most restrictive.

    An address that proved invalid with one of them is used for none of them, unless somebody is named: nobody
    can say whether it still works (rules, "The question").
    """
    return decision.code.place
