"""A journey from draft to end: checked and started, paused and resumed at will, ended for good."""

import datetime
import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
from scoring.domain.scores.statement import Whose
from scoring.models import Journey, JourneyRule, JourneyStage

State = Journey.State
COUNT: Any = (
    "WITH followed AS MATERIALIZED ({followed}) "
    "SELECT count(*) FILTER (WHERE {asked}), count(*) FROM customers_contact contact "
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


def find_doubts(*, journey: Journey, at: datetime.datetime) -> list[Doubt]:
    """Say which rules hold for nobody or for everybody now, with how many, and where no rule leads.

    Raises UnknownWordError, so ask `find_faults` first.
    """
    unreachable = [
        Doubt(
            key=f"{Doubts.UNREACHABLE}:{stage.pk}",
            sentence=_("No rule leads to “%(stage)s”: colleagues must put people there by hand.")
            % {"stage": stage.name},
        )
        for stage in find_unreachable(journey=journey)
    ]
    asking = [rule for rule in rules_of(journey=journey) if _asks_something(rule)]
    counted = [doubt for rule in asking if (doubt := _of_count(journey, rule, at)) is not None]
    return [*unreachable, *counted]


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
    held.state, held.turn_at, held.turn_after = State.RUNNING, None, None
    held.save(update_fields=["state", "turn_at", "turn_after"])


@transaction.atomic
def end_journey(*, journey: Journey, ended_at: datetime.datetime) -> None:
    """End a journey for good: nobody moves any more, and whoever is on it leaves it in the next minutes.

    Raises JourneyStateError.
    """
    held = _hold(journey, State.RUNNING, State.PAUSED)
    held.state, held.ended_at, held.turn_at, held.turn_after = State.ENDED, ended_at, None, None
    held.save(update_fields=["state", "ended_at", "turn_at", "turn_after"])


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
    if faults := find_faults(journey=journey):
        raise JourneyNotReadyError(faults)
    try:
        doubts = find_doubts(journey=journey, at=at)
    except DataError as error:
        raise JourneyNotReadyError([_("A rule compares with a number that is too large.")]) from error
    if left := [doubt for doubt in doubts if doubt.key not in confirmed]:
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


def _of_count(journey: Journey, rule: JourneyRule, at: datetime.datetime) -> Doubt | None:
    people, everybody = count_rule(journey=journey, rule=rule, at=at)
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


def count_rule(*, journey: Journey, rule: JourneyRule, at: datetime.datetime) -> tuple[int, int]:
    """Count for how many a rule holds now, whatever stage they are in, of all who may be followed.

    Raises UnknownWordError.
    """
    params = parameters_of(journey=journey, at=at)
    asked = compile_rule(rule=rule, key="r", params=params)
    gates = gates_of(journey=journey, now=at)
    followed = compile_gates(gates=gates, whose=Whose.EVERYBODY, params=params)
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(asked=asked, followed=followed), params)
        people, everybody = cursor.fetchone()
    return people, everybody
