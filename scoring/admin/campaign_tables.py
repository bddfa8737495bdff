"""What stands on the pages of a campaign: each outcome in words, beside its number and its bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin.badge import ALLOWED, ENDED, PENDING, STOPPED, Look, look
from consent.admin.bars import Bar, bars_of
from consent.domain.engine import telling
from consent.domain.rulebook.codes import Code
from scoring.domain.campaigns.audience import HAD_ENOUGH, LEFT_AUDIENCE, NO_ADDRESS, SAME_ADDRESS
from scoring.domain.campaigns.results import Results
from scoring.models import Campaign

LOOKS: Final = {
    Campaign.State.DRAFT: PENDING,
    Campaign.State.RUNNING: ALLOWED,
    Campaign.State.PAUSED: STOPPED,
    Campaign.State.ENDED: ENDED,
}
BESIDE_THE_RULES: Final = {
    NO_ADDRESS: (_("No address"), _("Nothing is known that this channel can use.")),
    LEFT_AUDIENCE: (
        _("No longer in the audience"),
        _("They left the segment, or are scored no more: they may have objected to profiling."),
    ),
    SAME_ADDRESS: (
        _("Address used already"),
        _("Somebody else with the same address got this campaign: one message is enough."),
    ),
    HAD_ENOUGH: (_("Had enough for now"), _("It goes as soon as the frequency cap leaves room.")),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One outcome: in words, what it means, and for how many."""

    label: str | StrPromise
    sentence: str | StrPromise
    number: int


@dataclass(frozen=True, kw_only=True)
class DryRunTable:
    """Who would get a campaign now and on what ground, and who not and why."""

    goes: list[Row]
    waits: list[Row]
    stays: list[Row]
    bars: list[Bar]

    @property
    def reachable(self) -> int:
        return sum(row.number for row in self.goes)

    @property
    def total(self) -> int:
        return sum(row.number for row in (*self.goes, *self.waits, *self.stays))


@dataclass(frozen=True, kw_only=True)
class ResultsTable:
    """What came of a campaign, and why others got nothing."""

    rows: list[Row]
    denials: list[Row]
    left_out: list[Row]
    bars: list[Bar]


def campaign_look(state: str) -> Look:
    return look(LOOKS[Campaign.State(state)], Campaign.State(state).label)


def dry_run_table(*, counts: Mapping[str, int]) -> DryRunTable:
    goes = rows_of({code: number for code, number in counts.items() if code.startswith("A_")})
    waits = rows_of({code: number for code, number in counts.items() if code == HAD_ENOUGH})
    left = {code: number for code, number in counts.items() if code == NO_ADDRESS or code.startswith("D_")}
    stays = rows_of(left)
    bars = [(row.label, row.number, ALLOWED) for row in goes]
    bars += [(row.label, row.number, PENDING) for row in waits]
    bars += [(row.label, row.number, STOPPED) for row in stays]
    return DryRunTable(goes=goes, waits=waits, stays=stays, bars=bars_of(bars))


def results_table(*, results: Results, by_phone: bool, counts: str) -> ResultsTable:
    counted: list[tuple[StrPromise, StrPromise, int, str]] = [
        (
            (_("On the call list"), _("The call desk asks about each again before a call."))
            if by_phone
            else (_("Sent"), _("The mail server or gateway took it."))
        )
        + (results.sent, ALLOWED),
        (_("Waiting"), _("Their turn comes, or the frequency cap holds them."), results.waiting, PENDING),
        (_("Bounced"), _("Refused, or given up after all tries."), results.bounced, STOPPED),
        (
            _("Not allowed when their turn came"),
            _("The rules said no at that moment; below it says why."),
            sum(results.denials.values()),
            STOPPED,
        ),
        (_("Withdrew afterwards"), _("Within 30 days of it, for this purpose."), results.withdrawn, STOPPED),
        (_("Objected afterwards"), _("Within 30 days of it."), results.objected, STOPPED),
    ]
    if results.watched:
        words = _("Waiting for a score to fall"), _("Nobody is written to before their score falls.")
        counted.append((*words, results.watched, PENDING))
    if counts != Campaign.Counts.NOTHING:
        words = _("Followed the button"), _("Only of people who permit that it is counted.")
        counted.insert(1, (*words, results.followed, ALLOWED))
    if by_phone:
        reached = (_("Reached"), _("Had a conversation with an agent."), results.reached, ALLOWED)
        counted.insert(1, reached)
    return ResultsTable(
        rows=[Row(label=one[0], sentence=one[1], number=one[2]) for one in counted],
        denials=rows_of(results.denials),
        left_out=rows_of(results.left_out),
        bars=bars_of([(label, number, colour) for label, _sentence, number, colour in counted]),
    )


def rows_of(counts: Mapping[str, int]) -> list[Row]:
    return [_row(code, number) for code, number in sorted(counts.items(), key=_largest_first)]


def _largest_first(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _row(code: str, number: int) -> Row:
    if code in BESIDE_THE_RULES:
        label, sentence = BESIDE_THE_RULES[code]
        return Row(label=label, sentence=sentence, number=number)
    told = telling.tell(code=Code(code), language=get_language() or "")
    return Row(label=told.label, sentence=told.sentence, number=number)


def in_all(rows: Sequence[Row]) -> int:
    return sum(row.number for row in rows)
