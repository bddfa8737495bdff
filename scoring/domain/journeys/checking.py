"""What is wrong with a journey before anybody goes it, in sentences that say where."""

import graphlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.models import Channel, Purpose
from customers.models import StaffMember
from scoring.domain.journeys.asking import conditions_of, score_rule_of
from scoring.domain.journeys.colleagues import find_doers
from scoring.domain.profiling import PROFILING
from scoring.domain.rules.checking import find_condition_fault
from scoring.domain.rules.conditions import UnknownWordError
from scoring.models import Campaign, Journey, JourneyAction, JourneyRule, JourneyStage

Sentence = StrPromise | str
What = JourneyAction.What


def find_faults(*, journey: Journey) -> list[Sentence]:
    """Say what must be mended before a journey can start; nothing where it may."""
    stages = list(journey.stages.order_by("position", "pk"))
    if not stages:
        return [_("There are no stages yet: add the first.")]
    rules = list(journey.rules.select_related("from_stage", "to_stage", "segment", "score_model"))
    actions = list(
        JourneyAction.objects.filter(stage__in=stages).select_related("stage", "campaign", "segment")
    )
    doers = list(find_doers(legal_entity=journey.legal_entity))
    return [
        *_of_gates(journey),
        *(fault for rule in rules for fault in _of_rule(journey, rule)),
        *_said_twice(rules),
        *_of_loops(rules),
        *(fault for action in actions for fault in _of_action(journey, action)),
        *(fault for action in actions for fault in _of_doers(action, doers)),
        *_of_loops_between(journey),
    ]


def find_unreachable(*, journey: Journey) -> list[JourneyStage]:
    """List the stages that nobody gets to by a rule; in the first, colleagues put people by hand."""
    stages = list(journey.stages.order_by("position", "pk"))
    rules = list(journey.rules.select_related("to_stage"))
    reached = {rule.to_stage_id for rule in rules if rule.kind == JourneyRule.Kind.ENTER}
    reached |= {stage.pk for stage in stages[:1]}
    while new := {rule.to_stage_id for rule in rules if rule.from_stage_id in reached} - reached - {None}:
        reached |= new
    return [stage for stage in stages if stage.pk not in reached]


def _of_gates(journey: Journey) -> Iterator[Sentence]:
    for code, sentence in (
        (
            journey.purpose.code,
            _(
                "Nobody can permit or object to being followed for “%(purpose)s”: let this purpose, for this "
                "legal entity, cover processing without contact."
            ),
        ),
        (
            PROFILING,
            _(
                "A journey follows people, which is profiling: add a purpose with the code “%(purpose)s” for "
                "this legal entity first, so that people can object to it."
            ),
        ),
    ):
        if not _covers_following(journey, code):
            yield sentence % {"purpose": code}


def _covers_following(journey: Journey, code: str) -> bool:
    purposes = Purpose.objects.filter(organisation=journey.organisation_id, code=code)
    return purposes.filter(legal_entities=journey.legal_entity_id, channels__contains=[Channel.NONE]).exists()


def _of_rule(journey: Journey, rule: JourneyRule) -> Iterator[Sentence]:
    told = {"rule": name_rule(rule=rule)}
    stages = [stage for stage in (rule.from_stage, rule.to_stage) if stage is not None]
    others = [one for one in (rule.segment, rule.score_model) if one is not None]
    if any(stage.journey_id != journey.pk for stage in stages):
        yield _("%(rule)s: it names a stage of another journey.") % told
    if any(one.legal_entity_id != journey.legal_entity_id for one in others):
        yield _("%(rule)s: its segment or score is of another legal entity.") % told
    if _leads_employees_out(rule):
        yield (
            _("%(rule)s: who works here is looked at in no other stage. Let a colleague note that they left.")
            % told
        )
    if rule.from_stage is not None and rule.from_stage.figures_only and _looks(rule):
        yield (
            _(
                "%(rule)s: nobody is looked at by themselves in a stage that shows figures only. Let people "
                "leave it after some days, or by hand."
            )
            % told
        )
    try:
        fault = find_condition_fault(rule=score_rule_of(rule=rule), conditions=conditions_of(rule=rule))
    except UnknownWordError:
        fault = _("It asks something that cannot be asked. Choose the conditions again.")
    if fault:
        yield f"{told['rule']}: {fault}"


def _leads_employees_out(rule: JourneyRule) -> bool:
    if rule.from_stage is None or rule.to_stage is None:
        return False
    return rule.from_stage.figures_only and not rule.to_stage.figures_only


def _looks(rule: JourneyRule) -> bool:
    return bool(rule.segment_id or rule.score_model_id or rule.looks_at or rule.conditions)


def name_rule(*, rule: JourneyRule) -> str:
    """Name a rule by where it leads."""
    before = rule.from_stage.name if rule.from_stage else _("outside")
    after = rule.to_stage.name if rule.to_stage else _("outside")
    return _("From “%(before)s” to “%(after)s”") % {"before": before, "after": after}


def _said_twice(rules: list[JourneyRule]) -> Iterator[Sentence]:
    """Two that ask the same of the same people: the second never has its turn."""
    for one, other in itertools.combinations(rules, 2):
        if one.from_stage_id == other.from_stage_id and _asked(one) == _asked(other):
            yield _("%(one)s and %(other)s ask the same of the same people, so one of them never counts.") % {
                "one": name_rule(rule=one),
                "other": name_rule(rule=other),
            }


def _asked(rule: JourneyRule) -> tuple[Any, ...]:
    asked = sorted(str(sorted(one.items())) for one in rule.conditions if isinstance(one, dict))
    score = (rule.score_model_id, rule.comparison, rule.points)
    return rule.after_days, rule.segment_id, score, rule.looks_at, rule.within_days, rule.times, asked


def _of_loops(rules: list[JourneyRule]) -> Iterator[Sentence]:
    """Round and round without a day passing; a circle in which people wait somewhere is allowed."""
    sorter: graphlib.TopologicalSorter[JourneyStage] = graphlib.TopologicalSorter()
    for rule in rules:
        if rule.from_stage and rule.to_stage and not rule.after_days:
            sorter.add(rule.to_stage, rule.from_stage)
    if circle := _circle(sorter):
        yield _(
            "People would go round without time passing: %(stages)s. Let one of these rules wait for a day "
            "or more."
        ) % {"stages": circle}


def _of_loops_between(journey: Journey) -> Iterator[Sentence]:
    """One journey puts people in the segment that lets them into another, and that one sends them back."""
    if journey.again_after_days is None:
        return
    circling = Journey.objects.filter(
        legal_entity=journey.legal_entity_id, again_after_days__isnull=False
    ).exclude(state=Journey.State.ENDED)
    enters = JourneyRule.objects.filter(kind=JourneyRule.Kind.ENTER, segment__isnull=False)
    ways = enters.filter(journey__in=circling).select_related("journey")
    puts = JourneyAction.objects.filter(what=What.PUT_IN, stage__journey__in=circling)
    sources = list(puts.select_related("stage__journey"))
    # By their keys: two journeys may have one name.
    sorter: graphlib.TopologicalSorter[Journey] = graphlib.TopologicalSorter()
    for way in ways:
        for put in sources:
            if put.segment_id == way.segment_id:
                sorter.add(way.journey, put.stage.journey)
    if circle := _circle(sorter):
        yield _(
            "People would go round between these journeys for ever: %(journeys)s. Let nobody enter one of "
            "them again."
        ) % {"journeys": circle}


def _circle(sorter: "graphlib.TopologicalSorter[Any]") -> str:
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        return " → ".join(str(one) for one in error.args[1])
    return ""


def _of_action(journey: Journey, action: JourneyAction) -> Iterator[Sentence]:
    told = {"stage": action.stage.name}
    campaign, segment = action.campaign, action.segment
    if campaign is not None and campaign.legal_entity_id != journey.legal_entity_id:
        yield _("“%(stage)s”: its message is of another legal entity.") % told
    if campaign is not None and campaign.begins != Campaign.Begins.JOURNEY:
        yield _("“%(stage)s”: its message does not go when a journey says so.") % told
    if campaign is not None and campaign.state != Campaign.State.RUNNING:
        yield _("“%(stage)s”: start its message first.") % told
    if segment is not None and segment.legal_entity_id != journey.legal_entity_id:
        yield _("“%(stage)s”: its segment is of another legal entity.") % told
    if segment is not None and segment.model_id is not None:
        yield _("“%(stage)s”: a score decides who is in its segment, so nobody can be put in.") % told
    if action.stage.figures_only:
        yield (
            _(
                "“%(stage)s”: this stage shows figures only, and a message, a task or a segment would show "
                "who is in it. Take this away."
            )
            % told
        )


def _of_doers(action: JourneyAction, doers: Sequence[StaffMember]) -> Iterator[Sentence]:
    """A task is seen by its colleague, or else by those of its department, or by everybody."""
    if action.what != What.TASK or any(_is_for(action, one) for one in doers):
        return
    yield _(
        "“%(stage)s”: nobody would see its task “%(words)s”. Choose a colleague, or a department with a "
        "colleague, who works with journeys of this legal entity."
    ) % {"stage": action.stage.name, "words": action.words}


def _is_for(action: JourneyAction, staff: StaffMember) -> bool:
    if action.staff_id:
        return action.staff_id == staff.pk
    return action.department_id in (None, staff.department_id)
