"""What a rule of a journey asks of a person, as SQL: segment, score, and what they are or did."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError

from scoring.domain.rules.conditions import UnknownWordError, compile_conditions
from scoring.domain.scores.acts import acts_looked_at
from scoring.models import JourneyRule, RuleCondition, ScoreRule

WORDS: Final = frozenset({"field", "name", "comparison", "text", "number"})
OF_ONE: Final = "AND {column} = contact.id"
# Looked up for each person by itself, never put together for everybody: a turn asks about a few thousand at a
# time, and whoever has no such row has none to compare.
IN_BAND: Final = (
    "(SELECT band.code FROM scoring_score score JOIN scoring_band band ON band.id = score.band_id "
    "WHERE score.model_id = %({key}_model)s AND score.contact_id = contact.id) = %({key}_band)s"
)
PUT_IN: Final = (
    "(SELECT true FROM scoring_segmentmember put WHERE put.segment_id = %({key}_segment)s "
    "AND put.contact_id = contact.id)"
)
SCORED: Final = (
    "(SELECT score.points FROM scoring_score score WHERE score.model_id = %({key}_scored)s "
    "AND score.contact_id = contact.id) {sign} %({key}_points)s"
)
ACTED: Final = "(SELECT count(*) FROM ({acts}) act WHERE {holds}{since}) >= %({key}_times)s"
ACTED_ONCE: Final = "(SELECT true FROM ({acts}) act WHERE {holds}{since} LIMIT 1)"
# Of whoever a colleague put in their stage by hand only what they did after it.
SINCE_PUT: Final = " AND (here.put_at IS NULL OR act.occurred_at > here.put_at)"
SIGNS: Final = {JourneyRule.Comparison.REACHES.value: ">=", JourneyRule.Comparison.FALLS.value: "<="}


def compile_rule(*, rule: JourneyRule, key: str, params: dict[str, Any], since: str = "") -> str:
    """Write what a rule asks of the row `contact`, and add its parameters, named after `key`.

    All it asks must hold; what asks nothing holds for everybody. `since` narrows the acts that count. Raises
    UnknownWordError.
    """
    acted = _acts_or_person(rule, key, params, since)
    asked = [*_segment(rule, key, params), *_score(rule, key, params), *acted]
    return " AND ".join(asked) or "true"


def conditions_of(*, rule: JourneyRule) -> list[RuleCondition]:
    """Read the conditions of a rule in the words of score rules; raises UnknownWordError."""
    if not isinstance(rule.conditions, list):
        raise UnknownWordError(str(rule.pk))
    return [_condition(rule, one) for one in rule.conditions]


def looks_at_acts(*, rule: JourneyRule) -> bool:
    """Say whether a rule asks what people did, and not only what they are."""
    return rule.looks_at not in {"", ScoreRule.LooksAt.PERSON}


def score_rule_of(*, rule: JourneyRule) -> ScoreRule:
    """Put what a rule looks at in the form in which its conditions are checked, compiled and told."""
    return ScoreRule(looks_at=rule.looks_at or ScoreRule.LooksAt.PERSON, window_days=rule.within_days)


def _condition(rule: JourneyRule, said: Any) -> RuleCondition:
    if not isinstance(said, dict) or not said.keys() <= WORDS:
        raise UnknownWordError(str(rule.pk))
    try:
        number = said.get("number")
        known = {word: str(said.get(word) or "") for word in WORDS - {"number"}}
        condition = RuleCondition(**known, number=None if number in (None, "") else Decimal(str(number)))
        condition.clean_fields(exclude={"rule"})
        condition.validate_constraints(exclude={"rule"})
    except (ValidationError, InvalidOperation) as error:
        raise UnknownWordError(str(rule.pk)) from error
    return condition


def _segment(rule: JourneyRule, key: str, params: dict[str, Any]) -> Iterator[str]:
    """A band of a model decides at this moment, or who was put in."""
    segment = rule.segment
    if segment is None:
        return
    if segment.model_id is None:
        params[f"{key}_segment"] = segment.pk
        yield PUT_IN.format(key=key)
    else:
        params |= {f"{key}_model": segment.model_id, f"{key}_band": segment.band_code}
        yield IN_BAND.format(key=key)


def _score(rule: JourneyRule, key: str, params: dict[str, Any]) -> Iterator[str]:
    if rule.score_model_id is not None:
        params |= {f"{key}_scored": rule.score_model_id, f"{key}_points": rule.points}
        yield SCORED.format(key=key, sign=SIGNS[rule.comparison])


def _acts_or_person(rule: JourneyRule, key: str, params: dict[str, Any], since: str) -> Iterator[str]:
    asks = score_rule_of(rule=rule)
    conditions = conditions_of(rule=rule)
    if not rule.looks_at and not conditions:
        return
    holds = compile_conditions(rule=asks, conditions=conditions, key=key, params=params)
    if asks.looks_at == ScoreRule.LooksAt.PERSON:
        yield f"({holds})"
        return
    params |= {f"{key}_kinds": [asks.looks_at], f"{key}_times": rule.times}
    acts = acts_looked_at(kinds=[asks.looks_at], whose=OF_ONE).replace("%(kinds)s", f"%({key}_kinds)s")
    acted = ACTED_ONCE if rule.times == 1 else ACTED
    yield acted.format(acts=acts, holds=holds, key=key, since=since)
