"""The rules as tables a lawyer can check: one page per channel, computed by asking the rules themselves."""

import datetime
from typing import Final

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations import explain
from consent.domain.rulebook.pack import Pack
from consent.domain.rulebook.packs import PACKS, next_change_of_law
from consent.domain.rulebook.tables.grids import COUNTS, Asking, Grid, grids_of

CHANNELS: Final = {
    "EMAIL": "e-mail",
    "SMS": "SMS",
    "MESSAGING": "messages in an app",
    "CALL": "calls by people",
    "AUTOMATED_CALL": "calls by a computer",
    "POST": "post",
    "NONE": "processing without contact",
}
INTRODUCTION: Final = """\
Who may be contacted over this channel, by whom, and on what ground. This page is computed by asking the
rules themselves (`manage.py print_rules`); a test keeps it equal to them. **Bold** is allowed.

How to find a case: take the rule pack of the country on the day of contact. First see whether something
stops contact; then look up the ground, first for this recipient whatever there is, then for what there is
between sender and recipient. Of several grounds the first one that is allowed gives the code, in the order of
the rows; grounds never add up. What a code means stands at the end of the page.

A message that only asks for permission counts as the sender's own marketing; where nothing is on record its
code is `D_CONSENT_REQUEST_IS_MARKETING`. A service message that fails its four-part test counts as the
sender's own marketing too.
Before the first rule pack of a country the answer is `D_NO_PACK`; where facts cannot be read it is
`D_UNAVAILABLE`.
"""


def print_channel(*, channel: str) -> str:
    """Print the tables of one channel as a page of Markdown, every rule pack in its order."""
    pages = [f"# {channel}: {CHANNELS[channel]}", INTRODUCTION.strip()]
    seen: dict[Grid, str] = {}
    whole: dict[tuple[Grid, ...], str] = {}
    codes: set[Code] = {Code.D_UNAVAILABLE, Code.D_NO_PACK, Code.D_CONSENT_REQUEST_IS_MARKETING}
    for asking in _periods(channel):
        name, grids = _name(asking), tuple(grids_of(asking))
        codes |= {cell for grid in grids for row in grid.rows for cell in row if isinstance(cell, Code)}
        pages += [f"## {name}", _recipients(asking.pack)]
        if grids in whole:
            pages.append(f"All as in {whole[grids]}.")
        else:
            pages += [_section(grid, seen) for grid in grids]
        whole.setdefault(grids, name)
        for grid in grids:
            seen.setdefault(grid, name)
    return "\n\n".join([*pages, _legend(codes)]) + "\n"


def _periods(channel: str) -> list[Asking]:
    """Find every period in which the law for a channel stays the same, per pack."""
    periods = []
    for pack in PACKS:
        at: datetime.datetime | None = pack.starts_at
        while at is not None and (at == pack.starts_at or at not in {other.starts_at for other in PACKS}):
            periods.append(Asking(pack=pack, channel=channel, at=at))
            at = next_change_of_law(jurisdiction=pack.jurisdiction, channel=channel, at=at)
    return periods


def _name(asking: Asking) -> str:
    pack: Pack = asking.pack
    return f"{pack.code}, from {asking.at.day} {asking.at:%B %Y}"


def _section(grid: Grid, seen: dict[Grid, str]) -> str:
    body = f"As in {seen[grid]}." if grid in seen else _print(grid)
    return f"### {grid.title}\n\n{body}"


def _recipients(pack: Pack) -> str:
    known = [
        f"{name}: {', '.join(sorted(form.lower().replace('_', ' ') for form in forms))}."
        for name, forms in (("Sole business", pack.sole_businesses), ("Legal person", pack.legal_persons))
        if forms
    ]
    return " ".join([*known, "Everybody else, and who is unknown, counts as a person."])


def _print(grid: Grid) -> str:
    lines = [_line(grid.head), _line(["---"] * len(grid.head))]
    return "\n".join([*lines, *(_line([_cell(cell) for cell in row]) for row in grid.rows)])


def _cell(cell: str) -> str:
    allowed = cell == COUNTS or (isinstance(cell, Code) and cell.allows)
    return f"**{cell}**" if allowed else str(cell)


def _line(cells: "list[str] | tuple[str, ...]") -> str:
    return f"| {' | '.join(cells)} |"


def _legend(codes: set[Code]) -> str:
    lines = ["## What the codes mean", "", _line(["code", "in short", "article", "kort", "artikel"])]
    lines.append(_line(["---"] * 5))
    for code in sorted(codes, key=lambda code: code.place):
        english, dutch = explain(code, "en"), explain(code, "nl")
        cells = [_cell(code), english.label, english.article, dutch.label, dutch.article]
        lines.append(_line(cells))
    return "\n".join(lines)
