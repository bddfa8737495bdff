"""The turns of a journey: everybody who may make a step is come to once, and makes one at most.

The first turn of a day comes to everybody, range by range; the others to whom something changed about since.
How far a turn came stands with the journey and is written with the steps: a worker that is killed, or two
that race, let nobody go twice. A turn has one moment, so that it makes no difference in which range
somebody is.
"""

import datetime
import logging
from collections.abc import Iterator
from typing import Final

from django.db import DataError, transaction
from django.db.models import Exists, OuterRef, Q

from scoring.domain.journeys.acting import act_for_some
from scoring.domain.journeys.noticing import forget_notes, notice, set_mark
from scoring.domain.journeys.stepping import step_noticed, step_range
from scoring.domain.journeys.stopping import empty_some
from scoring.domain.rules.conditions import UnknownWordError
from scoring.domain.scores.rescoring import FIRST, next_range
from scoring.models import Journey, JourneyMember

logger = logging.getLogger(__name__)
# So few that whoever is held is not held for long.
PEOPLE_AT_ONCE: Final = 5_000
TURN_EVERY: Final = datetime.timedelta(minutes=1)
TURNED: Final = ("turned_at", "turn_at", "turn_after", "noted_from", "asked")
RELATED: Final = ("legal_entity", "purpose", "organisation")


def take_turns(*, now: datetime.datetime, after: str = "") -> Iterator[tuple[str, int]]:
    """Bring each journey one part on, and yield which, and for how many people something was done.

    A range in which nobody moved counts as one, so that a turn is gone through to its end. The journey that
    comes after the one with the key `after` is first.
    """
    forget_notes()
    inside = JourneyMember.objects.filter(journey=OuterRef("pk"), left_at__isnull=True)
    emptied = [Journey.State.PAUSED, Journey.State.ENDED]
    at_work = Q(state=Journey.State.RUNNING) | Q(Exists(inside), state__in=emptied)
    found = list(Journey.objects.filter(at_work).order_by("started_at", "pk").values_list("pk", flat=True))
    place = next((place for place, key in enumerate(found, start=1) if str(key) == after), 0)
    for key in [*found[place:], *found[:place]]:
        yield str(key), _bring_on(Journey(pk=key), now)


def _bring_on(journey: Journey, now: datetime.datetime) -> int:
    """What goes wrong with one holds up no other; the words of an error may hold what is known of people."""
    try:
        return bring_on(journey=journey, now=now)
    except (UnknownWordError, DataError):
        logger.error("Journey %s is paused: its rules cannot be asked any more.", journey.pk)
        running = Journey.objects.filter(pk=journey.pk, state=Journey.State.RUNNING)
        running.update(state=Journey.State.PAUSED, fault=Journey.Fault.RULES)
    except Exception as error:  # noqa: BLE001 (one broken journey must not hold up the others)
        logger.error("The turn of journey %s is tried again: %s.", journey.pk, type(error).__name__)
        # It looks at everybody then: no notes are kept for it meanwhile.
        failing = Journey.objects.filter(pk=journey.pk, fault="")
        failing.update(fault=Journey.Fault.TURN, noted_from=None)
    return 0


@transaction.atomic
def bring_on(*, journey: Journey, now: datetime.datetime) -> int:
    """Make the next part of a turn, and do what is due in the stages; 0 where another does so already.

    A new turn begins a minute after the last. Of a journey that is paused only who may not be followed any
    more leaves, and nothing is done; of one that ended the next people leave. Raises UnknownWordError, and
    DataError where the database cannot compare.
    """
    free = Journey.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    held = free.select_related(*RELATED).filter(pk=journey.pk).first()
    if held is None:
        return 0
    if held.state == Journey.State.ENDED:
        return empty_some(journey=held, at=now)
    if held.fault == Journey.Fault.TURN:
        held.fault = ""
        held.save(update_fields=["fault"])
    steps = _turn(held, now)
    return steps if held.state == Journey.State.PAUSED else steps + act_for_some(journey=held, at=now)


def _turn(journey: Journey, now: datetime.datetime) -> int:
    if journey.turn_at is not None:
        return _turn_range(journey, now)
    if journey.turned_at is not None and now < journey.turned_at + TURN_EVERY:
        return 0
    mark = set_mark(journey=journey, at=now)
    noticed = notice(journey=journey, mark=mark, at=now)
    journey.noted_from, journey.asked = mark.noted_from, mark.asked
    if noticed is None:
        journey.turn_at, journey.turn_after = now, FIRST
        return _turn_range(journey, now)
    steps = step_noticed(journey=journey, contact_ids=noticed, at=now, now=now)
    journey.turned_at = now
    journey.save(update_fields=TURNED)
    return steps


def _turn_range(journey: Journey, now: datetime.datetime) -> int:
    turn_at = journey.turn_at or now
    people, _number, is_last = next_range(
        organisation_id=journey.organisation_id, after=journey.turn_after or FIRST, most=PEOPLE_AT_ONCE
    )
    steps = step_range(journey=journey, people=people, at=turn_at, now=now)
    journey.turn_after = people.last
    if is_last:
        journey.turned_at, journey.turn_at, journey.turn_after = turn_at, None, None
    journey.save(update_fields=TURNED)
    return steps if is_last else max(steps, 1)
