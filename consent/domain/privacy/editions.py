import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django_stubs_ext import StrPromise

from consent.domain.privacy.parts import Part, text_of
from consent.models import PrivacyStatementVersion, Wording
from customers.models import Language, LegalEntity


class NoSuchEditionError(LookupError):
    """The legal entity never had a version of this number in force."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A published version, and the moment from which the next one took its place; None: it is in force."""

    version: PrivacyStatementVersion
    until: datetime.datetime | None

    @property
    def is_in_force(self) -> bool:
        return self.until is None


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text as people read it, and the language it is in."""

    text: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One part of a statement as people read it, under its heading."""

    part: str
    heading: StrPromise
    body: Text


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A whole statement as people of one language read it."""

    number: int
    opening: Text
    passages: list[Passage]


def list_editions(*, legal_entity: LegalEntity, at: datetime.datetime) -> list[Edition]:
    """List what was in force up to a moment, the newest first: of each moment one, and no gap between."""
    published = PrivacyStatementVersion.objects.filter(legal_entity=legal_entity, published_at__lte=at)
    versions = list(published.order_by("-published_at", "-number"))
    ends = [None, *(version.published_at for version in versions)]
    return [Edition(version=version, until=until) for version, until in zip(versions, ends, strict=False)]


def find_edition(*, editions: Sequence[Edition], number: int) -> Edition:
    """Find a version by its number among what was in force; raises NoSuchEditionError."""
    for edition in editions:
        if edition.version.number == number:
            return edition
    raise NoSuchEditionError(number)


def edition_before(*, editions: Sequence[Edition], edition: Edition) -> Edition | None:
    """Find what was in force just before; None for the first one."""
    earlier = editions[editions.index(edition) + 1 :]
    return earlier[0] if earlier else None


def read_statement(*, version: PrivacyStatementVersion, language: str) -> Statement:
    """Read a statement in a language, its parts in the order of the articles.

    What is not written in that language is given in another one: somebody may understand it.
    """
    passages = [
        Passage(part=part.value, heading=part.label, body=read_text(wording=wording, language=language))
        for part in Part
        if any((wording := text_of(version=version, part=part)).values())
    ]
    opening = read_text(wording=version.wording, language=language)
    return Statement(number=version.number, opening=opening, passages=passages)


def read_text(*, wording: Wording, language: str) -> Text:
    """Read a text in a language, or else in the first one it is written in."""
    spoken = next((one for one in (language, *Language.values) if wording.get(one)), language)
    return Text(text=wording.get(spoken, ""), language=spoken)
