"""Rule packs begin and end on their day, to the microsecond (rules, "The question")."""

import datetime
from dataclasses import replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from consent.domain.rulebook import packs
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide, law_changes_answer_at
from consent.domain.rulebook.facts import Case, Facts, Jurisdiction, Kind, Listing
from consent.domain.rulebook.pack import Pack
from consent.domain.rulebook.packs import (
    BEFORE_ALL_LAW,
    PACKS,
    channels_changed,
    find_pack,
    gives_ground,
    law_holds_since,
    next_change_of_law,
)
from tests.consent.domain.rulebook.asking import (
    AMSTERDAM,
    CHANNELS,
    CONSENT,
    INSTANT,
    MAY_2024,
    MAY_2026,
    MESSAGES,
    NOBODY,
    NOW,
    SENDERS,
    case,
    code,
    organisation,
    person,
    related,
    relation,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
NL_2021 = datetime.datetime(2021, 7, 1, tzinfo=AMSTERDAM)
CODE_2024 = datetime.datetime(2024, 10, 15, tzinfo=AMSTERDAM)
NL_2026 = datetime.datetime(2026, 7, 1, tzinfo=AMSTERDAM)
BE_2015 = datetime.datetime(2015, 7, 11, tzinfo=BRUSSELS)
EU_2018 = datetime.datetime(2018, 5, 25, tzinfo=BRUSSELS)
NL_2031 = datetime.datetime(2031, 1, 1, tzinfo=AMSTERDAM)
LONG_AGO = datetime.datetime(1990, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("jurisdiction", "at", "pack"),
    [
        (Jurisdiction.NL, LONG_AGO, ""),
        (Jurisdiction.NL, NL_2021 - INSTANT, ""),
        (Jurisdiction.NL, NL_2021, "NL-2021-07-01"),
        (Jurisdiction.NL, NL_2026 - INSTANT, "NL-2021-07-01"),
        (Jurisdiction.NL, NL_2026, "NL-2026-07-01"),
        (Jurisdiction.NL, datetime.datetime(2099, 1, 1, tzinfo=AMSTERDAM), "NL-2026-07-01"),
        (Jurisdiction.BE, BE_2015 - INSTANT, ""),
        (Jurisdiction.BE, BE_2015, "BE-2015-07-11"),
        (Jurisdiction.BE, NL_2026, "BE-2015-07-11"),
        (Jurisdiction.EU, EU_2018 - INSTANT, ""),
        (Jurisdiction.EU, EU_2018, "EU-2018-05-25"),
        (Jurisdiction.EU, NL_2026, "EU-2018-05-25"),
    ],
)
def test_pack_in_force(jurisdiction: Jurisdiction, at: datetime.datetime, pack: str) -> None:
    decision = decide(case=case("POST", at=at), facts=Facts(jurisdiction=jurisdiction))

    assert decision.pack == pack
    assert decision.code == (Code.D_NO_BASIS if pack else Code.D_NO_PACK)


@pytest.mark.parametrize(
    ("moment", "pack"),
    [
        ("2026-06-30T21:59:59.999999+00:00", "NL-2021-07-01"),
        ("2026-06-30T22:00:00+00:00", "NL-2026-07-01"),
        ("2026-07-01T06:59:59.999999+09:00", "NL-2021-07-01"),
        ("2026-07-01T07:00:00+09:00", "NL-2026-07-01"),
    ],
)
def test_pack_begins_at_midnight_in_amsterdam_wherever_one_asks(moment: str, pack: str) -> None:
    at = datetime.datetime.fromisoformat(moment)

    assert decide(case=case("CALL", at=at), facts=NOBODY).pack == pack


def test_calling_a_customer_ends_at_midnight() -> None:
    facts = related(relation())

    assert code(case("CALL", at=NL_2026 - INSTANT), facts) == Code.A_REL_SALE
    assert code(case("CALL", at=NL_2026), facts) == Code.D_REL_ENDED_20260701


def test_numbers_must_be_verified_from_midnight() -> None:
    facts = person(CONSENT)
    unverified = person(replace(CONSENT, verified=False))

    assert code(case("CALL", at=CODE_2024), facts) == Code.A_CONSENT
    assert code(case("CALL", at=CODE_2024 - INSTANT), unverified) == Code.A_CONSENT
    assert code(case("CALL", at=CODE_2024), unverified) == Code.D_UNVERIFIED


@pytest.mark.parametrize("jurisdiction", list(Jurisdiction))
def test_packs_of_one_country_have_no_gap_and_no_overlap(jurisdiction: Jurisdiction) -> None:
    packs = sorted(
        (pack for pack in PACKS if pack.jurisdiction == jurisdiction), key=lambda pack: pack.starts_at
    )

    assert packs[0].starts_at.tzinfo is not None
    assert find_pack(jurisdiction=jurisdiction, at=packs[0].starts_at - INSTANT) is None
    for pack in packs:
        assert find_pack(jurisdiction=jurisdiction, at=pack.starts_at) is pack
    for earlier, later in pairwise(packs):
        assert earlier.starts_at < later.starts_at
        assert find_pack(jurisdiction=jurisdiction, at=later.starts_at - INSTANT) is earlier


def test_packs_are_named_after_country_and_day() -> None:
    assert [pack.code for pack in PACKS] == [
        f"{pack.jurisdiction}-{pack.starts_at:%Y-%m-%d}" for pack in PACKS
    ]
    assert [(pack.starts_at.hour, pack.starts_at.minute) for pack in PACKS] == [(0, 0)] * len(PACKS)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.code)
def test_every_pack_has_a_table_for_every_channel_with_consent(pack: Pack) -> None:
    for channel in CHANNELS:
        facts = Facts(
            jurisdiction=pack.jurisdiction,
            listing=Listing.NOT_LISTED,
            consents=(CONSENT,),
        )
        assert code(case(channel, at=pack.starts_at), facts) == Code.A_CONSENT


@pytest.mark.parametrize(
    ("jurisdiction", "channel", "at", "change"),
    [
        (Jurisdiction.NL, "EMAIL", LONG_AGO, NL_2021),
        (Jurisdiction.NL, "EMAIL", NL_2021 - INSTANT, NL_2021),
        (Jurisdiction.NL, "EMAIL", NL_2021, None),
        (Jurisdiction.NL, "CALL", NL_2021, CODE_2024),
        (Jurisdiction.NL, "CALL", CODE_2024, NL_2026),
        (Jurisdiction.NL, "CALL", NL_2026, None),
        (Jurisdiction.BE, "CALL", LONG_AGO, BE_2015),
        (Jurisdiction.BE, "CALL", BE_2015, None),
        (Jurisdiction.EU, "POST", LONG_AGO, EU_2018),
    ],
)
def test_next_change_of_law(
    jurisdiction: Jurisdiction,
    channel: str,
    at: datetime.datetime,
    change: datetime.datetime | None,
) -> None:
    assert next_change_of_law(jurisdiction=jurisdiction, channel=channel, at=at) == change


@pytest.mark.parametrize(
    ("asked", "facts", "change"),
    [
        (case("CALL", at=LONG_AGO), NOBODY, NL_2021),
        (case("CALL", at=MAY_2024), person(CONSENT), None),
        (case("CALL", at=MAY_2024), related(relation()), NL_2026),
        (case("CALL", at=MAY_2026), related(relation()), NL_2026),
        (case("CALL", at=MAY_2026, sender="CHARITY"), related(relation(Kind.DONATION)), None),
        (case("CALL", at=MAY_2026), organisation("BV"), None),
        (case("CALL", at=MAY_2026), NOBODY, None),
        (case("CALL", at=NOW), related(relation()), None),
        *[(case(channel, at=MAY_2026), related(relation()), None) for channel in MESSAGES],
    ],
)
def test_law_changes_answer_at(asked: Case, facts: Facts, change: datetime.datetime | None) -> None:
    assert law_changes_answer_at(case=asked, facts=facts) == change


def test_law_changes_answer_at_the_day_of_the_code_telemarketing() -> None:
    unverified = person(replace(CONSENT, verified=False))

    assert law_changes_answer_at(case=case("CALL", at=MAY_2024), facts=unverified) == CODE_2024


@pytest.mark.parametrize(
    ("change", "moment"),
    [
        ({}, None),
        ({"minors": frozenset()}, NL_2031),
        ({"legal_persons": frozenset()}, NL_2031),
        ({"waives_old_optout": False}, NL_2031),
        ({"gates": {"EMAIL": lambda _situation: None}}, NL_2031),
        ({"gates": {"SMS": lambda _situation: None}}, None),
        ({"tables": {"EMAIL": ()}}, NL_2031),
        ({"tables": {**PACKS[1].tables, "SMS": ()}}, None),
    ],
)
def test_next_change_of_law_is_whatever_a_new_pack_says_of_the_channel(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], moment: datetime.datetime | None
) -> None:
    newer = replace(PACKS[1], code="NL-2031-01-01", starts_at=NL_2031, **change)
    monkeypatch.setattr(packs, "PACKS", (*PACKS, newer))
    next_change_of_law.cache_clear()

    found = next_change_of_law(jurisdiction=Jurisdiction.NL, channel="EMAIL", at=NOW)

    next_change_of_law.cache_clear()
    assert found == moment


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("kind", Kind)
def test_relation_can_be_a_ground_for_some_senders_only(kind: Kind, sender: str) -> None:
    of_support = kind in {Kind.DONATION, Kind.VOLUNTEER, Kind.ATTENDANCE} and sender in {"CHARITY", "IDEAL"}

    assert gives_ground(kind=kind, sender=sender) == (kind == Kind.SALE or of_support)


@pytest.mark.parametrize(
    "start", sorted({day for pack in PACKS for day in (pack.starts_at, pack.verified_calls_from) if day})
)
def test_law_holds_from_its_first_moment_on(start: datetime.datetime) -> None:
    moment = datetime.timedelta.resolution

    assert [law_holds_since(at=at) for at in (start, start + moment)] == [start, start]
    assert law_holds_since(at=start - moment) < start


def test_before_all_law_nothing_holds_since() -> None:
    assert law_holds_since(at=datetime.datetime(2010, 1, 1, tzinfo=datetime.UTC)) == BEFORE_ALL_LAW


@pytest.mark.parametrize(
    ("change", "channels"),
    [
        ({}, set()),
        ({"tables": {**PACKS[1].tables, "SMS": ()}}, {"SMS"}),
        ({"tables": {"EMAIL": PACKS[1].tables["EMAIL"]}}, set(PACKS[1].tables) - {"EMAIL"}),
        ({"tables": {**PACKS[1].tables, "FAX": PACKS[1].tables["EMAIL"]}}, {"FAX"}),
        ({"gates": {"SMS": lambda _situation: None}}, {"SMS"}),
        ({"minors": frozenset()}, set(PACKS[1].tables)),
    ],
)
def test_channels_changed_are_those_a_pack_says_something_else_about(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], channels: set[str]
) -> None:
    newer = replace(PACKS[1], code="NL-2031-01-01", starts_at=NL_2031, **change)
    monkeypatch.setattr(packs, "PACKS", (*PACKS, newer))

    assert channels_changed(pack=newer) == channels


def test_first_pack_of_a_country_changes_every_channel_it_names() -> None:
    assert channels_changed(pack=PACKS[0]) == set(PACKS[0].tables)
    assert channels_changed(pack=PACKS[1]) == {"CALL"}
