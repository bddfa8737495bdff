"""A rule and an action of a journey as a sentence, so that anybody can read it."""

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from scoring.domain.journeys.asking import conditions_of
from scoring.domain.rules.wording import tell_condition
from scoring.models import JourneyAction, JourneyRule

Kind = JourneyRule.Kind
What = JourneyAction.What


def tell_journey_rule(*, rule: JourneyRule) -> str:
    """Write a rule as one sentence, in the language in force: who, under what, goes where.

    Raises UnknownWordError.
    """
    asked = [
        *_acts(rule),
        *_standing(rule),
        *(tell_condition(condition=one) for one in conditions_of(rule=rule)),
    ]
    who = (
        gettext("Who %(asked)s") % {"asked": get_text_list(asked, gettext("and"))}
        if asked
        else _anybody(rule)
    )
    return f"{who}{_from(rule)} {_goes(rule)}."


def tell_action(*, action: JourneyAction) -> str:
    """Write what is done for whoever is in a stage so long."""
    when = gettext("On arrival")
    if action.after_days:
        words = ngettext("After %(number)s day", "After %(number)s days", action.after_days)
        when = words % {"number": action.after_days}
    return f"{when}: {_done(action)}."


def _done(action: JourneyAction) -> str:
    if action.what == What.MESSAGE:
        return gettext("send “%(campaign)s”") % {"campaign": action.campaign}
    if action.what == What.PUT_IN:
        return gettext("put into the segment “%(segment)s”") % {"segment": action.segment}
    if action.what == What.TAKE_OUT:
        return gettext("take out of the segment “%(segment)s”") % {"segment": action.segment}
    whom = action.staff or action.department or gettext("everybody")
    said = gettext("task for %(whom)s: “%(words)s”") % {"whom": whom, "words": action.words}
    if action.due_days is None:
        return said
    words = ngettext(", within %(number)s day", ", within %(number)s days", action.due_days)
    return said + words % {"number": action.due_days}


def _anybody(rule: JourneyRule) -> str:
    return gettext("Everybody") if rule.kind == Kind.ENTER else gettext("Whoever is")


def _from(rule: JourneyRule) -> str:
    if rule.from_stage is None:
        return ""
    said = gettext(" in “%(stage)s”") % {"stage": rule.from_stage}
    if not rule.after_days:
        return said
    words = ngettext(" for %(number)s day", " for %(number)s days", rule.after_days)
    return said + words % {"number": rule.after_days}


def _goes(rule: JourneyRule) -> str:
    if rule.kind == Kind.ENTER:
        return gettext("comes in at “%(stage)s”") % {"stage": rule.to_stage}
    if rule.kind == Kind.ADVANCE:
        return gettext("goes on to “%(stage)s”") % {"stage": rule.to_stage}
    return gettext("leaves: %(outcome)s") % {"outcome": rule.get_outcome_display()}


def _acts(rule: JourneyRule) -> list[str]:
    if rule.looks_at in ("", "PERSON"):
        return []
    said = str(rule.get_looks_at_display())
    if rule.times > 1:
        said += gettext(" %(number)s times") % {"number": rule.times}
    if rule.within_days:
        words = ngettext(" within %(number)s day", " within %(number)s days", rule.within_days)
        said += words % {"number": rule.within_days}
    return [said]


def _standing(rule: JourneyRule) -> list[str]:
    said = []
    if rule.segment is not None:
        said.append(gettext("is in the segment “%(segment)s”") % {"segment": rule.segment})
    if rule.score_model is not None:
        words = {"model": rule.score_model, "compared": rule.get_comparison_display(), "points": rule.points}
        said.append(gettext("has a score “%(model)s” that %(compared)s %(points)s") % words)
    return said
