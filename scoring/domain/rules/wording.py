"""A rule as a sentence, so that who reads it needs to know nothing of how it is kept."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from scoring.domain.rules.vocabulary import Comparison, Field
from scoring.models import RuleCondition, ScoreRule


def tell_rule(*, rule: ScoreRule) -> str:
    """Write a rule as one sentence, in the language in force."""
    conditions = [
        tell_condition(condition=one) for one in sorted(rule.conditions.all(), key=lambda one: one.pk)
    ]
    who = gettext("When somebody %(does)s") % {"does": rule.get_looks_at_display()}
    if conditions:
        who += gettext(" and %(conditions)s") % {"conditions": get_text_list(conditions, gettext("and"))}
    return f"{who}: {_points(rule)}{_limits(rule)}."


def tell_condition(*, condition: RuleCondition) -> str:
    """Write a condition in words: what, how compared, with what."""
    what = str(condition.get_field_display())
    if condition.field == Field.ATTRIBUTE:
        what = gettext("the attribute “%(name)s”") % {"name": condition.name}
    value = f"“{condition.text}”" if condition.text else _number(condition.number)
    words = f"{what} {condition.get_comparison_display()}"
    return words if condition.comparison == Comparison.KNOWN else f"{words} {value}"


def _points(rule: ScoreRule) -> str:
    number = abs(rule.points)
    if rule.points > 0:
        return ngettext("they get %(number)s point", "they get %(number)s points", number) % {
            "number": number
        }
    return ngettext("they lose %(number)s point", "they lose %(number)s points", number) % {"number": number}


def _limits(rule: ScoreRule) -> str:
    limits = [
        (rule.once, gettext(", only once")),
        (rule.half_life_days, gettext(", that halve every %(number)s days")),
        (rule.window_days, gettext(", that count for %(number)s days")),
        (rule.cap, gettext(", at most %(number)s together")),
    ]
    return "".join(words % {"number": value} if "%(" in words else words for value, words in limits if value)


def _number(number: Decimal | None) -> str:
    return "" if number is None else number_format(number.normalize(), use_l10n=True)
