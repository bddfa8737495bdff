"""From a condition to the SQL that says whether it holds: our own words; what was typed is a parameter."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from scoring.domain.rules.vocabulary import COMPARISONS, Column, Comparison, Rows, fields_of
from scoring.models import RuleCondition, ScoreRule

# Capitals make no difference; “C” folds the letters a to z, in a tenth of the time of a language's own rules.
FOLDED: Final = 'lower({} COLLATE "C")'
ASKED: Final[Mapping[str, str]] = {
    Comparison.IS: "{column} = {text}",
    Comparison.IS_NOT: "{column} = {text}",
    Comparison.CONTAINS: "position({text} in {column}) > 0",
    Comparison.STARTS_WITH: "starts_with({column}, {text})",
    Comparison.AT_LEAST: "{column} >= {number}",
    Comparison.AT_MOST: "{column} <= {number}",
    Comparison.KNOWN: "{column} IS NOT NULL AND {column}::text <> ''",
}
# What a rule without a condition asks.
ALWAYS: Final = "true"


class UnknownWordError(ValueError):
    """A condition asks what cannot be asked of what its rule looks at."""


def find_field(*, rule: ScoreRule, condition: RuleCondition) -> Column | Rows:
    """Give the field that a condition asks about; raises UnknownWordError where it cannot be asked here."""
    field = fields_of(looks_at=rule.looks_at).get(condition.field)
    if field is None or condition.comparison not in COMPARISONS[field.shape]:
        raise UnknownWordError(str(condition))
    return field


def compile_condition(*, rule: ScoreRule, condition: RuleCondition, key: str, params: dict[str, Any]) -> str:
    """Write one condition as SQL and add its parameters, named after `key`; raises UnknownWordError."""
    field = find_field(rule=rule, condition=condition)
    names = {name: f"{key}_{name}" for name in ("name", "text", "number")}
    values = {"name": condition.name, "text": condition.text, "number": condition.number}
    params |= {names[name]: value for name, value in values.items() if value not in (None, "")}
    asked = _ask(field, condition, names)
    if isinstance(field, Rows):
        rows = field.rows.replace("%(name)s", f"%({names['name']})s")
        asked = f"EXISTS (SELECT FROM {rows} AND {asked})"  # nosec B608
    return f"NOT coalesce({asked}, false)" if condition.comparison == Comparison.IS_NOT else asked


def compile_conditions(
    *, rule: ScoreRule, conditions: Iterable[RuleCondition], key: str, params: dict[str, Any]
) -> str:
    """Write what must be so of what a rule looks at for it to count; raises UnknownWordError."""
    asked = [
        f"({compile_condition(rule=rule, condition=one, key=f'{key}_{place}', params=params)})"
        for place, one in enumerate(conditions)
    ]
    if rule.window_days is not None:
        params[f"{key}_window"] = rule.window_days
        asked.insert(0, f"act.age < %({key}_window)s")
    return " AND ".join(asked) or ALWAYS


def _ask(field: Column | Rows, condition: RuleCondition, names: Mapping[str, str]) -> str:
    column = field.sql
    if condition.comparison in (Comparison.AT_LEAST, Comparison.AT_MOST):
        column = getattr(field, "number", "") or column
    elif condition.text:
        column = FOLDED.format(column)
    text = FOLDED.format(f"%({names['text']})s::text")
    return ASKED[condition.comparison].format(column=column, text=text, number=f"%({names['number']})s")
