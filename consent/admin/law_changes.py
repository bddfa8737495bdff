"""The changes of law that a question can be put on either side of."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from consent.domain.law_ahead import JUST_BEFORE
from consent.domain.rulebook.pack import Pack
from consent.domain.rulebook.packs import PACKS

KEPT = ("legal_entity", "purpose", "channel", "product_group")


@dataclass(frozen=True, kw_only=True)
class LawChange:
    """One rule pack that followed another: its code, its first day, and the question asked around it."""

    code: str
    starts_at: datetime.datetime
    query: str


def law_changes(*, said: Mapping[str, str]) -> list[LawChange]:
    return [law_change(pack=pack, said=said) for pack in PACKS if _follows_another(pack)]


def _follows_another(pack: Pack) -> bool:
    return any(
        other.jurisdiction == pack.jurisdiction and other.starts_at < pack.starts_at for other in PACKS
    )


def law_change(*, pack: Pack, said: Mapping[str, str]) -> LawChange:
    """One change of law, and the question put around it."""
    before = pack.starts_at - JUST_BEFORE
    query = {
        **{name: said[name] for name in KEPT if said.get(name)},
        "at_date": f"{before:%Y-%m-%d}",
        "at_time": f"{before:%H:%M}",
        "then_date": f"{pack.starts_at:%Y-%m-%d}",
        "then_time": f"{pack.starts_at:%H:%M}",
    }
    return LawChange(code=pack.code, starts_at=pack.starts_at, query=urlencode(query))
