"""The grids of one channel under one rule pack: what each collapsed case gives."""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final, NamedTuple

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide
from consent.domain.rulebook.facts import Case, Facts, Kind, Listing
from consent.domain.rulebook.pack import Pack
from consent.domain.rulebook.tables.axes import (
    BETWEEN,
    GIVEN,
    KINDS,
    LATER,
    LISTINGS,
    NOTHING,
    PERMISSION_FLAWS,
    SENDERS,
    STOPS,
    Example,
    Sender,
    recipients_of,
    relation_flaws,
)

ANYBODY: Final = "anybody"
WHATEVER: Final = "whatever there is"
NONE_OF_THESE: Final = "none of these"
COUNTS: Final = "counts"
SELLERS: Final = {"COMMERCIAL": "company", "PUBLISHER": "publisher", "LOTTERY": "lottery"}
CAUSES: Final = {"CHARITY": "charity", "IDEAL": "ideal organisation"}

Codes = tuple[Code, ...]
Cells = dict[tuple[str, str], Codes]


class Grid(NamedTuple):
    """One printed table: a title, its head, and rows of names and codes."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | Code, ...], ...]


class Asking(NamedTuple):
    """A channel under one pack, from one moment on."""

    pack: Pack
    channel: str
    at: datetime.datetime

    def answer(self, sender: Sender, *examples: Example, content: str = "") -> Code:
        case = Case(channel=self.channel, content=content or sender.content, sender=sender.kind, at=self.at)
        # Off the do-not-call-me list unless an example says otherwise.
        known = Facts(jurisdiction=self.pack.jurisdiction, known=True, listing=Listing.NOT_LISTED)
        for example in examples:
            case, known = example.of_case(case), example.of_facts(known)
        return decide(case=case, facts=known).code


def grids_of(asking: Asking) -> list[Grid]:
    """Compute every grid of one channel under one pack."""
    return [_stops(asking), _grounds(asking), *_relations(asking), _permissions(asking)]


def _grounds(asking: Asking) -> Grid:
    """What each ground gives by itself, per recipient and sender."""
    gated = asking.channel in asking.pack.gates
    found = []
    for listing in LISTINGS if gated else (NOTHING,):
        cells = {
            (between.name, recipient.name): tuple(
                asking.answer(sender, recipient, between, listing) for sender in SENDERS
            )
            for between, recipient in product(BETWEEN, recipients_of(asking.pack))
        }
        listed = (listing.name,) if gated else ()
        found += [((*listed, *names), codes) for names, codes in _merged(cells)]
    columns = _columns(codes for _, codes in found)
    return Grid(
        title="Which ground gives which answer",
        head=(
            *(("list",) if gated else ()),
            "between us",
            "recipient",
            *(_title([SENDERS[place] for place in group]) for group in columns),
        ),
        rows=tuple((*names, *(codes[group[0]] for group in columns)) for names, codes in found),
    )


def _merged(cells: Cells) -> list[tuple[tuple[str, str], Codes]]:
    """Name once what gives the same: recipients together, and several things that may be between us."""
    everybody = list(dict.fromkeys(recipient for _, recipient in cells))
    settled = [
        one for one in everybody if len({codes for (_, other), codes in cells.items() if other == one}) == 1
    ]
    groups: dict[tuple[Codes, str], list[str]] = {}
    for between in dict.fromkeys(between for between, _ in cells):
        apart: dict[tuple[Codes, str], list[str]] = {}
        for recipient in everybody:
            label = WHATEVER if recipient in settled else between
            apart.setdefault((cells[between, recipient], label), []).append(recipient)
        for (codes, label), recipients in apart.items():
            found = groups.setdefault((codes, _joined(recipients, everybody)), [])
            found += [] if label in found else [label]
    rows = [((_named(betweens), who), codes) for (codes, who), betweens in groups.items()]
    return sorted(rows, key=lambda row: (row[0][0] != WHATEVER, row[0][0] == NONE_OF_THESE))


def _named(betweens: list[str]) -> str:
    several_and_nothing = len(betweens) > 1 and betweens[0] == NOTHING.name
    return NONE_OF_THESE if several_and_nothing else "; ".join(betweens)


def _joined(recipients: list[str], everybody: list[str]) -> str:
    return ANYBODY if recipients == everybody else ", ".join(recipients)


def _columns(rows: Iterable[Codes]) -> list[list[int]]:
    """Put senders with the same answer everywhere in one column."""
    groups: dict[Codes, list[int]] = {}
    for place, codes in enumerate(zip(*rows, strict=True)):
        groups.setdefault(codes, []).append(place)
    return list(groups.values())


def _title(senders: Sequence[Sender]) -> str:
    """Name a column: whose offers, and whose appeals for a cause."""
    if len(senders) == len(SENDERS):
        return "any sender"
    offering = [name for kind, name in (SELLERS | CAUSES).items() if Sender(kind, "COMMERCIAL") in senders]
    appealing = [name for kind, name in (SELLERS | CAUSES).items() if Sender(kind, "CHARITABLE") in senders]
    parts = [f"offers of: {', '.join(offering)}"] if offering else []
    return "; ".join([*parts, *([f"appeals for a cause by: {', '.join(appealing)}"] if appealing else [])])


def _relations(asking: Asking) -> list[Grid]:
    """What one flaw does to a relation that is a ground by itself; no grid where none is one."""
    columns: dict[tuple[str, ...], list[str]] = {}
    for kind, name in KINDS.items():
        whole = [sender for sender in SENDERS if asking.answer(sender, relation_flaws(kind)[-1]).allows]
        if whole:
            codes = [asking.answer(whole[0], flaw) for flaw in relation_flaws(kind)]
            columns.setdefault(tuple(COUNTS if code.allows else code for code in codes), []).append(name)
    if not columns:
        return []
    flaws = [flaw.name for flaw in relation_flaws(Kind.SALE)]
    return [
        Grid(
            title="When a relation does not count",
            head=("what is wrong", *(", ".join(names) for names in columns.values())),
            rows=tuple(zip(flaws, *columns, strict=True)),
        )
    ]


def _permissions(asking: Asking) -> Grid:
    """What each flaw does to a permission: alone, and beside another ground."""
    sender, other = _ground_without_permission(asking)
    beside = [] if other is None else [f"beside {other.name}"]
    rows = []
    for flaw in PERMISSION_FLAWS:
        code = asking.answer(sender, flaw)
        held = [] if other is None else [asking.answer(sender, other, flaw)]
        rows.append((flaw.name, code, *held))
    return Grid(
        title="When a permission does not count",
        head=("what is wrong", "nothing else", *beside),
        rows=tuple(rows),
    )


def _ground_without_permission(asking: Asking) -> tuple[Sender, Example | None]:
    for sender, recipient, between in product(SENDERS, recipients_of(asking.pack), BETWEEN):
        without = Example(
            between.name if between is not NOTHING else recipient.name,
            lambda known, of=(recipient, between): dataclasses.replace(  # type: ignore[misc]  # bound at once
                of[1].of_facts(of[0].of_facts(known)), consents=()
            ),
            between.of_case,
        )
        if asking.answer(sender, without).allows:
            return sender, without
    return SENDERS[0], None


def _stops(asking: Asking) -> Grid:
    """What stops contact whatever the ground, and what lifts it."""
    sender = SENDERS[0]
    older = Example("", lambda known: dataclasses.replace(known, consents=(GIVEN,), served=True))
    later = Example("", lambda known: dataclasses.replace(known, consents=(LATER,), served=True))
    test = Example("", lambda known: known, lambda case: dataclasses.replace(case, service_test_passed=True))
    rows = tuple(
        (
            stop.name,
            asking.answer(sender, older, stop),
            asking.answer(sender, later, stop),
            asking.answer(sender, older, test, stop, content="SERVICE"),
        )
        for stop in STOPS
    )
    return Grid(
        title="What stops contact before any ground is looked at",
        head=(
            "what stands",
            "with a permission given before, by the person",
            "with a valid permission given after, by the representative where there is one",
            "service, its test passed",
        ),
        rows=rows,
    )
