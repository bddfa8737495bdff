"""One journey whose turn goes wrong: it says so, and holds up no other."""

from collections.abc import Iterator

import pytest

from customers.models import LegalEntity
from scoring.domain.journeys import running
from scoring.models import Journey, JourneyStage
from tests.conftest import owner_connection
from tests.scoring import make_journeys as journeys
from tests.scoring.domain.journeys.scene import MINUTE, NOW, Way, begin, stands, turn, way

pytestmark = pytest.mark.django_db(transaction=True)
REFUSE = """
CREATE FUNCTION refuse_broken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM scoring_journey WHERE id = NEW.journey_id AND code = 'broken') THEN
        RAISE EXCEPTION 'This table refuses the people of one journey.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_broken BEFORE INSERT ON scoring_journeymember
FOR EACH ROW EXECUTE FUNCTION refuse_broken()
"""


@pytest.fixture
def refusing() -> Iterator[None]:
    """A database that refuses what one journey writes, as a full disk or a damaged table would."""
    with owner_connection() as owner:
        owner.execute(REFUSE)
    yield
    allow()


def allow() -> None:
    with owner_connection() as owner:
        owner.execute("DROP FUNCTION IF EXISTS refuse_broken CASCADE")


def broken(found: Way, *, entity: LegalEntity | None = None) -> tuple[Journey, JourneyStage]:
    """One that was started before the other, so that its turn comes first."""
    entity = entity or found.house.entity
    journey = journeys.journey(legal_entity=entity, purpose=found.house.profiling, code="broken")
    stage = journeys.stage(journey=journey, code="first")
    journeys.rule(journey=journey, to_stage=stage)
    meant = [doubt.key for doubt in running.find_doubts(journey=journey, at=NOW - MINUTE)]
    running.start_journey(journey=journey, started_by=found.mark, started_at=NOW - MINUTE, confirmed=meant)
    return journey, stage


@pytest.mark.usefixtures("refusing")
def test_a_turn_that_the_database_refuses_is_noted_tried_again_and_holds_up_no_other() -> None:
    found = way()
    alice = found.person()
    journey, stage = broken(found)
    journeys.rule(journey=found.journey, to_stage=found.looks)
    begin(found)

    turn(NOW)
    journey.refresh_from_db()
    noted, others = (journey.state, journey.fault), stands(alice)
    allow()
    turn(NOW + MINUTE)

    journey.refresh_from_db()
    assert (noted, others) == (("RUNNING", "TURN"), "looks")
    assert (journey.fault, stage.members.get().contact) == ("", alice)
    assert Journey.objects.get(pk=found.journey.pk).fault == ""


def test_a_turn_that_breaks_outside_the_database_is_noted_and_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = way()
    alice = found.person()
    journey, _stage = broken(found, entity=found.house.sister)
    LegalEntity.objects.filter(pk=found.house.sister.pk).update(time_zone="Europe/Atlantis")
    journeys.rule(journey=found.journey, to_stage=found.looks)
    begin(found)

    turn(NOW)

    journey.refresh_from_db()
    assert (journey.state, journey.fault, stands(alice)) == ("RUNNING", "TURN", "looks")
    assert f"The turn of journey {journey.pk} is tried again: ZoneInfoNotFoundError." in caplog.text
    assert "Atlantis" not in caplog.text


def test_one_whose_rules_cannot_be_asked_pauses_says_so_and_goes_on_once_that_is_mended() -> None:
    found = way()
    alice = found.person()
    journeys.rule(journey=found.journey, to_stage=found.looks)
    begin(found)
    found.journey.rules.update(conditions=[{"wish": "chocolate"}])

    turn(NOW)
    found.journey.refresh_from_db()
    noted = (found.journey.state, found.journey.fault)
    found.journey.rules.update(conditions=[])
    meant = [doubt.key for doubt in running.find_doubts(journey=found.journey, at=NOW)]
    running.resume_journey(journey=found.journey, resumed_at=NOW, confirmed=meant)
    turn(NOW + MINUTE)

    found.journey.refresh_from_db()
    assert noted == ("PAUSED", "RULES")
    assert (found.journey.state, found.journey.fault, stands(alice)) == ("RUNNING", "", "looks")
