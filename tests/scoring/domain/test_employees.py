"""Who was hired is not scored: they cannot freely consent to it, and their name stands beside no fit."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from consent.domain.retention.applying import apply_retention
from consent.domain.withdrawals import Scope, object_to
from consent.models import Channel, Objection
from customers.models import Contact
from scoring.admin.story import LookedAt
from scoring.admin.talent_pool_tables import list_people
from scoring.domain import segments
from scoring.domain.attributes.keeping import Supply, keep_attributes
from scoring.domain.journeys import moving, running
from scoring.domain.journeys.checking import find_faults
from scoring.domain.journeys.employment import NotEmployedError, note_left_employment
from scoring.domain.journeys.figures import read_figures as journey_figures
from scoring.domain.journeys.gate import keep_followed
from scoring.domain.scores.computing import score_everybody
from scoring.domain.scores.hearing import hear
from scoring.domain.talent_pool.figures import read_figures
from scoring.domain.talent_pool.journey import lead_people
from scoring.domain.told import Fault
from scoring.models import (
    ContactAttribute,
    Journey,
    JourneyMember,
    JourneyMove,
    JourneyStage,
    Score,
    ScoreModelVersion,
    Segment,
    SegmentMember,
)
from tests import make
from tests.consent.admin_rows import page_of, signed_in
from tests.scoring import make as scoring
from tests.scoring import make_journeys, make_scores
from tests.scoring.domain.house import WAY
from tests.scoring.domain.journeys.scene import Way, begin, turn, way
from tests.scoring.domain.talent_pool.test_journey import AT, house_with_profiling
from tests.scoring.domain.talent_pool.test_journey import running as make_running
from tests.scoring.pool_scene import A_SECOND, ENDS_AT, PoolHouse, application, candidate

pytestmark = pytest.mark.django_db
NOW = make.NOW
A_DAY = timedelta(days=1)


@pytest.fixture
def found() -> Way:
    found = way()
    found.buys.figures_only = True
    found.buys.save(update_fields=["figures_only"])
    return found


@pytest.fixture
def alice(found: Way) -> Contact:
    """She visits, has a score for it, and is in a group by her score and in one by hand."""
    entity, alice = found.house.entity, found.person()
    model = make_scores.score_model(legal_entity=entity)
    version = make_scores.score_version(model=model)
    make_scores.score_rule(version=version)
    make_scores.band(version=version)
    make_scores.segment(legal_entity=entity, model=model, band_code="koud")
    scoring.behaviour(contact=alice, legal_entity=entity, occurred_at=NOW - A_DAY)
    score_everybody(version=version, now=NOW)
    by_hand = make_scores.segment(legal_entity=entity, code="met-de-hand")
    segments.put_in(segment=by_hand, contact=alice, since_at=NOW)
    ScoreModelVersion.objects.update(heard_until_at=NOW, heard_sequence=0)
    assert looked_at() == (1, 2)
    return alice


def looked_at() -> tuple[int, int]:
    return Score.objects.count(), SegmentMember.objects.count()


def employ(found: Way, alice: Contact) -> JourneyMember:
    begin(found)
    return moving.put_in(
        contact=alice,
        stage=found.buys,
        source=JourneyMember.Source.SIDE,
        put_by=found.mark,
        reason="In dienst.",
        at=NOW,
    )


def put_in(found: Way, alice: Contact) -> None:
    employ(found, alice)


def move_by_hand(found: Way, alice: Contact) -> None:
    begin(found)
    member = make_journeys.member(stage=found.looks, contact=alice)
    moving.move_by_hand(
        member=member, to_stage=found.buys, moved_by=found.mark, reason="Aangenomen.", at=NOW + A_SECOND
    )


def go_by_a_rule(found: Way, alice: Contact) -> None:
    make_journeys.rule(journey=found.journey, from_stage=found.looks, to_stage=found.buys)
    begin(found)
    make_journeys.member(stage=found.looks, contact=alice)
    turn(NOW + A_DAY)
    assert JourneyMember.objects.get().stage == found.buys


@pytest.mark.parametrize("enter", [put_in, move_by_hand, go_by_a_rule])
def test_who_comes_to_work_here_loses_every_score_and_group_at_once(
    found: Way, alice: Contact, enter: object
) -> None:
    assert callable(enter)
    enter(found, alice)

    assert looked_at() == (0, 0)


def test_an_employee_gets_no_score_and_no_group_again(found: Way, alice: Contact) -> None:
    employ(found, alice)

    score_everybody(version=ScoreModelVersion.objects.get(), now=NOW + A_DAY)
    with pytest.raises(segments.MayNotBeProfiledError):
        segments.put_in(segment=Segment.objects.get(code="met-de-hand"), contact=alice, since_at=NOW + A_DAY)

    assert looked_at() == (0, 0)


def test_a_score_that_was_being_counted_meanwhile_goes_at_the_next_look(found: Way, alice: Contact) -> None:
    employ(found, alice)
    version = ScoreModelVersion.objects.get()
    Score.objects.create(model=version.model, contact=alice, points=1, changed_at=NOW)
    ScoreModelVersion.objects.update(heard_until_at=NOW - A_SECOND)
    version.refresh_from_db()

    hear(version=version, now=NOW + A_SECOND)

    assert looked_at() == (0, 0)


def test_who_leaves_that_stage_is_counted_again(found: Way, alice: Contact) -> None:
    member = employ(found, alice)
    version = ScoreModelVersion.objects.get()
    hear(version=version, now=NOW + A_SECOND)
    later = NOW + A_DAY

    moving.move_by_hand(
        member=member, to_stage=found.looks, moved_by=found.mark, reason="Uit dienst.", at=later
    )
    version.refresh_from_db()
    hear(version=version, now=later + A_SECOND)

    # By hand somebody would have to choose them again.
    assert looked_at() == (1, 1)


def let_out_by_time(found: Way, alice: Contact) -> None:
    make_journeys.rule(journey=found.journey, from_stage=found.buys, after_days=2)
    employ(found, alice)
    turn(NOW + 3 * A_DAY)


def led_on_by_time(found: Way, alice: Contact) -> None:
    """No journey starts with such a rule any more; it stops following them at the next turn."""
    employ(found, alice)
    make_journeys.rule(journey=found.journey, from_stage=found.buys, to_stage=found.looks, after_days=2)
    turn(NOW + 3 * A_DAY)
    assert JourneyMember.objects.get().stage == found.looks
    turn(NOW + 4 * A_DAY)


def end_the_journey(found: Way, alice: Contact) -> None:
    employ(found, alice)
    running.end_journey(journey=found.journey, ended_at=NOW + A_DAY)
    turn(NOW + A_DAY)


def object_for_a_while(found: Way, alice: Contact) -> None:
    employ(found, alice)
    object_to(contact=alice, scope=Scope(channel=Channel.NONE), how=WAY, occurred_at=NOW + A_SECOND)
    Objection.objects.all().delete()


LEAVE = [let_out_by_time, led_on_by_time, end_the_journey, object_for_a_while]


@pytest.mark.parametrize("leave", LEAVE)
def test_who_leaves_that_stage_works_here_until_a_colleague_says_otherwise(
    found: Way, alice: Contact, leave: Callable[[Way, Contact], None]
) -> None:
    leave(found, alice)
    version, later = ScoreModelVersion.objects.get(), NOW + 400 * A_DAY
    assert JourneyMember.objects.get().left_at is not None

    score_everybody(version=version, now=later)
    scored_before = looked_at()
    note_left_employment(
        contact=alice, legal_entity=found.house.entity, noted_by=found.mark, reason="Uit dienst.", at=later
    )
    ScoreModelVersion.objects.update(heard_until_at=later - A_SECOND)
    version.refresh_from_db()
    hear(version=version, now=later + A_SECOND)

    assert (scored_before, Score.objects.count()) == ((0, 0), 1)
    step = JourneyMove.objects.latest("pk")
    assert (step.how, step.from_stage, step.staff, step.reason) == (
        "WORK",
        found.buys,
        found.mark,
        "Uit dienst.",
    )


def test_who_left_employment_straight_from_that_stage_is_let_out_by_hand(found: Way, alice: Contact) -> None:
    employ(found, alice)

    note_left_employment(
        contact=alice, legal_entity=found.house.entity, noted_by=found.mark, reason="Uit dienst.", at=NOW
    )

    member = JourneyMember.objects.get()
    assert (member.outcome, member.still_employed) == ("GOAL", False)
    assert JourneyMove.objects.latest("pk").how == "HAND"
    with pytest.raises(NotEmployedError):
        note_left_employment(
            contact=alice, legal_entity=found.house.entity, noted_by=found.mark, reason="Nog eens.", at=NOW
        )


def test_who_left_by_time_can_be_put_into_another_stage_of_employees(found: Way, alice: Contact) -> None:
    end_the_journey(found, alice)
    other = make_journeys.journey(
        legal_entity=found.house.entity, purpose=found.house.profiling, code="nieuw", name="Nieuw"
    )
    stage = make_journeys.stage(journey=other, figures_only=True)
    Journey.objects.filter(pk=other.pk).update(state="RUNNING", started_at=NOW)
    stage.refresh_from_db()

    moving.put_in(
        contact=alice,
        stage=stage,
        source=JourneyMember.Source.SIDE,
        put_by=found.mark,
        reason="Werkt hier nog.",
        at=NOW + 2 * A_DAY,
    )
    turn(NOW + 3 * A_DAY)

    assert JourneyMember.objects.get(journey=other).stage == stage


def test_what_says_that_somebody_works_here_outlives_the_term_of_journeys(found: Way, alice: Contact) -> None:
    end_the_journey(found, alice)
    make.transaction(contact=alice, legal_entity=found.house.entity, occurred_at=NOW + 700 * A_DAY)

    list(apply_retention(now=NOW + 800 * A_DAY))

    assert JourneyMember.objects.get().still_employed


def test_a_step_that_notes_the_end_of_work_counts_in_no_figure(found: Way, alice: Contact) -> None:
    end_the_journey(found, alice)
    counted = [
        journey_figures(journey=found.journey, since=None, now=NOW + 2 * A_DAY)
        for _time in note(found, alice)
    ]

    assert counted[0] == counted[1]


def note(found: Way, alice: Contact) -> Iterator[int]:
    yield 1
    note_left_employment(
        contact=alice,
        legal_entity=found.house.entity,
        noted_by=found.mark,
        reason="Uit dienst.",
        at=NOW + 2 * A_DAY - A_SECOND,
    )
    yield 2


def test_no_journey_starts_that_leads_employees_to_where_they_are_named(found: Way) -> None:
    make_journeys.rule(journey=found.journey, from_stage=found.buys, to_stage=found.looks, after_days=2)

    with translation.override("en"):
        [fault] = find_faults(journey=found.journey)

    assert "Let a colleague note that they left." in str(fault)


def test_nothing_that_is_told_of_an_employee_is_shown_by_name_or_taken_up_as_what_they_are(
    found: Way, alice: Contact
) -> None:
    entity, bob = found.house.entity, found.person("Bob")
    for person in (alice, bob):
        scoring.attribute(contact=person, legal_entity=entity, name="churn", value="0.8", acquired_at=NOW)
    scoring.behaviour(contact=bob, legal_entity=entity, occurred_at=NOW - A_DAY)
    scoring.attribute_name(legal_entity=entity, name="region")
    employ(found, alice)
    client = signed_in(found.mark)

    lists = [
        client.get(reverse(f"admin:scoring_{name}_changelist")).context["cl"].result_list
        for name in ("behaviourevent", "contactattribute")
    ]
    panels = client.get(page_of(alice, "change")).context["panels"]
    shown = [panel.shown for panel in panels if isinstance(panel.shown, LookedAt)]
    supply = Supply(
        legal_entity=entity, origin=ContactAttribute.Origin.IMPORTED, since=NOW, now=NOW + A_SECOND
    )
    rows = [{"contact": str(person.pk), "region": "Utrecht"} for person in (alice, bob)]
    outcome = keep_attributes(rows=rows, supply=supply)

    assert [[row.contact for row in rows] for rows in lists] == [[bob], [bob]]
    assert [(one.events, one.attributes) for one in shown] == [([], [])]
    assert (outcome.kept, outcome.faults) == (1, {0: Fault.NOT_LOOKED_AT})
    assert (alice.behaviour.count(), alice.attributes.count()) == (1, 1)


def test_a_sister_that_employs_nobody_looks_at_them_as_before(found: Way, alice: Contact) -> None:
    sister = make_scores.score_model(legal_entity=found.house.sister, code="zuster")
    version = make_scores.score_version(model=sister)
    make_scores.score_rule(version=version)
    scoring.behaviour(contact=alice, legal_entity=found.house.sister, occurred_at=NOW - A_DAY)
    employ(found, alice)

    score_everybody(version=version, now=NOW + A_DAY)

    assert Score.objects.get().model == sister


def test_an_employee_goes_to_the_end_of_their_way_and_along_no_other(found: Way, alice: Contact) -> None:
    make_journeys.rule(journey=found.journey, from_stage=found.buys, after_days=2)
    employ(found, alice)
    other = make_journeys.journey(
        legal_entity=found.house.entity, purpose=found.house.profiling, code="terug", name="Terug"
    )

    assert keep_followed(journey=other, contact_ids=[alice.pk], now=NOW) == set()
    turn(NOW + A_DAY)
    assert JourneyMember.objects.get().stage == found.buys
    turn(NOW + 3 * A_DAY)
    assert JourneyMember.objects.get().outcome == "GOAL"


@pytest.fixture
def house() -> PoolHouse:
    house = house_with_profiling()
    make_running(house)
    candidate(house=house)
    candidate(house=house, name="Bob")
    sum(lead_people(now=AT))
    return house


def test_the_page_of_a_pool_names_no_employee(house: PoolHouse) -> None:
    bob = Contact.objects.get(given_name="Bob")
    JourneyMember.objects.filter(contact=bob).update(stage=JourneyStage.objects.get(code="hire"))
    application(
        house=house,
        contact=bob,
        applied_at=AT + A_SECOND,
        ended_at=AT + 2 * A_SECOND,
        outcome="HIRED",
    )
    later = AT + A_DAY
    sum(lead_people(now=later))

    named = [one.record.contact.given_name for one in list_people(pool=house.pool, now=later, number=None)]
    figures = read_figures(pool=house.pool, now=later)

    assert JourneyMember.objects.get(contact=bob).stage == JourneyStage.objects.get(code="retain")
    assert named == ["Alice"]
    assert (figures.in_pool, figures.fit.not_looked_at) == (1, 0)
    assert (figures.ending[90], figures.asked) == (0, 0)
    ending = read_figures(pool=house.pool, now=ENDS_AT - A_DAY)
    assert ending.ending == {7: 1, 30: 1, 90: 1}
