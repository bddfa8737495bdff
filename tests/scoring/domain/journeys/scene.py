"""A legal entity with a journey of three stages: looks round, considers, buys."""

import datetime
from dataclasses import dataclass

from customers.models import Contact, StaffMember
from scoring.domain.journeys import running, turning
from scoring.models import Journey, JourneyMember, JourneyMove, JourneyStage
from tests import make
from tests.scoring import make_journeys as journeys
from tests.scoring.domain.house import House, house

NOW = make.NOW
DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A journey with its stages, and who may be followed on it."""

    house: House
    journey: Journey
    looks: JourneyStage
    considers: JourneyStage
    buys: JourneyStage
    mark: StaffMember

    def person(self, name: str = "Alice") -> Contact:
        return make.contact(
            organisation=self.house.entity.organisation, given_name=name, created_at=make.LONG_AGO
        )


def way(*, again_after_days: int | None = None) -> Way:
    found = house()
    journey = journeys.journey(
        legal_entity=found.entity, purpose=found.profiling, again_after_days=again_after_days
    )
    names = {"looks": "Kijkt rond", "considers": "Denkt na", "buys": "Koopt"}
    stages = {
        code: journeys.stage(journey=journey, position=place, code=code, name=name)
        for place, (code, name) in enumerate(names.items())
    }
    mark = make.staff_member(
        organisation=found.entity.organisation, username="mark", role=StaffMember.Role.MARKETING
    )
    return Way(house=found, journey=journey, mark=mark, **stages)


def begin(found: Way, at: datetime.datetime = NOW) -> None:
    """Start it, whatever looks odd about a journey of so few people."""
    meant = [doubt.key for doubt in running.find_doubts(journey=found.journey, at=at)]
    running.start_journey(journey=found.journey, started_by=found.mark, started_at=at, confirmed=meant)
    found.journey.refresh_from_db()


def turn(at: datetime.datetime = NOW) -> None:
    """Every journey makes its turn to the end."""
    for _once in range(50):
        if not sum(people for _key, people in turning.take_turns(now=at)):
            return
    raise AssertionError("The turn has no end.")


def stands(contact: Contact) -> str:
    """Where somebody is, or how they left; nothing where they never came."""
    member = JourneyMember.objects.filter(contact=contact).order_by("-pk").first()
    if member is None:
        return ""
    return member.stage.code if member.stage else member.outcome


def steps(contact: Contact) -> list[tuple[str, str, str]]:
    moves = JourneyMove.objects.filter(member__contact=contact).order_by("pk")
    return [
        (
            move.from_stage.code if move.from_stage else "",
            move.to_stage.code if move.to_stage else "",
            move.how,
        )
        for move in moves.select_related("from_stage", "to_stage")
    ]
