"""What changed between two versions of a privacy statement, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.privacy.parts import Part, text_of
from consent.models import PrivacyStatementVersion, Wording

Pair = tuple[str, StrPromise | str, Wording, Wording]
OPENING: Final = ("OPENING", _("In short"))


class Edit(StrEnum):
    """What happened to a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of words that was kept, removed or added as one."""

    edit: Edit
    text: str


@dataclass(frozen=True, kw_only=True)
class PartChange:
    """One part that differs between two versions, with everything that stood and stands in it."""

    part: str
    heading: StrPromise | str
    pieces: list[Piece]

    @property
    def is_new(self) -> bool:
        return all(piece.edit == Edit.ADDED for piece in self.pieces)

    @property
    def is_gone(self) -> bool:
        return all(piece.edit == Edit.REMOVED for piece in self.pieces)


def compare_versions(
    *, before: PrivacyStatementVersion, after: PrivacyStatementVersion, language: str
) -> list[PartChange]:
    """List the parts that changed between two versions in one language; empty when none did."""
    pairs: list[Pair] = [(*OPENING, before.wording, after.wording)]
    pairs += [
        (part.value, part.label, text_of(version=before, part=part), text_of(version=after, part=part))
        for part in Part
    ]
    return [
        PartChange(part=name, heading=heading, pieces=list(compare_texts(before=old, after=new)))
        for name, heading, old, new in _differing(pairs, language)
    ]


def compare_texts(*, before: str, after: str) -> Iterator[Piece]:
    """Give the pieces of a text that changed, in reading order; removed words stand before those added."""
    old, new = _words(before), _words(after)
    for edit, start, end, from_, to in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if edit == "equal":
            yield Piece(edit=Edit.KEPT, text="".join(old[start:end]))
            continue
        if start < end:
            yield Piece(edit=Edit.REMOVED, text="".join(old[start:end]))
        if from_ < to:
            yield Piece(edit=Edit.ADDED, text="".join(new[from_:to]))


def _differing(pairs: list[Pair], language: str) -> Iterator[tuple[str, StrPromise | str, str, str]]:
    for name, heading, before, after in pairs:
        old, new = before.get(language, "").strip(), after.get(language, "").strip()
        if old != new:
            yield name, heading, old, new


def _words(text: str) -> list[str]:
    """Words with the space after them, so that a changed sentence reads as one run and not as confetti."""
    return re.findall(r"\S+\s*", text)
