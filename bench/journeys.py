"""A turn of a journey over everybody, beside a bare look at who visited a page: the first, the one after it
that looks at everybody who moved, and one in which hardly anything changed.
"""

import datetime
import sys
import uuid

from django.db import connection

from bench.timing import now, say, timed
from config.databases import as_owner
from consent.models import Purpose
from customers.models import Contact, StaffMember
from scoring.domain.journeys.turning import TURN_EVERY, bring_on
from scoring.models import Journey, JourneyRule, JourneyStage, ScoreModelVersion

Kind = JourneyRule.Kind
CODE = "bench"
FORGET = (
    "DELETE FROM scoring_journeymove WHERE journey_id = %(journey)s",
    "DELETE FROM scoring_journeymember WHERE journey_id = %(journey)s",
    "VACUUM ANALYZE scoring_journeymove, scoring_journeymember",
)
BARE = """
SELECT count(*) FROM customers_contact contact
WHERE contact.organisation_id = %(organisation)s AND contact.erased_at IS NULL AND EXISTS (
    SELECT FROM scoring_behaviourevent event
    WHERE event.contact_id = contact.id AND event.kind = 'PAGE_VISIT' AND event.occurred_at > %(since)s)
"""


def measure_journeys(version: ScoreModelVersion) -> None:
    journey, contacts = begin(version), Contact.objects.count()
    floor, _ = timed(lambda: bare(journey))
    say("bare look at who visited a page", contacts, floor)
    first, went = timed(lambda: turn(journey))
    say("first turn of a journey", contacts, first, floor)
    tidy(journey, *FORGET[2:])
    again, went_then = timed(lambda: turn(journey))
    say("next turn, after so many moved", contacts, again, floor)
    turn(journey)
    idle, went_last = timed(lambda: turn(journey))
    say("a turn in which little changed", contacts, idle, floor)
    sys.stdout.write(f"{went} people came in or went on at first, {went_then} then, {went_last} at last\n")


def turn(journey: Journey) -> int:
    """One turn to its end; gives how many steps were made in it."""
    moment = (journey.turned_at or now()) + TURN_EVERY
    while journey.turned_at != moment:
        bring_on(journey=journey, now=moment)
        journey.refresh_from_db()
    return journey.moves.filter(moved_at=moment).count()


def bare(journey: Journey) -> None:
    since = now() - datetime.timedelta(days=180)
    with connection.cursor() as cursor:
        cursor.execute(BARE, {"organisation": journey.organisation_id, "since": since})


def begin(version: ScoreModelVersion) -> Journey:
    """The same journey each time, with nobody on it."""
    journey = Journey.objects.filter(code=CODE).first() or make_journey(version)
    tidy(journey, *FORGET)
    Journey.objects.filter(pk=journey.pk).update(
        turned_at=None, turn_at=None, turn_after=None, noted_from=None
    )
    journey.refresh_from_db()
    return journey


def tidy(journey: Journey, *statements: str) -> None:
    with as_owner(connection=connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"journey": journey.pk})


def make_journey(version: ScoreModelVersion) -> Journey:
    """Who visited comes in, who has the points goes on, who spoke to us twice goes on again, and leaves."""
    model = version.model
    journey = Journey.objects.create(
        organisation=model.organisation,
        legal_entity=model.legal_entity,
        code=CODE,
        name="Bench",
        purpose=Purpose.objects.get(organisation=model.organisation, code="profiling"),
        rests_on=model.rests_on,
        state=Journey.State.RUNNING,
        created_at=now(),
        started_at=now(),
        started_by=starter(model.organisation_id),
    )
    names = ("looks", "considers", "buys")
    looks, considers, buys = (
        JourneyStage.objects.create(journey=journey, position=place, code=name, name=name)
        for place, name in enumerate(names)
    )
    JourneyRule.objects.create(
        journey=journey, kind=Kind.ENTER, to_stage=looks, looks_at="PAGE_VISIT", within_days=180
    )
    JourneyRule.objects.create(
        journey=journey,
        kind=Kind.ADVANCE,
        from_stage=looks,
        to_stage=considers,
        score_model=model,
        comparison=JourneyRule.Comparison.REACHES,
        points=100,
    )
    JourneyRule.objects.create(
        journey=journey,
        kind=Kind.ADVANCE,
        from_stage=considers,
        to_stage=buys,
        looks_at="CONVERSATION",
        times=2,
    )
    JourneyRule.objects.create(
        journey=journey, kind=Kind.EXIT, from_stage=buys, after_days=30, outcome=JourneyRule.Outcome.GOAL
    )
    return journey


def starter(organisation_id: uuid.UUID) -> StaffMember:
    about = {"organisation_id": organisation_id, "role": StaffMember.Role.MARKETING}
    return StaffMember.objects.get_or_create(username="bench", defaults=about)[0]
