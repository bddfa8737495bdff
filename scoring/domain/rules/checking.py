"""What is wrong with rules before anybody is counted: they can never hold, or say the same twice."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from scoring.domain.rules.conditions import UnknownWordError, find_field
from scoring.domain.rules.vocabulary import Comparison
from scoring.models import RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule

NEVER = _("These conditions exclude each other: nobody can ever meet them.")
NOT_ASKED_HERE = _("This cannot be asked of what the rule looks at. Choose another condition.")
ONLY_WHAT_IS_KNOWN = _("A static model looks at what is known of people, not at what they do.")
TWICE = _("Another rule looks at the same, with the same conditions. Make them one.")
NO_RULES = _("There are no rules yet: nobody would get a point.")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What keeps a version from being published, and in which rule; None where it is about all of them."""

    sentence: StrPromise
    rule: ScoreRule | None = None


def find_faults(*, version: ScoreModelVersion) -> list[Fault]:
    """List what must be mended before a version can be published, in the order of its rules."""
    rules = list(version.rules.prefetch_related("conditions").order_by("position", "pk"))
    if not rules:
        return [Fault(sentence=NO_RULES)]
    found = [fault for rule in rules for fault in _faults_of(version.model, rule)]
    return [*found, *_said_twice(rules)]


def find_condition_fault(*, rule: ScoreRule, conditions: Sequence[RuleCondition]) -> StrPromise | None:
    """Say why a rule with these conditions cannot hold; None where it can."""
    try:
        for condition in conditions:
            find_field(rule=rule, condition=condition)
    except UnknownWordError:
        return NOT_ASKED_HERE
    pairs = itertools.combinations(conditions, 2)
    return NEVER if any(_exclude(one, other) for one, other in pairs) else None


def _faults_of(model: ScoreModel, rule: ScoreRule) -> list[Fault]:
    if model.kind == ScoreModel.Kind.STATIC and rule.looks_at != ScoreRule.LooksAt.PERSON:
        return [Fault(sentence=ONLY_WHAT_IS_KNOWN, rule=rule)]
    sentence = find_condition_fault(rule=rule, conditions=list(rule.conditions.all()))
    return [Fault(sentence=sentence, rule=rule)] if sentence else []


def _said_twice(rules: Sequence[ScoreRule]) -> list[Fault]:
    found, seen = [], set()
    for rule in rules:
        asked = frozenset(_asked(condition) for condition in rule.conditions.all())
        if (key := (rule.looks_at, rule.window_days, asked)) in seen:
            found.append(Fault(sentence=TWICE, rule=rule))
        seen.add(key)
    return found


def _asked(condition: RuleCondition) -> tuple[object, ...]:
    return condition.field, condition.name, condition.comparison, condition.text.lower(), condition.number


def _exclude(one: RuleCondition, other: RuleCondition) -> bool:
    if (one.field, one.name) != (other.field, other.name):
        return False
    return _apart(one, other) or _apart(other, one)


def _apart(one: RuleCondition, other: RuleCondition) -> bool:
    """Whether what the first says can never be so together with the second."""
    if one.number is not None and other.number is not None:
        lowest, highest = Comparison.AT_LEAST, Comparison.AT_MOST
        return (one.comparison, other.comparison) == (lowest, highest) and one.number > other.number
    if one.comparison != Comparison.IS:
        return False
    text, asked = one.text.lower(), other.text.lower()
    return {
        Comparison.IS.value: text != asked,
        Comparison.IS_NOT.value: text == asked,
        Comparison.CONTAINS.value: asked not in text,
        Comparison.STARTS_WITH.value: not text.startswith(asked),
    }.get(other.comparison, False)
