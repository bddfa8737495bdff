"""A journey from draft to end: checked and started, paused and resumed at will, ended for good."""

import datetime
import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers.models import StaffMember
from scoring.domain.journeys.asking import compile_rule
from scoring.domain.journeys.checking import Sentence, find_faults, find_unreachable, name_rule
from scoring.domain.journeys.figures import FEWEST
from scoring.domain.journeys.gate import compile_gates, gates_of
from scoring.domain.journeys.stepping import parameters_of, rules_of
from scoring.domain.rules.conditions import UnknownWordError
from scoring.domain.scores.statement import Whose
from scoring.models import Journey, JourneyRule, JourneyStage

State = Journey.State
# One go through all people, however many rules there are.
COUNT: Any = (
    "WITH followed AS MATERIALIZED ({followed}) "
    "SELECT {asked} count(*) FROM customers_contact contact "
    "WHERE contact.organisation_id = %(organisation)s AND contact.erased_at IS NULL "
    "AND (contact.id IN (SELECT followed.id FROM followed)) IS TRUE"
)


class JourneyNotReadyError(ValueError):
    """Something must be mended before this journey can start; the sentences say what."""

    def __init__(self, faults: Sequence[Sentence]) -> None:
        super().__init__(" ".join(str(fault) for fault in faults))
        self.faults = list(faults)


class JourneyStateError(ValueError):
    """The journey is not in a state in which this can be done."""


class Doubts(enum.StrEnum):
    """Why somebody should look twice."""

    NOBODY = "NOBODY"
    EVERYBODY = "EVERYBODY"
    UNREACHABLE = "UNREACHABLE"


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """What may be meant, and may be a mistake; `key` is given back to say that it is meant."""

    key: str
    sentence: Sentence
    people: int = 0


class JourneyDoubtfulError(ValueError):
    """Nobody said yet that what looks like a mistake is meant."""

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        super().__init__(" ".join(str(doubt.sentence) for doubt in doubts))
        self.doubts = list(doubts)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What keeps a journey from starting, what may be a mistake, and for how many each rule holds now."""

    faults: list[Sentence] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    counted: dict[JourneyRule, tuple[int, int]] = field(default_factory=dict)


def look_over(*, journey: Journey, at: datetime.datetime) -> Look:
    """Look at a journey before it starts or goes on; its rules are counted once, together."""
    if faults := find_faults(journey=journey):
        return Look(faults=faults)
    rules = [rule for rule in rules_of(journey=journey) if _asks_something(rule)]
    try:
        with transaction.atomic():
            counted = count_rules(journey=journey, rules=rules, at=at)
    except DataError:
        return Look(faults=[_("A rule compares with a number that is too large.")])
    return Look(doubts=_find_doubts(journey, counted), counted=counted)


def find_doubts(*, journey: Journey, at: datetime.datetime) -> list[Doubt]:
    """Say which rules hold for nobody or for everybody now, with how many, and where no rule leads."""
    return look_over(journey=journey, at=at).doubts


def _find_doubts(journey: Journey, counted: Mapping[JourneyRule, tuple[int, int]]) -> list[Doubt]:
    unreachable = [
        Doubt(
            key=f"{Doubts.UNREACHABLE}:{stage.pk}",
            sentence=_("No rule leads to “%(stage)s”: colleagues must put people there by hand.")
            % {"stage": stage.name},
        )
        for stage in find_unreachable(journey=journey)
    ]
    found = [_of_count(rule, people, everybody) for rule, (people, everybody) in counted.items()]
    return [*unreachable, *(doubt for doubt in found if doubt is not None)]


@transaction.atomic
def start_journey(
    *,
    journey: Journey,
    started_by: StaffMember,
    started_at: datetime.datetime,
    confirmed: Collection[str] = (),
) -> None:
    """Start a draft: from now on people enter it and go on by its rules.

    `confirmed` are the keys of the doubts that are meant. Raises JourneyStateError, JourneyNotReadyError and
    JourneyDoubtfulError.
    """
    held = _hold(journey, State.DRAFT)
    _check(held, started_at, confirmed)
    held.state, held.started_at, held.started_by = State.RUNNING, started_at, started_by
    held.save(update_fields=["state", "started_at", "started_by"])


@transaction.atomic
def pause_journey(*, journey: Journey) -> None:
    """Stop for a while: nobody moves and nothing is done, but who may not be followed leaves as ever.

    Raises JourneyStateError.
    """
    held = _hold(journey, State.RUNNING)
    held.state = State.PAUSED
    held.save(update_fields=["state"])


@transaction.atomic
def resume_journey(
    *, journey: Journey, resumed_at: datetime.datetime, confirmed: Collection[str] = ()
) -> None:
    """Go on, with a new turn: the rules may have changed meanwhile, so they are looked at again.

    Raises JourneyStateError, JourneyNotReadyError and JourneyDoubtfulError.
    """
    held = _hold(journey, State.PAUSED)
    _check(held, resumed_at, confirmed)
    held.state, held.fault, held.turn_at, held.turn_after = State.RUNNING, "", None, None
    held.noted_from = None
    held.save(update_fields=["state", "fault", "turn_at", "turn_after", "noted_from"])


@transaction.atomic
def end_journey(*, journey: Journey, ended_at: datetime.datetime) -> None:
    """End a journey for good: nobody moves any more, and whoever is on it leaves it in the next minutes.

    Raises JourneyStateError.
    """
    held = _hold(journey, State.RUNNING, State.PAUSED)
    held.state, held.ended_at, held.fault = State.ENDED, ended_at, ""
    held.turn_at, held.turn_after = None, None
    held.save(update_fields=["state", "ended_at", "fault", "turn_at", "turn_after"])


def count_inside(*, journey: Journey) -> dict[str, int | None]:
    """Count who is in which stage, by its name: what ending a journey is about.

    Of a stage that shows figures only, a few and nobody alike are None.
    """
    inside = Count("members", filter=Q(members__left_at__isnull=True))
    stages = journey.stages.annotate(inside=inside).order_by("position", "pk")
    counted = {stage.name: None if _of_few(stage, stage.inside) else stage.inside for stage in stages}
    return {name: people for name, people in counted.items() if people != 0}


def _of_few(stage: JourneyStage, people: int) -> bool:
    return stage.figures_only and people < FEWEST


def _check(journey: Journey, at: datetime.datetime, confirmed: Collection[str]) -> None:
    look = look_over(journey=journey, at=at)
    if look.faults:
        raise JourneyNotReadyError(look.faults)
    if left := [doubt for doubt in look.doubts if doubt.key not in confirmed]:
        raise JourneyDoubtfulError(left)


def _hold(journey: Journey, *states: Journey.State) -> Journey:
    rows = Journey.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("legal_entity", "purpose", "organisation").get(pk=journey.pk)
    if held.state not in states:
        raise JourneyStateError(held.state)
    return held


def _asks_something(rule: JourneyRule) -> bool:
    """Only waiting is no question to people, but to let everybody in is."""
    asks = rule.segment_id or rule.score_model_id or rule.looks_at or rule.conditions
    return bool(asks) or rule.kind == JourneyRule.Kind.ENTER


@dataclass(frozen=True, kw_only=True)
class Holding:
    """For how many one rule holds now, of all who may be followed; one that only waits asks nothing."""

    people: int = 0
    everybody: int = 0
    waits_only: bool = False


def count_rule(*, rule: JourneyRule, at: datetime.datetime) -> Holding | None:
    """Count for how many one rule holds now, as it is saved; None where it asks what cannot be asked."""
    if not _asks_something(rule):
        return Holding(waits_only=True)
    try:
        with transaction.atomic():
            [(people, everybody)] = count_rules(journey=rule.journey, rules=[rule], at=at).values()
    except (UnknownWordError, DataError):
        return None
    return Holding(people=people, everybody=everybody)


def _of_count(rule: JourneyRule, people: int, everybody: int) -> Doubt | None:
    told = {"rule": name_rule(rule=rule), "number": people}
    if not people:
        sentence = _("%(rule)s: this holds for nobody now.") % told
        return Doubt(key=f"{Doubts.NOBODY}:{rule.pk}", sentence=sentence)
    if people < everybody:
        return None
    sentence = ngettext(
        "%(rule)s: this holds for everybody who may be followed, %(number)s person.",
        "%(rule)s: this holds for everybody who may be followed, %(number)s people.",
        people,
    )
    return Doubt(key=f"{Doubts.EVERYBODY}:{rule.pk}", sentence=sentence % told, people=people)


def count_rules(
    *, journey: Journey, rules: Sequence[JourneyRule], at: datetime.datetime
) -> dict[JourneyRule, tuple[int, int]]:
    """Count for how many each rule holds now, whatever stage they are in, of all who may be followed.

    Raises UnknownWordError, and DataError where the database cannot compare.
    """
    params = parameters_of(journey=journey, at=at)
    asked = [
        f"count(*) FILTER (WHERE {compile_rule(rule=rule, key=f'r{place}', params=params)}),"
        for place, rule in enumerate(rules)
    ]
    # As of whoever would come in: who works here is followed to the end of this journey, and counted nowhere.
    gates = [gate | {"gate_journey": None} for gate in gates_of(journey=journey, now=at)]
    followed = compile_gates(gates=gates, whose=Whose.EVERYBODY, params=params)
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(asked=" ".join(asked), followed=followed), params)
        *people, everybody = cursor.fetchone()
    return {rule: (number, everybody) for rule, number in zip(rules, people, strict=True)}
