"""What each code and duty means, for somebody who never read the law: article, label and one sentence."""

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations import consents, duties, grounds, hours, relations, stops
from consent.domain.rulebook.explanations.text import Explained, Text

TEXTS: Final[Mapping[Explained, Text]] = MappingProxyType(
    {**stops.TEXTS, **consents.TEXTS, **relations.TEXTS, **grounds.TEXTS, **duties.TEXTS, **hours.TEXTS}
)


class Ground(enum.StrEnum):
    """The kind of ground an answer rests on; several codes share one."""

    CONSENT = "CONSENT"
    CUSTOMER_RELATION = "CUSTOMER_RELATION"
    PUBLISHED = "PUBLISHED"
    LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST"
    NO_CONSENT_NEEDED = "NO_CONSENT_NEEDED"
    SERVICE = "SERVICE"


GROUNDS: Final[Mapping[Code, Ground]] = MappingProxyType(
    {
        Code.A_SERVICE: Ground.SERVICE,
        Code.A_CONSENT: Ground.CONSENT,
        Code.A_CONSENT_AFTER_DNCM: Ground.CONSENT,
        Code.A_LEGAL_PERSON: Ground.NO_CONSENT_NEEDED,
        Code.A_BE_IMPERSONAL: Ground.NO_CONSENT_NEEDED,
        Code.A_PUBLISHED: Ground.PUBLISHED,
        Code.A_REL_SALE: Ground.CUSTOMER_RELATION,
        Code.A_REL_PUBLISHER: Ground.CUSTOMER_RELATION,
        Code.A_REL_LOTTERY: Ground.CUSTOMER_RELATION,
        Code.A_SOFT_OPTIN: Ground.CUSTOMER_RELATION,
        Code.A_SOFT_OPTIN_BE: Ground.CUSTOMER_RELATION,
        Code.A_REL_DONOR: Ground.CUSTOMER_RELATION,
        Code.A_REL_VOLUNTEER: Ground.CUSTOMER_RELATION,
        Code.A_REL_ATTENDEE: Ground.CUSTOMER_RELATION,
        Code.A_LEGITIMATE_INTEREST: Ground.LEGITIMATE_INTEREST,
        Code.A_BE_NOT_LISTED: Ground.LEGITIMATE_INTEREST,
    }
)


class Explanation(NamedTuple):
    """One code or duty in one language."""

    article: str
    label: str
    sentence: str


def explain(code: Explained, language: str) -> Explanation:
    """Explain a code, duty or refusal of hours: in Dutch for "nl", in English for any other language."""
    text = TEXTS[code]
    if language == "nl":
        return Explanation(text.article.nl, text.label.nl, text.sentence.nl)
    return Explanation(text.article.en, text.label.en, text.sentence.en)


def ground_of(code: Code) -> str:
    """Name the ground behind an allowing code; a denial has none."""
    return GROUNDS.get(code, "")
