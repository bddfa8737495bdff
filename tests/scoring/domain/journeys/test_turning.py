import datetime
import itertools

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from consent.models import ConsentRecord
from scoring.domain.journeys import moving, running, stepping, turning
from scoring.domain.scores.statement import Whose
from scoring.models import (
    BehaviourEvent,
    Journey,
    JourneyMember,
    JourneyMove,
    Score,
    ScoreRule,
    SegmentMember,
)
from tests.scoring import make as scoring
from tests.scoring import make_journeys as journeys
from tests.scoring import make_scores as scores
from tests.scoring.domain.house import permit
from tests.scoring.domain.journeys.scene import DAY, MINUTE, NOW, Way, begin, stands, steps, turn, way

pytestmark = pytest.mark.django_db
LooksAt = ScoreRule.LooksAt
Kind = BehaviourEvent.Kind
SHOW = " SELECT contact_id FROM chosen ORDER BY contact_id"
SECOND = datetime.timedelta(seconds=1)


def rules(found: Way) -> None:
    """Who visits looks round, who searches considers, who buys is there, and leaves after ten days."""
    journey = found.journey
    journeys.rule(journey=journey, to_stage=found.looks, looks_at=LooksAt.PAGE_VISIT)
    journeys.rule(journey=journey, from_stage=found.looks, to_stage=found.considers, looks_at=LooksAt.SEARCH)
    journeys.rule(journey=journey, from_stage=found.considers, to_stage=found.buys, looks_at=LooksAt.PURCHASE)
    journeys.rule(journey=journey, from_stage=found.buys, after_days=10, outcome="GOAL")


def did(found: Way, who: object, kind: str, at: datetime.datetime = NOW) -> None:
    scoring.behaviour(
        contact=who,  # type: ignore[arg-type]
        legal_entity=found.house.entity,
        kind=Kind(kind),
        occurred_at=min(at, NOW),
        recorded_at=at,
    )


def test_people_go_one_stage_a_turn_and_leave_when_they_waited() -> None:
    found = way()
    rules(found)
    alice, bob = found.person(), found.person("Bob")
    for kind in ("PAGE_VISIT", "SEARCH", "PURCHASE"):
        did(found, alice, kind)
    did(found, bob, "SEARCH")
    begin(found)

    went = []
    for minute in range(4):
        turn(NOW + minute * MINUTE)
        went.append(stands(alice))
    turn(NOW + 2 * MINUTE + 10 * DAY - SECOND)
    before = stands(alice)
    turn(NOW + 2 * MINUTE + 10 * DAY + MINUTE)

    assert went == ["looks", "considers", "buys", "buys"]
    assert (before, stands(alice), stands(bob)) == ("buys", "GOAL", "")
    assert steps(alice) == [
        ("", "looks", "RULE"),
        ("looks", "considers", "RULE"),
        ("considers", "buys", "RULE"),
        ("buys", "", "RULE"),
    ]


def test_who_was_put_back_by_hand_goes_on_only_by_what_they_do_after_it() -> None:
    found = way()
    rules(found)
    alice = found.person()
    did(found, alice, "SEARCH", NOW - DAY)
    begin(found)
    member = journeys.member(stage=found.considers, contact=alice, entered_at=NOW - DAY)
    moving.move_by_hand(
        member=member, to_stage=found.looks, moved_by=found.mark, reason="Nog niet", at=NOW - MINUTE
    )

    turn(NOW)
    before = stands(alice)
    did(found, alice, "SEARCH", NOW)
    turn(NOW + MINUTE)

    assert (before, stands(alice)) == ("looks", "considers")


def test_waiting_ends_exactly_after_so_many_days() -> None:
    found = way()
    journeys.rule(journey=found.journey, from_stage=found.looks, to_stage=found.considers, after_days=3)
    early, exact = found.person("Early"), found.person("Exact")
    begin(found)
    journeys.member(stage=found.looks, contact=early, entered_at=NOW - 3 * DAY + SECOND)
    journeys.member(stage=found.looks, contact=exact, entered_at=NOW - 3 * DAY)

    turn(NOW)

    assert (stands(early), stands(exact)) == ("looks", "considers")


def test_a_turn_comes_to_nobody_twice_however_often_it_is_worked_at() -> None:
    found = way()
    rules(found)
    alice = found.person()
    for kind in ("PAGE_VISIT", "SEARCH", "PURCHASE"):
        did(found, alice, kind)
    begin(found)

    for _again in range(3):
        turn(NOW)
    for _again in range(3):
        turn(NOW + MINUTE - SECOND)

    assert steps(alice) == [("", "looks", "RULE")]


def test_ranges_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.domain.journeys.turning.PEOPLE_AT_ONCE", 2)
    found = way()
    rules(found)
    people = [found.person(f"Person {number}") for number in range(7)]
    for person in people:
        did(found, person, "PAGE_VISIT")
    begin(found)

    turning.bring_on(journey=found.journey, now=NOW)
    came_to = JourneyMember.objects.count()
    turn(NOW + SECOND)

    assert came_to == 2
    assert {stands(person) for person in people} == {"looks"}
    assert set(JourneyMember.objects.values_list("entered_at", flat=True)) == {NOW}
    assert JourneyMove.objects.count() == 7


def test_one_and_many_are_the_same_statement() -> None:
    found = way()
    rules(found)
    people = [found.person(f"Person {number}") for number in range(4)]
    for person, kinds in zip(
        people, ((), ("PAGE_VISIT",), ("SEARCH",), ("PAGE_VISIT", "SEARCH")), strict=True
    ):
        for kind in kinds:
            did(found, person, kind)
    begin(found)

    chosen = stepping.compile_steps(journey=found.journey, at=NOW, now=NOW, whose=Whose.EVERYBODY)
    with connection.cursor() as cursor:
        cursor.execute(chosen.sql + SHOW, chosen.params)
        together = [contact_id for (contact_id,) in cursor.fetchall()]
    one_by_one = [
        person.pk
        for person in people
        if stepping.step_some(journey=found.journey, contact_ids=[person.pk], at=NOW, now=NOW)
    ]

    assert set(one_by_one) == set(together) == {people[1].pk, people[3].pk}


def test_the_first_rule_that_holds_counts_and_leaving_comes_first() -> None:
    found = way()
    journey = found.journey
    journeys.rule(journey=journey, from_stage=found.looks, to_stage=found.considers, looks_at=LooksAt.SEARCH)
    journeys.rule(journey=journey, from_stage=found.looks, looks_at=LooksAt.PURCHASE, outcome="GOAL")
    journeys.rule(
        journey=journey,
        from_stage=found.considers,
        to_stage=found.buys,
        looks_at=LooksAt.SEARCH,
        position=1,
    )
    journeys.rule(journey=journey, from_stage=found.considers, looks_at=LooksAt.PURCHASE, position=2)
    alice, bob = found.person(), found.person("Bob")
    for person, kind in itertools.product((alice, bob), ("SEARCH", "PURCHASE")):
        did(found, person, kind)
    begin(found)
    journeys.member(stage=found.looks, contact=alice, entered_at=NOW - DAY)
    journeys.member(stage=found.considers, contact=bob, entered_at=NOW - DAY)

    turn(NOW)

    assert (stands(alice), stands(bob)) == ("GOAL", "buys")


def test_who_left_enters_again_only_after_the_days_of_the_journey() -> None:
    found = way(again_after_days=30)
    never = way_beside(found)
    for one in (found, never):
        journeys.rule(journey=one.journey, to_stage=one.looks, looks_at=LooksAt.PAGE_VISIT)
        begin(one)
    alice = found.person()
    did(found, alice, "PAGE_VISIT")
    for one in (found, never):
        member = journeys.member(stage=one.looks, contact=alice, entered_at=NOW - 50 * DAY)
        member.stage, member.left_at, member.outcome = None, NOW - 30 * DAY, "GOAL"
        member.save(update_fields=["stage", "left_at", "outcome"])

    turn(NOW - SECOND)
    before = JourneyMember.objects.filter(left_at__isnull=True).count()
    turn(NOW + 2 * MINUTE)

    assert before == 0
    assert [one.journey for one in JourneyMember.objects.filter(left_at__isnull=True)] == [found.journey]


def way_beside(found: Way) -> Way:
    journey = journeys.journey(
        legal_entity=found.house.entity, purpose=found.house.profiling, code="ander", name="Ander"
    )
    stage = journeys.stage(journey=journey)
    return Way(house=found.house, journey=journey, looks=stage, considers=stage, buys=stage, mark=found.mark)


def test_segment_score_and_attribute_all_let_somebody_in() -> None:
    found = way()
    model = scores.score_model(legal_entity=found.house.entity)
    segment = scores.segment(legal_entity=found.house.entity, code="klanten")
    churn = {"field": "ATTRIBUTE", "name": "churn", "comparison": "AT_LEAST", "number": "0.7"}
    journeys.rule(journey=found.journey, to_stage=found.looks, segment=segment)
    journeys.rule(journey=found.journey, to_stage=found.considers, reaches=(model, 50))
    journeys.rule(journey=found.journey, to_stage=found.buys, conditions=[churn])
    names = ("In", "Under", "Reaches", "Stays", "Goes")
    put, under, reaches, stays, goes = (found.person(name) for name in names)
    SegmentMember.objects.create(segment=segment, contact=put, since_at=NOW)
    Score.objects.create(model=model, contact=under, points="49.999999", changed_at=NOW)
    Score.objects.create(model=model, contact=reaches, points=50, changed_at=NOW)
    for person, value in ((stays, "0.69"), (goes, "0.7")):
        scoring.attribute(
            contact=person,
            legal_entity=found.house.entity,
            name="churn",
            value=value,
            number=value,  # type: ignore[arg-type]
        )
    begin(found)

    turn(NOW)

    assert [stands(one) for one in (put, under, reaches, stays, goes)] == [
        "looks",
        "",
        "considers",
        "",
        "buys",
    ]


def test_who_may_not_be_followed_never_enters_and_leaves_when_a_permission_has_had_its_term() -> None:
    found = way()
    Journey.objects.update(rests_on="CONSENT")
    found.journey.refresh_from_db()
    journeys.rule(journey=found.journey, to_stage=found.looks, looks_at=LooksAt.PAGE_VISIT)
    alice, bob = found.person(), found.person("Bob")
    for person in (alice, bob):
        did(found, person, "PAGE_VISIT")
    permit(contact=alice, entity=found.house.entity, purpose=found.house.profiling)
    begin(found)

    turn(NOW)
    inside = (stands(alice), stands(bob))
    ConsentRecord.objects.update(valid_until=NOW + DAY)
    turn(NOW + DAY - MINUTE)
    still = stands(alice)
    turn(NOW + DAY)

    assert (inside, still, stands(alice)) == (("looks", ""), "looks", "STOPPED")
    assert steps(alice)[-1] == ("looks", "", "STOPPED")


def test_who_may_be_followed_is_asked_as_of_now_however_long_ago_the_turn_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scoring.domain.journeys.turning.PEOPLE_AT_ONCE", 1)
    found = way()
    Journey.objects.update(rests_on="CONSENT")
    found.journey.refresh_from_db()
    journeys.rule(journey=found.journey, to_stage=found.looks, looks_at=LooksAt.PAGE_VISIT)
    people = [found.person(name) for name in ("Alice", "Bob")]
    for person in people:
        did(found, person, "PAGE_VISIT")
        permit(contact=person, entity=found.house.entity, purpose=found.house.profiling)
    ConsentRecord.objects.update(valid_until=NOW + DAY)
    begin(found)

    turning.bring_on(journey=found.journey, now=NOW)
    [early] = JourneyMember.objects.values_list("contact", flat=True)
    turning.bring_on(journey=found.journey, now=NOW + DAY)

    assert [one.contact_id for one in JourneyMember.objects.all()] == [early]


def test_of_a_paused_journey_only_who_may_not_be_followed_any_more_leaves() -> None:
    found = way()
    Journey.objects.update(rests_on="CONSENT")
    found.journey.refresh_from_db()
    journeys.rule(journey=found.journey, from_stage=found.looks, to_stage=found.considers)
    alice, bob = found.person(), found.person("Bob")
    begin(found)
    for person in (alice, bob):
        permit(contact=person, entity=found.house.entity, purpose=found.house.profiling)
        journeys.member(stage=found.looks, contact=person, entered_at=NOW - DAY)
    ConsentRecord.objects.filter(contact=alice).update(valid_until=NOW)
    running.pause_journey(journey=found.journey)

    turn(NOW)

    assert (stands(alice), stands(bob)) == ("STOPPED", "looks")
    assert JourneyMember.objects.get(contact=alice).left_at == NOW


def test_a_rule_that_cannot_be_asked_pauses_its_journey_and_holds_up_no_other() -> None:
    broken = way()
    whole = way_beside(broken)
    journeys.rule(journey=broken.journey, to_stage=broken.looks, looks_at=LooksAt.PAGE_VISIT)
    journeys.rule(journey=whole.journey, to_stage=whole.looks, looks_at=LooksAt.PAGE_VISIT)
    alice = broken.person()
    did(broken, alice, "PAGE_VISIT")
    begin(broken)
    begin(whole, NOW + SECOND)
    broken.journey.rules.update(conditions=[{"field": "SHOE_SIZE", "comparison": "IS", "text": "43"}])

    turn(NOW + MINUTE)

    broken.journey.refresh_from_db()
    assert broken.journey.state == Journey.State.PAUSED
    assert [one.journey for one in JourneyMember.objects.all()] == [whole.journey]


def test_a_turn_looks_members_up_by_index() -> None:
    found = way()
    rules(found)
    begin(found)
    chosen = stepping.compile_steps(journey=found.journey, at=NOW, now=NOW, whose=Whose.RANGE)
    about = {"after": found.person().pk, "last": found.person().pk}

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + chosen.sql + SHOW, chosen.params | about)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert plan.count("(hashed SubPlan") >= 2
    assert "Seq Scan on scoring_journeymember" not in plan
    assert "Seq Scan on scoring_behaviourevent" not in plan
    assert "Seq Scan on customers_contact" not in plan


class TestOrderOfArrival(TestCase):
    @settings(max_examples=12)
    @given(
        told=st.permutations(["PAGE_VISIT", "SEARCH", "PURCHASE"]),
        turns_between=st.lists(st.booleans(), min_size=3, max_size=3),
        again=st.booleans(),
    )
    def test_order_of_arrival_and_replays_make_no_difference(
        self, told: list[str], turns_between: list[bool], again: bool
    ) -> None:
        found = way()
        rules(found)
        alice = found.person()
        begin(found)
        minute = 0
        for kind, turns in zip(told, turns_between, strict=True):
            did(found, alice, kind, NOW + minute * MINUTE)
            if again:
                did(found, alice, kind, NOW + minute * MINUTE)
            minute += 1
            if turns:
                turn(NOW + minute * MINUTE)
        for _rest in range(4):
            minute += 1
            turn(NOW + minute * MINUTE)

        assert steps(alice) == [
            ("", "looks", "RULE"),
            ("looks", "considers", "RULE"),
            ("considers", "buys", "RULE"),
        ]
