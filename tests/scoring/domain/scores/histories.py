"""Histories drawn at random, and their score by hand: in Python, without a line of the product's SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from scoring.models import ScoreModelVersion, ScoreRule
from tests.make import NOW
from tests.scoring.make_scores import score_rule

LooksAt = ScoreRule.LooksAt
KINDS = (LooksAt.PAGE_VISIT, LooksAt.SEARCH, LooksAt.FORM_SENT)
PAGES = ("/lampen/", "/meubels/", "")


@dataclass(frozen=True, kw_only=True)
class Done:
    """One act of somebody: what, about which page, and how many hours ago."""

    kind: LooksAt
    page: str
    hours_ago: int

    @property
    def at(self) -> datetime:
        return NOW - timedelta(hours=self.hours_ago)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, as it is drawn."""

    looks_at: LooksAt
    page: str
    points: int
    half_life_days: int | None
    window_days: int | None
    cap: int | None
    once: bool

    def make(self, version: ScoreModelVersion, position: int) -> ScoreRule:
        conditions = [("SUBJECT", "CONTAINS", self.page)] if self.page else []
        return score_rule(
            version=version,
            position=position,
            looks_at=self.looks_at,
            points=self.points,
            half_life_days=self.half_life_days,
            window_days=self.window_days,
            cap=self.cap,
            once=self.once,
            conditions=conditions,
        )


DONE = st.builds(
    Done,
    kind=st.sampled_from(KINDS),
    page=st.sampled_from(PAGES),
    hours_ago=st.integers(min_value=0, max_value=60 * 24),
)
DAYS = st.none() | st.integers(min_value=1, max_value=40)
RULE = st.builds(
    Rule,
    looks_at=st.sampled_from(KINDS),
    page=st.sampled_from(("", "lampen", "MEUBELS")),
    points=st.integers(min_value=-1000, max_value=1000).filter(bool),
    half_life_days=DAYS,
    window_days=DAYS,
    cap=st.none() | st.integers(min_value=1, max_value=1500),
    once=st.booleans(),
)
HISTORY = st.lists(DONE, max_size=8)
RULES = st.lists(RULE, min_size=1, max_size=4)


def score_by_hand(rules: Iterable[Rule], history: Sequence[Done], zone_offset: timedelta) -> Decimal | None:
    """Sum what each rule gives; None where nothing that was done is looked at."""
    given = [_given(rule, history, zone_offset) for rule in rules]
    found = [points for points in given if points is not None]
    return sum(found, Decimal(0)) if found else None


def _given(rule: Rule, history: Sequence[Done], zone_offset: timedelta) -> Decimal | None:
    ages = sorted(_age(done, zone_offset) for done in history if _looked_at(rule, done))
    ages = [age for age in ages if rule.window_days is None or age < rule.window_days]
    if not ages:
        return None
    worths = [_worth(rule, age) for age in (ages[:1] if rule.once else ages)]
    together = sum(worths, Decimal(0))
    if rule.cap is None or abs(together) <= rule.cap:
        return together
    return Decimal(rule.cap if rule.points > 0 else -rule.cap)


def _looked_at(rule: Rule, done: Done) -> bool:
    return done.kind == rule.looks_at and rule.page.lower() in done.page


def _age(done: Done, zone_offset: timedelta) -> int:
    return ((NOW + zone_offset).date() - (done.at + zone_offset).date()).days


def _worth(rule: Rule, age: int) -> Decimal:
    """Millionths, rounded as the database rounds: half to even, from the nearest binary fraction."""
    left = 1.0 if rule.half_life_days is None else 0.5 ** (age / rule.half_life_days)
    return Decimal(round(rule.points * 1_000_000 * left)) / 1_000_000
