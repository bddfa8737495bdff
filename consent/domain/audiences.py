"""Whom a legal entity may reach, and how that changes between two moments: the numbers and the people."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import QuerySet

from consent.domain.engine.answering import Answer
from consent.domain.engine.known_points import ask_about, decide_about
from consent.domain.engine.question import Question
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.decision import Decision
from consent.models import Channel
from customers.models import ContactPoint

# How many addresses one query is about: a page is often found among the first few hundred; who has to look
# further takes more at once.
AT_FIRST, AT_MOST = 500, 8_000
# Whoever looks for a page of people waits for it: after so many addresses they are told how far it came.
LOOKED_AT_FOR_A_PAGE = 20_000


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

    @property
    def point(self) -> ContactPoint:
        return self.member.point


One = TypeVar("One", Member, Loss)


@dataclass(frozen=True, kw_only=True)
class Found(Generic[One]):
    """A page of people, and the key after which to look for the next; None where everybody was looked at."""

    people: list[One]
    next_after: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of an audience: its addresses by key, and what is decided about each, question by question."""

    points: list[ContactPoint]
    decisions: list[tuple[Decision, ...]]
    is_last: bool

    def count(self) -> dict[str, int]:
        """Count the codes; those of several questions stand beside each other, in their order."""
        return dict(Counter(" ".join(one.code for one in given) for given in self.decisions))


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Who of one part of an audience belongs on a list, and how far that part goes."""

    people: Sequence[Member | Loss]
    looked_at: int
    last: uuid.UUID | None
    is_last: bool

    @property
    def members(self) -> list[Member]:
        """Everybody on it as they are at the first moment."""
        return [one if isinstance(one, Member) else one.member for one in self.people]


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


def decide_part(*, questions: Sequence[Question], after: uuid.UUID | None) -> Part:
    """Decide about the next part of everybody known, in the order of their addresses' keys.

    The audience of a channel is every address of its kind, with the contact it belongs to.
    """
    points = list(_beyond(_points(questions[0]), after)[: AT_MOST + 1])
    part = points[:AT_MOST]
    decided = [decide_about(question=question, points=part) for question in questions]
    return Part(points=part, decisions=list(zip(*decided, strict=True)), is_last=len(points) == len(part))


def read_counts(*, counts: Mapping[str, int]) -> list[CodeCount]:
    """Give what was counted about one question; the order is that of the rules."""
    return [CodeCount(code=code, number=counts[code]) for code in Code if counts.get(code)]


def read_changes(*, counts: Mapping[str, int]) -> Comparison:
    """Give what was counted about two questions: from which code to which, under whatever rules hold."""
    pairs = [(key.split(), number) for key, number in counts.items()]
    changes = [Change(before=Code(one), after=Code(other), number=number) for (one, other), number in pairs]
    return Comparison(changes=sorted(changes, key=_largest_first))


def find_reachable(*, question: Question, after: uuid.UUID | None, limit: int) -> Found[Member]:
    """Find the next people who may be reached, in the order of their addresses' keys."""
    points = _with_contacts(question, after)
    return _find(points, lambda chunk: _reachable(question, chunk), limit)


def find_losses(*, before: Question, after: Question, beyond: uuid.UUID | None, limit: int) -> Found[Loss]:
    """Find the next people who may be reached at the first moment and not at the second."""
    points = _with_contacts(before, beyond)
    return _find(points, lambda chunk: _losses(before, after, chunk), limit)


def list_part(*, questions: Sequence[Question], after: uuid.UUID | None) -> Listed:
    """Find who of the next part of everybody known belongs on a list, in the order of their addresses' keys.

    Of one question it is who may be reached; of two, who may at the first moment and not at the second.
    """
    points = list(_with_contacts(questions[0], after)[: AT_MOST + 1])
    part = points[:AT_MOST]
    first, *second = questions
    return Listed(
        people=_losses(first, second[0], part) if second else _reachable(first, part),
        looked_at=len(part),
        last=part[-1].pk if part else None,
        is_last=len(points) == len(part),
    )


def _largest_first(change: Change) -> tuple[int, int, int]:
    return -change.number, change.before.place, change.after.place


def _find(
    points: QuerySet[ContactPoint], pick: Callable[[list[ContactPoint]], list[One]], limit: int
) -> Found[One]:
    people: list[One] = []
    looked_at = 0
    for chunk in _chunks(points):
        people += pick(chunk)
        looked_at += len(chunk)
        if len(people) > limit:
            return Found(people=people[:limit], next_after=people[limit - 1].point.pk)
        if looked_at >= LOOKED_AT_FOR_A_PAGE:
            return Found(people=people, next_after=chunk[-1].pk)
    return Found(people=people, next_after=None)


def _reachable(question: Question, chunk: list[ContactPoint]) -> list[Member]:
    answers = ask_about(question=question, points=chunk)
    return [
        Member(point=point, answer=answer)
        for point, answer in zip(chunk, answers, strict=True)
        if answer.decision.allowed
    ]


def _losses(before: Question, after: Question, chunk: list[ContactPoint]) -> list[Loss]:
    firsts = ask_about(question=before, points=chunk)
    seconds = ask_about(question=after, points=chunk)
    return [
        Loss(member=Member(point=point, answer=first), after=then)
        for point, first, then in zip(chunk, firsts, seconds, strict=True)
        if first.decision.allowed and not then.decision.allowed
    ]


def _chunks(points: QuerySet[ContactPoint]) -> Iterator[list[ContactPoint]]:
    """Go through addresses in the order of their keys, more and more at a time."""
    size = AT_FIRST
    chunk = list(points[:size])
    while chunk:
        yield chunk
        size = min(2 * size, AT_MOST)
        chunk = list(points.filter(pk__gt=chunk[-1].pk)[:size])


def count_addresses(*, question: Question) -> int:
    """Count the addresses a question about everybody is about."""
    return _points(question).count()


def _points(question: Question) -> QuerySet[ContactPoint]:
    kind = Channel(question.channel).point_kind
    points = ContactPoint.objects.filter(organisation=question.organisation_id, kind=kind)
    return points.only("contact_id", "kind", "value", "placeholder").order_by("pk")


def _with_contacts(question: Question, after: uuid.UUID | None) -> QuerySet[ContactPoint]:
    return _beyond(_points(question).defer(None).select_related("contact"), after)


def _beyond(points: QuerySet[ContactPoint], key: uuid.UUID | None) -> QuerySet[ContactPoint]:
    return points.filter(pk__gt=key) if key else points
