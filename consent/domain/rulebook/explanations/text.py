from typing import NamedTuple

from consent.domain.rulebook.calling_hours import HoursCode
from consent.domain.rulebook.codes import Code, Obligation

Explained = Code | Obligation | HoursCode


class Said(NamedTuple):
    """The same words in both languages."""

    nl: str
    en: str


class Text(NamedTuple):
    """What is said of one code or duty: where it is written, a name for tables, and one plain sentence."""

    article: Said
    label: Said
    sentence: Said
