"""The printed tables are the rules themselves, and complete enough to look a case up."""

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.pack import Pack
from consent.domain.rulebook.packs import PACKS
from consent.domain.rulebook.tables import CHANNELS, print_channel
from consent.domain.rulebook.tables.axes import (
    BETWEEN,
    NOTHING,
    SENDERS,
    Example,
    Sender,
    facts,
    recipients_of,
)
from consent.domain.rulebook.tables.grids import Asking, grids_of
from tests.consent.domain.rulebook import asking

FOLDER = Path(__file__).parents[4] / "docs" / "rules"
WHO = (Sender("COMMERCIAL", "COMMERCIAL"), Sender("LOTTERY", "COMMERCIAL"), Sender("CHARITY", "CHARITABLE"))
printed = cache(lambda channel: print_channel(channel=channel))
SINGLE = [one for one in BETWEEN if one is not NOTHING]


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_page_in_docs_is_what_the_command_prints(channel: str) -> None:
    page = (FOLDER / f"{channel}.md").read_text(encoding="utf-8")

    assert page == printed(channel), "run manage.py print_rules"


def test_every_channel_has_its_page_and_there_is_no_other() -> None:
    assert list(CHANNELS) == list(asking.CHANNELS)
    assert {path.stem for path in FOLDER.glob("[A-Z]*.md")} == set(CHANNELS)


def test_every_code_stands_on_some_page() -> None:
    pages = "".join(printed(channel) for channel in CHANNELS)

    assert [code for code in Code if f"{code}*" not in pages and f"| {code} |" not in pages] == []


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_page_is_short_enough_to_find_a_case(channel: str) -> None:
    page = printed(channel)

    assert len(page.splitlines()) < 320
    assert max(len(line.split(" | ")) for line in page.splitlines()) <= 9


@pytest.mark.parametrize("channel", list(CHANNELS))
@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.code)
def test_of_several_grounds_the_first_row_counts(channel: str, pack: Pack) -> None:
    """What is printed one by one answers every pair as well."""
    asked = Asking(pack=pack, channel=channel, at=pack.starts_at)
    for recipient in recipients_of(pack):
        for sender in WHO:
            alone = {one.name: asked.answer(sender, recipient, one) for one in SINGLE}
            for first, second in combinations(SINGLE, 2):
                if replaces(second, first):
                    continue
                allowing = [code for code in (alone[first.name], alone[second.name]) if code.allows]

                both = asked.answer(sender, recipient, first, second)

                assert both == allowing[0] if allowing else not both.allows


def replaces(second: Example, first: Example) -> bool:
    """Say whether both are permissions or both relations: an example sets the whole list."""
    ours, theirs = first.of_facts(asking.NOBODY), second.of_facts(asking.NOBODY)
    return bool(ours.consents and theirs.consents) or bool(ours.relations and theirs.relations)


def test_off_the_list_is_the_plain_case_in_belgium() -> None:
    belgium = next(pack for pack in PACKS if pack.gates)
    asked = Asking(pack=belgium, channel="CALL", at=belgium.starts_at)

    assert asked.answer(SENDERS[0], facts("somebody")) == Code.D_NO_BASIS
    assert [grid.title for grid in grids_of(asked)] == [
        "What stops contact before any ground is looked at",
        "Which ground gives which answer",
        "When a permission does not count",
    ]
