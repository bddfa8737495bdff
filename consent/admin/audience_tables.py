"""What stands on the pages about a whole audience: each code in words, beside its number and its bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import ALLOWED, STOPPED
from consent.admin.bars import Bar, bars_of
from consent.domain.audiences import CodeCount, Comparison, Member
from consent.domain.engine import telling
from consent.domain.engine.telling import Told
from consent.domain.rulebook.codes import Code

GAINED, NEVER = "pending", "ended"


@dataclass(frozen=True, kw_only=True)
class CountRow:
    """One code and how many got it."""

    told: Told
    number: int


@dataclass(frozen=True, kw_only=True)
class AudienceTable:
    """The numbers of one audience: who may be reached on which ground, and who may not for which reason."""

    grounds: list[CountRow]
    denials: list[CountRow]
    bars: list[Bar]

    @property
    def reachable(self) -> int:
        return sum(row.number for row in self.grounds)

    @property
    def total(self) -> int:
        return self.reachable + sum(row.number for row in self.denials)


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """From one code to another, and for how many."""

    before: Told
    after: Told
    number: int


@dataclass(frozen=True, kw_only=True)
class ComparisonTable:
    """The numbers of one audience at two moments; what stays the same stands below what changes."""

    comparison: Comparison
    changed: list[ChangeRow]
    unchanged: list[ChangeRow]
    bars: list[Bar]


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """One person of the list, the code in words, and until when it holds."""

    member: Member
    told: Told
    until: str


def audience_table(*, counts: Sequence[CodeCount]) -> AudienceTable:
    grounds = [_count_row(count) for count in counts if count.code.allows]
    denials = [_count_row(count) for count in counts if not count.code.allows]
    bars = [(row.told.label, row.number, ALLOWED) for row in grounds]
    bars += [(row.told.label, row.number, STOPPED) for row in denials]
    return AudienceTable(grounds=grounds, denials=denials, bars=bars_of(bars))


def comparison_table(*, comparison: Comparison) -> ComparisonTable:
    rows = [
        (
            change.before == change.after,
            ChangeRow(before=_told(change.before), after=_told(change.after), number=change.number),
        )
        for change in comparison.changes
    ]
    bars = bars_of(
        [
            (_("Lost"), comparison.lost, STOPPED),
            (_("Gained"), comparison.gained, GAINED),
            (_("May be reached at both"), comparison.kept, ALLOWED),
            (_("May be reached at neither"), comparison.never, NEVER),
        ]
    )
    return ComparisonTable(
        comparison=comparison,
        changed=[row for same, row in rows if not same],
        unchanged=[row for same, row in rows if same],
        bars=bars,
    )


def member_row(*, member: Member, zone: str) -> MemberRow:
    answer = member.answer
    until = answer.valid_until and telling.tell_until(answer=answer, zone=zone)
    return MemberRow(member=member, told=_told(answer.decision.code), until=until or "")


def _count_row(count: CodeCount) -> CountRow:
    return CountRow(told=_told(count.code), number=count.number)


def _told(code: Code) -> Told:
    return telling.tell(code=code, language=get_language() or "")
