"""One version of a score model as one SQL statement: the points of everybody, or of some."""

import datetime
import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from scoring.domain.profiling import LET_IN, PROFILED, gate_parameters
from scoring.domain.rules.conditions import ALWAYS, compile_conditions
from scoring.domain.scores.acts import DAYS, acts_looked_at, midnights, narrowed
from scoring.models import RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule

MILLION: Final = 1_000_000
MOST_HALVINGS: Final = 64
PERSONS: Final = """
SELECT contact.id AS contact_id, {columns} FROM customers_contact contact
WHERE contact.organisation_id = %(organisation)s AND contact.erased_at IS NULL /* whose contact.id */
"""
# The gate is asked by itself, once about all these people.
COUNTED: Final = """
WITH let_in AS MATERIALIZED ({let_in})
SELECT contact_id, ({given})::bigint AS micropoints
FROM ({points}) summed JOIN let_in ON let_in.id = summed.contact_id
"""
# What is asked of an act, its age above all, is worked out once, however many rules look at it.
SUMMED: Final = """
SELECT contact_id, {columns} FROM ({acts} OFFSET 0) act WHERE {asked} GROUP BY contact_id
"""
BEING: Final = """
SELECT contact_id, {together} AS known FROM ({people} OFFSET 0) person WHERE coalesce({keys}) IS NOT NULL
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
    kind: str
    meets: str

    @property
    def is_of_a_person(self) -> bool:
        return self.rule.looks_at == ScoreRule.LooksAt.PERSON

    @property
    def is_only_added(self) -> bool:
        """Whether each act that meets it adds its own worth, whatever others do."""
        return not (self.is_of_a_person or self.rule.once or self.rule.cap is not None)

    @property
    def holds(self) -> str:
        return self.meets if self.is_of_a_person else f"act.kind = {self.kind} AND {self.meets}"

    @property
    def worth(self) -> str:
        """Millionths of points that one act gives: whole numbers, so that no order of adding matters.

        A binary fraction holds them exactly up to nine thousand million points, and adds them the quickest.
        """
        if self.rule.half_life_days is None:
            return f"{self.rule.points * MILLION}::float8"
        # After so many half-lives nothing is left of the most points; PostgreSQL refuses smaller numbers.
        halved = f"least(act.age / {self.rule.half_life_days}::float8, {MOST_HALVINGS})"
        return f"round({self.rule.points * MILLION}::float8 * power(0.5::float8, {halved}))"

    @property
    def worth_if_met(self) -> str:
        """What an act of the kind it looks at adds."""
        return self.worth if self.meets == ALWAYS else f"CASE WHEN {self.meets} THEN {self.worth} ELSE 0 END"

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
    # The gate is asked by itself, about all these people at once.
    points = _points(ruled=ruled, whose=whose, params=params)
    acted, known = divide(ruled)
    given = " + ".join(
        [*(["coalesce(acted, 0)"] if acted else []), *(["coalesce(known, 0)"] if known else [])]
    )
    let_in = narrowed(sql=LET_IN, whose=whose)
    return Statement(sql=COUNTED.format(let_in=let_in, points=points, given=given), params=params)


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
        "midnights": midnights(day=day, zone=zone),
        "days": DAYS,
    }
    gate = gate_parameters(legal_entity=model.legal_entity, rests_on=model.rests_on, now=now)
    return about | gate


def _ruled(place: int, rule: ScoreRule, conditions: Sequence[RuleCondition], params: dict[str, Any]) -> Ruled:
    key = f"r{place}"
    meets = compile_conditions(rule=rule, conditions=sorted(conditions, key=_by_key), key=key, params=params)
    params[f"{key}_kind"] = rule.looks_at
    return Ruled(rule=rule, key=key, kind=f"%({key}_kind)s", meets=meets)


def _by_key(condition: RuleCondition) -> int:
    return condition.pk or 0


def sums_of(*, ruled: Sequence[Ruled], whose: Whose, params: dict[str, Any]) -> str:
    """A row for each person with what every rule gives: what they did beside what they are."""
    acted, known = divide(ruled)
    parts = []
    if acted:
        parts.append(_summed(acted, columns=_columns(acted), asked=ALWAYS, whose=whose, params=params))
    if known:
        parts.append(narrowed(sql=PERSONS.format(columns=_columns(known)), whose=whose))
    return _beside(parts)


def divide(ruled: Sequence[Ruled]) -> tuple[list[Ruled], list[Ruled]]:
    """The rules that look at acts, and those that look at what somebody is."""
    acted = [one for one in ruled if not one.is_of_a_person]
    return acted, [one for one in ruled if one.is_of_a_person]


def _columns(ruled: Sequence[Ruled]) -> str:
    return ", ".join(f"{one.column} AS {one.key}" for one in ruled)


def _points(*, ruled: Sequence[Ruled], whose: Whose, params: dict[str, Any]) -> str:
    """A row for each person with what all rules give together; none where no rule holds."""
    acted, known = divide(ruled)
    parts = []
    if acted:
        together = f"{' + '.join(_together(acted))} AS acted"
        parts.append(_summed(acted, columns=together, asked=_any_holds(acted), whose=whose, params=params))
    if known:
        keys = [one.key for one in known]
        people = narrowed(sql=PERSONS.format(columns=_columns(known)), whose=whose)
        together = " + ".join(f"coalesce({key}, 0)" for key in keys)
        parts.append(BEING.format(together=together, people=people, keys=", ".join(keys)))
    return _beside(parts)


def _together(acted: Sequence[Ruled]) -> Iterator[str]:
    """Rules that only add are one sum: each act is looked at by those for its kind alone."""
    added = [one for one in acted if one.is_only_added]
    if added:
        cases = " ".join(
            f"WHEN {kind} THEN {' + '.join(one.worth_if_met for one in ruled)}"
            for kind, ruled in _by_kind(added).items()
        )
        yield f"coalesce(sum(CASE act.kind {cases} END), 0)"
    yield from (f"coalesce({one.column}, 0)" for one in acted if not one.is_only_added)


def _any_holds(acted: Sequence[Ruled]) -> str:
    """Whether any rule holds for an act; of a kind that a rule looks at without more it need not be asked."""
    asked = {
        kind: [one.meets for one in ruled]
        for kind, ruled in _by_kind(acted).items()
        if all(one.meets != ALWAYS for one in ruled)
    }
    cases = " ".join(f"WHEN {kind} THEN {' OR '.join(meets)}" for kind, meets in asked.items())
    return f"CASE act.kind {cases} ELSE true END" if cases else ALWAYS


def _by_kind(ruled: Sequence[Ruled]) -> dict[str, list[Ruled]]:
    """The rules that look at each kind of act, by the parameter that names it."""
    found: dict[str, list[Ruled]] = {}
    for one in ruled:
        found.setdefault(one.rule.looks_at, []).append(one)
    return {rules[0].kind: rules for rules in found.values()}


def _summed(acted: Sequence[Ruled], *, columns: str, asked: str, whose: Whose, params: dict[str, Any]) -> str:
    params["kinds"] = sorted({one.rule.looks_at for one in acted})
    acts = acts_looked_at(kinds=params["kinds"], whose=whose, columns=_columns_in(columns + asked))
    return SUMMED.format(columns=columns, acts=acts, asked=asked)


def _columns_in(sql: str) -> list[str]:
    """The columns of acts that are asked for."""
    return ["contact_id", *sorted(set(re.findall(r"\bact\.(\w+)", sql)))]


def _beside(parts: Sequence[str]) -> str:
    """What people did beside what they are."""
    if len(parts) == 1:
        return parts[0]
    return f"SELECT * FROM ({parts[0]}) acting FULL JOIN ({parts[1]}) being USING (contact_id)"  # noqa: S608 # nosec B608
