"""Whom a legal entity may reach, and how that changes between two moments: the numbers and the people."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet

from consent.domain.engine.answering import Answer
from consent.domain.engine.known_points import ask_about, decide_about
from consent.domain.engine.question import Question
from consent.domain.rulebook.codes import Code
from consent.models import Channel
from customers.models import ContactPoint

# How many addresses one query is about: a page is often found among the first few hundred; who has to look
# further takes more at once.
AT_FIRST, AT_MOST = 500, 8_000


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person at one address, and the answer about them."""

    point: ContactPoint
    answer: Answer


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One person who may be reached at one moment and no more at another."""

    member: Member
    after: Answer


@dataclass(frozen=True, kw_only=True)
class CodeCount:
    """How many of an audience got one code as their answer."""

    code: Code
    number: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """How many of an audience go from one code to another between two moments."""

    before: Code
    after: Code
    number: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One question at two moments, for a whole audience; changes by number, the largest first."""

    changes: list[Change]

    @property
    def lost(self) -> int:
        return self._count((True, False))

    @property
    def gained(self) -> int:
        return self._count((False, True))

    @property
    def kept(self) -> int:
        return self._count((True, True))

    @property
    def never(self) -> int:
        return self._count((False, False))

    @property
    def total(self) -> int:
        return sum(change.number for change in self.changes)

    def _count(self, allowed: tuple[bool, bool]) -> int:
        return sum(
            change.number for change in self.changes if (change.before.allows, change.after.allows) == allowed
        )


def count_audience(*, question: Question) -> list[CodeCount]:
    """Count the answers about everybody known, by code; the order is that of the rules.

    The audience of a channel is every address of its kind, with the contact it belongs to.
    """
    found: Counter[Code] = Counter()
    for points in _chunks(_points(question)):
        found.update(decision.code for decision in decide_about(question=question, points=points))
    return [CodeCount(code=code, number=found[code]) for code in Code if found[code]]


def find_reachable(*, question: Question, after: uuid.UUID | None, limit: int) -> list[Member]:
    """Find the next people who may be reached, in the order of their addresses' keys."""
    return list(islice(_reachable(question, _after(question, after)), limit))


def stream_reachable(*, question: Question) -> Iterator[Member]:
    """Go through everybody who may be reached; memory does not grow with their number."""
    return _reachable(question, _after(question, None))


def compare(*, before: Question, after: Question) -> Comparison:
    """Count how the answers about everybody change between two moments, under whatever rules hold at each."""
    found: Counter[tuple[Code, Code]] = Counter()
    for points in _chunks(_points(before)):
        firsts = decide_about(question=before, points=points)
        seconds = decide_about(question=after, points=points)
        found.update((first.code, then.code) for first, then in zip(firsts, seconds, strict=True))
    changes = [Change(before=one, after=other, number=number) for (one, other), number in found.items()]
    return Comparison(changes=sorted(changes, key=_largest_first))


def find_losses(*, before: Question, after: Question, beyond: uuid.UUID | None, limit: int) -> list[Loss]:
    """Find the next people who may be reached at the first moment and not at the second."""
    return list(islice(_losses(before, after, _after(before, beyond)), limit))


def stream_losses(*, before: Question, after: Question) -> Iterator[Loss]:
    """Go through everybody who is lost between two moments; memory does not grow with their number."""
    return _losses(before, after, _after(before, None))


def _largest_first(change: Change) -> tuple[int, int, int]:
    return -change.number, change.before.place, change.after.place


def _reachable(question: Question, points: QuerySet[ContactPoint]) -> Iterator[Member]:
    for chunk in _chunks(points):
        for point, answer in zip(chunk, ask_about(question=question, points=chunk), strict=True):
            if answer.decision.allowed:
                yield Member(point=point, answer=answer)


def _losses(before: Question, after: Question, points: QuerySet[ContactPoint]) -> Iterator[Loss]:
    for chunk in _chunks(points):
        firsts = ask_about(question=before, points=chunk)
        seconds = ask_about(question=after, points=chunk)
        for point, first, then in zip(chunk, firsts, seconds, strict=True):
            if first.decision.allowed and not then.decision.allowed:
                yield Loss(member=Member(point=point, answer=first), after=then)


def _chunks(points: QuerySet[ContactPoint]) -> Iterator[list[ContactPoint]]:
    """Go through addresses in the order of their keys, more and more at a time."""
    size = AT_FIRST
    chunk = list(points[:size])
    while chunk:
        yield chunk
        size = min(2 * size, AT_MOST)
        chunk = list(points.filter(pk__gt=chunk[-1].pk)[:size])


def _points(question: Question) -> QuerySet[ContactPoint]:
    kind = Channel(question.channel).point_kind
    points = ContactPoint.objects.filter(organisation=question.organisation_id, kind=kind)
    return points.only("contact_id", "kind", "value", "placeholder").order_by("pk")


def _after(question: Question, key: uuid.UUID | None) -> QuerySet[ContactPoint]:
    points = _points(question).defer(None).select_related("contact")
    return points.filter(pk__gt=key) if key else points
