import datetime
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django_stubs_ext import StrPromise

from consent.domain.privacy.parts import Part, text_of
from consent.models import CollectionPoint, PrivacyStatementVersion, Wording
from customers.models import Language, LegalEntity


class NoSuchEditionError(LookupError):
    """The legal entity never published a version of this number."""


class State(StrEnum):
    """Where a published version stands at a moment."""

    IN_FORCE = "in force"
    REPLACED = "replaced"
    COMING = "coming"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A published version, where it stands, and the moment from which the next one took its place."""

    version: PrivacyStatementVersion
    state: State = State.IN_FORCE
    until: datetime.datetime | None = None

    @property
    def is_in_force(self) -> bool:
        return self.state is State.IN_FORCE

    @property
    def is_coming(self) -> bool:
        return self.state is State.COMING

    @property
    def is_withdrawn(self) -> bool:
        return self.state is State.WITHDRAWN


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


@dataclass(frozen=True, kw_only=True)
class History:
    """What a legal entity published, as it stands at a moment.

    `editions` was or is in force, the newest first: of each moment one, and no gap between. `coming` is
    announced, the nearest first. `withdrawn` was announced and never came into force.
    """

    editions: list[Edition]
    coming: list[Edition]
    withdrawn: list[Edition]

    @property
    def in_force(self) -> Edition | None:
        return self.editions[0] if self.editions else None

    @property
    def every(self) -> list[Edition]:
        """The last to come first, down to the first that was in force."""
        return [*reversed(self.coming), *self.editions]

    def before(self, *, edition: Edition) -> Edition | None:
        """What an edition takes, took or would have taken the place of; None for the first one."""
        begin = edition.version.published_at
        earlier = (one for one in self.every if begin and (one.version.published_at or begin) < begin)
        return next(earlier, None)


def read_history(*, legal_entity: LegalEntity, at: datetime.datetime) -> History:
    """Read every version that was published, and say of each where it stands at this moment."""
    published = PrivacyStatementVersion.objects.filter(legal_entity=legal_entity, published_at__isnull=False)
    versions = list(published.order_by("-published_at", "-number"))
    standing = [version for version in versions if version.withdrawn_at is None]
    begun = [version for version in standing if version.published_at and version.published_at <= at]
    return History(
        editions=_in_turn(begun),
        coming=[Edition(version=one, state=State.COMING) for one in reversed(standing) if one not in begun],
        withdrawn=[Edition(version=one, state=State.WITHDRAWN) for one in versions if one.withdrawn_at],
    )


def list_editions(*, legal_entity: LegalEntity, at: datetime.datetime) -> list[Edition]:
    """List what was in force up to a moment, the newest first."""
    return read_history(legal_entity=legal_entity, at=at).editions


def _in_turn(versions: Sequence[PrivacyStatementVersion]) -> list[Edition]:
    in_force = [Edition(version=version) for version in versions[:1]]
    replaced = [
        Edition(version=version, state=State.REPLACED, until=later.published_at)
        for later, version in itertools.pairwise(versions)
    ]
    return [*in_force, *replaced]


def statement_in_force(
    *, legal_entity_id: uuid.UUID, at: datetime.datetime
) -> PrivacyStatementVersion | None:
    """Find the version in force at a moment; None where there was none yet."""
    begun = PrivacyStatementVersion.objects.standing().filter(published_at__lte=at)
    return begun.filter(legal_entity=legal_entity_id).order_by("-published_at").first()


def statement_shown(
    *, collection_point: CollectionPoint, at: datetime.datetime
) -> PrivacyStatementVersion | None:
    """Find the version people are referred to at a place, at a moment.

    A form on the web links the one in force, and none where there was none yet; what is printed or read out
    names one, and goes on naming it.
    """
    named = collection_point.privacy_statement
    if named is None or collection_point.place != CollectionPoint.Place.WEB_FORM:
        return named
    return statement_in_force(legal_entity_id=named.legal_entity_id, at=at)


def find_edition(*, editions: Sequence[Edition], number: int) -> Edition:
    """Find a version by its number; raises NoSuchEditionError."""
    for edition in editions:
        if edition.version.number == number:
            return edition
    raise NoSuchEditionError(number)


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
