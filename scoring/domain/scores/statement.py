"""One version of a score model as one SQL statement: the points of everybody, or of some."""

import datetime
import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from scoring.domain.profiling import PROFILED, gate_parameters
from scoring.domain.rules.conditions import compile_conditions
from scoring.domain.scores.acts import acts_looked_at, narrowed
from scoring.models import RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule

MILLION: Final = 1_000_000
MOST_HALVINGS: Final = 64
PERSONS: Final = """
SELECT contact.id AS contact_id, {columns} FROM customers_contact contact
WHERE contact.organisation_id = %(organisation)s AND contact.erased_at IS NULL /* whose contact.id */
"""
NOBODY: Final = "SELECT NULL::uuid AS contact_id, NULL::bigint AS micropoints WHERE false"


class Whose(enum.StrEnum):
    """Which contacts a count is about, as it narrows the column that names them."""

    EVERYBODY = ""
    RANGE = "AND {column} > %(after)s::uuid AND {column} <= %(last)s::uuid"
    SOME = "AND {column} = ANY(%(contacts)s::uuid[])"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """SQL with its parameters."""

    sql: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """One rule with its conditions, the SQL of both, and its place among the columns."""

    rule: ScoreRule
    key: str
    holds: str

    @property
    def is_of_a_person(self) -> bool:
        return self.rule.looks_at == ScoreRule.LooksAt.PERSON

    @property
    def worth(self) -> str:
        """Millionths of points that one act gives: whole numbers, so that no order of adding matters."""
        if self.rule.half_life_days is None:
            return str(self.rule.points * MILLION)
        # After so many half-lives nothing is left of the most points; PostgreSQL refuses smaller numbers.
        halved = f"least(act.age / {self.rule.half_life_days}::float8, {MOST_HALVINGS})"
        left = f"power(0.5::float8, {halved})"
        # What happens later on the day, where a clock runs ahead, is not worth more than today.
        return f"round({self.rule.points * MILLION}::float8 * least({left}, 1))::int"

    @property
    def column(self) -> str:
        """What all acts of one person together give, none of them where there is nothing."""
        worth = f"CASE WHEN {self.holds} THEN {self.worth} END"
        if self.is_of_a_person:
            return worth
        most = "max" if self.rule.points > 0 else "min"
        together = f"{most if self.rule.once else 'sum'}({worth})"
        return together if self.rule.cap is None else self._capped(together, self.rule.cap * MILLION)

    def _capped(self, together: str, cap: int) -> str:
        """Nothing stays nothing: it is neither more nor less than the most."""
        beyond, most = (">", cap) if self.rule.points > 0 else ("<", -cap)
        return f"CASE WHEN {together} {beyond} {most} THEN {most} ELSE {together} END"


def compile_points(
    *, version: ScoreModelVersion, day: datetime.date, now: datetime.datetime, whose: Whose
) -> Statement:
    """Write the statement that gives the points of people: `contact_id` and `micropoints`, by the gate.

    Only who may be profiled is in it, and only who did or is something that a rule looks at. Raises
    UnknownWordError.
    """
    params = parameters_of(model=version.model, day=day, now=now)
    ruled = compile_rules(version=version, params=params)
    if not ruled:
        return Statement(sql=NOBODY)
    sums = sums_of(ruled=ruled, whose=whose, params=params)
    given = ", ".join(one.key for one in ruled)
    total = " + ".join(f"coalesce({one.key}, 0)" for one in ruled)
    gate = profiled(column="summed.contact_id", whose=whose)
    sql = (
        f"SELECT contact_id, ({total})::bigint AS micropoints FROM ({sums}) summed "  # noqa: S608 # nosec B608
        f"WHERE coalesce({given}) IS NOT NULL AND {gate}"
    )
    return Statement(sql=sql, params=params)


def compile_rules(*, version: ScoreModelVersion, params: dict[str, Any]) -> list[Ruled]:
    """Write the conditions of all rules of a version, in their order; adds what was typed to `params`."""
    rules = version.rules.prefetch_related("conditions").order_by("position", "pk")
    return [_ruled(place, rule, list(rule.conditions.all()), params) for place, rule in enumerate(rules)]


def profiled(*, column: str, whose: Whose) -> str:
    """Write the gate for a column of contacts; it looks at no more people than the count is about."""
    return narrowed(sql=PROFILED.format(column=column), whose=whose)


def parameters_of(*, model: ScoreModel, day: datetime.date, now: datetime.datetime) -> dict[str, Any]:
    """Name what every statement about a model and a day is about; who may be profiled is asked as of now."""
    zone = model.legal_entity.time_zone
    until = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), ZoneInfo(zone))
    about = {
        "organisation": model.organisation_id,
        "legal_entity": model.legal_entity_id,
        "zone": zone,
        "day": day,
        "until": until,
    }
    gate = gate_parameters(legal_entity=model.legal_entity, rests_on=model.rests_on, now=now)
    return about | gate


def _ruled(place: int, rule: ScoreRule, conditions: Sequence[RuleCondition], params: dict[str, Any]) -> Ruled:
    key = f"r{place}"
    holds = compile_conditions(rule=rule, conditions=sorted(conditions, key=_by_key), key=key, params=params)
    return Ruled(rule=rule, key=key, holds=holds)


def _by_key(condition: RuleCondition) -> int:
    return condition.pk or 0


def sums_of(*, ruled: Sequence[Ruled], whose: Whose, params: dict[str, Any]) -> str:
    """A row for each person with what every rule gives: what they did beside what they are."""
    acted = [one for one in ruled if not one.is_of_a_person]
    known = [one for one in ruled if one.is_of_a_person]
    parts = []
    if acted:
        params["kinds"] = sorted({one.rule.looks_at for one in acted})
        acts = acts_looked_at(kinds=params["kinds"], whose=whose)
        parts.append(f"SELECT contact_id, {_columns(acted)} FROM ({acts}) act GROUP BY contact_id")  # noqa: S608 # nosec B608
    if known:
        parts.append(narrowed(sql=PERSONS.format(columns=_columns(known)), whose=whose))
    if len(parts) == 1:
        return parts[0]
    return f"SELECT * FROM ({parts[0]}) acted FULL JOIN ({parts[1]}) known USING (contact_id)"  # noqa: S608 # nosec B608


def _columns(ruled: Sequence[Ruled]) -> str:
    return ", ".join(f"{one.column} AS {one.key}" for one in ruled)
