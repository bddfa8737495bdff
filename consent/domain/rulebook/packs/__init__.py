"""The dated rule packs; a new one is a module here and its line in PACKS."""

import dataclasses
import datetime
from bisect import bisect
from functools import lru_cache
from typing import Final

from consent.domain.rulebook.facts import Jurisdiction, Kind
from consent.domain.rulebook.pack import Pack, RelationGround
from consent.domain.rulebook.packs import be_2015_07_11, eu_2018_05_25, nl_2021_07_01, nl_2026_07_01

PACKS: Final = (nl_2021_07_01.PACK, nl_2026_07_01.PACK, be_2015_07_11.PACK, eu_2018_05_25.PACK)

BEFORE_ALL_LAW: Final = datetime.datetime.min.replace(tzinfo=datetime.UTC)
# With every answer it is asked which of them was the last.
CHANGES_OF_LAW: Final = sorted(
    {
        BEFORE_ALL_LAW,
        *(pack.starts_at for pack in PACKS),
        *(pack.verified_calls_from for pack in PACKS if pack.verified_calls_from),
    }
)


def find_pack(*, jurisdiction: Jurisdiction, at: datetime.datetime) -> Pack | None:
    """Find the pack in force at a moment; None before the first one. A pack ends where the next begins."""
    begun = [pack for pack in PACKS if pack.jurisdiction == jurisdiction and pack.starts_at <= at]
    return max(begun, key=lambda pack: pack.starts_at, default=None)


def law_holds_since(*, at: datetime.datetime) -> datetime.datetime:
    """Find the moment from which all law is as it is at this moment, wherever and on whatever channel."""
    return CHANGES_OF_LAW[bisect(CHANGES_OF_LAW, at) - 1]


@lru_cache(maxsize=256)
def next_change_of_law(
    *, jurisdiction: Jurisdiction, channel: str, at: datetime.datetime
) -> datetime.datetime | None:
    """Find the first moment after this one at which the law itself changes for a channel."""
    packs = sorted(
        (pack for pack in PACKS if pack.jurisdiction == jurisdiction), key=lambda pack: pack.starts_at
    )
    # A new pack that says the same about this channel changes nothing for it.
    moments = {
        pack.starts_at
        for before, pack in zip([None, *packs], packs, strict=False)
        if before is None or _said_of(before, channel) != _said_of(pack, channel)
    }
    if channel == "CALL":
        moments |= {pack.verified_calls_from for pack in packs if pack.verified_calls_from}
    return min((moment for moment in moments if moment > at), default=None)


def channels_changed(*, pack: Pack) -> set[str]:
    """Name the channels about which a pack says something else than the pack it follows."""
    before = find_pack(jurisdiction=pack.jurisdiction, at=pack.starts_at - datetime.timedelta.resolution)
    if before is None:
        return set(pack.tables)
    return {
        channel
        for channel in {*before.tables, *pack.tables}
        if _said_of(before, channel) != _said_of(pack, channel)
    }


def gives_ground(*, kind: Kind, sender: str) -> bool:
    """Say whether such a relation can be a ground for this kind of sender, anywhere, on any channel."""
    tables = (table for pack in PACKS for table in pack.tables.values())
    grounds = (ground for table in tables for ground in table if isinstance(ground, RelationGround))
    return any(ground.code and ground.kind == kind and sender in ground.senders for ground in grounds)


def _said_of(pack: Pack, channel: str) -> Pack:
    return dataclasses.replace(
        pack,
        code="",
        starts_at=PACKS[0].starts_at,
        tables={channel: pack.tables.get(channel, ())},
        gates={channel: pack.gates[channel]} if channel in pack.gates else {},
    )
