"""A turn that looks at few comes to the same as one that looks at everybody."""

import contextlib
import datetime
from collections.abc import Callable
from typing import Final

import pytest
from django.db import connection
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TransactionTestCase

from consent.domain import suppressions
from consent.domain.restrictions import NotRestrictedError, lift_restriction, restrict
from consent.domain.suppressions import Block, NotSuppressedError
from consent.domain.withdrawals import Scope, object_to
from consent.models import Channel, ConsentRecord, Suppression
from customers.domain.addresses import read_phone
from customers.models import Contact
from scoring.domain.journeys import moving, noticing, stepping
from scoring.domain.scores.statement import Whose
from scoring.models import Journey, JourneyMember, JourneyMove, PersonChange, Score, ScoreRule, SegmentMember
from tests import make
from tests.scoring import make as scoring
from tests.scoring import make_journeys as journeys
from tests.scoring import make_scores as scores
from tests.scoring.domain.house import WAY, permit
from tests.scoring.domain.journeys.scene import DAY, MINUTE, NOW, Way, begin, stands, turn, way

LooksAt = ScoreRule.LooksAt
Kind = scoring.Kind
CHOSEN: Final = " SELECT contact_id, to_stage FROM chosen"
NUMBER: Final = "+31200000101"
MINUTES: Final = (0, 1, 1, 7, 60, 61, 1439)
Doing = Callable[[Way, Contact, datetime.datetime], None]


def noticed(journey: Journey, at: datetime.datetime) -> set[object] | None:
    """Whom the next turn looks at; None: everybody."""
    journey.refresh_from_db()
    mark = noticing.set_mark(journey=journey, at=at)
    found = noticing.notice(journey=journey, mark=mark, at=at)
    return None if found is None else set(found)


def chosen_of_all(journey: Journey, at: datetime.datetime) -> set[tuple[object, object]]:
    statement = stepping.compile_steps(journey=journey, at=at, now=at, whose=Whose.EVERYBODY)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql + CHOSEN, statement.params)
        return set(cursor.fetchall())


def visits(found: Way, who: Contact, at: datetime.datetime) -> None:
    scoring.behaviour(contact=who, legal_entity=found.house.entity, occurred_at=NOW, recorded_at=at)


def searches(found: Way, who: Contact, at: datetime.datetime) -> None:
    entity = found.house.entity
    scoring.behaviour(contact=who, legal_entity=entity, kind=Kind.SEARCH, occurred_at=NOW, recorded_at=at)


def buys(found: Way, who: Contact, at: datetime.datetime) -> None:
    make.transaction(contact=who, legal_entity=found.house.entity, occurred_at=NOW - 3 * DAY)


def scores_high(found: Way, who: Contact, at: datetime.datetime) -> None:
    model = found.journey.rules.filter(score_model__isnull=False).get().score_model
    Score.objects.update_or_create(model=model, contact=who, defaults={"points": 50, "changed_at": at})


def scores_low(found: Way, who: Contact, at: datetime.datetime) -> None:
    Score.objects.filter(contact=who).update(points=1, changed_at=at)


def is_put_in(found: Way, who: Contact, at: datetime.datetime) -> None:
    segment = found.journey.rules.filter(segment__isnull=False).get().segment
    SegmentMember.objects.get_or_create(segment=segment, contact=who, defaults={"since_at": at})


def is_taken_out(found: Way, who: Contact, at: datetime.datetime) -> None:
    SegmentMember.objects.filter(contact=who).delete()


def becomes_of_age(found: Way, who: Contact, at: datetime.datetime) -> None:
    Contact.objects.filter(pk=who.pk).update(birth_date=datetime.date(2000, 1, 1))


def becomes_a_child(found: Way, who: Contact, at: datetime.datetime) -> None:
    Contact.objects.filter(pk=who.pk).update(birth_date=datetime.date(2020, 1, 1))


def speaks_english(found: Way, who: Contact, at: datetime.datetime) -> None:
    Contact.objects.filter(pk=who.pk).update(language="en")


def permits(found: Way, who: Contact, at: datetime.datetime) -> None:
    permit(contact=who, entity=found.house.entity, purpose=found.house.profiling, at=at)


def permits_for_an_hour(found: Way, who: Contact, at: datetime.datetime) -> None:
    permits(found, who, at)
    ConsentRecord.objects.filter(contact=who).update(valid_until=at + 60 * MINUTE)


def objects(found: Way, who: Contact, at: datetime.datetime) -> None:
    scope = Scope(purpose_id=found.house.profiling.pk, channel=Channel.NONE)
    object_to(contact=who, scope=scope, how=WAY, occurred_at=at)


def is_restricted(found: Way, who: Contact, at: datetime.datetime) -> None:
    if not who.restrictions.filter(lifted_at__isnull=True).exists():
        restrict(contact=who, reason="Op verzoek", how=WAY, restricted_at=at, recorded_at=at)


def is_restricted_no_more(found: Way, who: Contact, at: datetime.datetime) -> None:
    with contextlib.suppress(NotRestrictedError):
        lift_restriction(contact=who, how=WAY, lifted_at=at, recorded_at=at)


def has_the_number(found: Way, who: Contact, at: datetime.datetime) -> None:
    if not who.points.exists():
        make.phone_point(contact=who, text=NUMBER)


def blocks(found: Way, who: Contact, at: datetime.datetime) -> None:
    reason = Suppression.Reason.BLOCKED
    suppressions.suppress_address(
        block=blocked(found), reason=reason, how=WAY, suppressed_at=at, recorded_at=at
    )


def unblocks(found: Way, who: Contact, at: datetime.datetime) -> None:
    with contextlib.suppress(NotSuppressedError):
        suppressions.lift_suppression(block=blocked(found), how=WAY, lifted_at=at, recorded_at=at)


def blocked(found: Way) -> Block:
    return Block(organisation=found.house.entity.organisation, address=read_phone(text=NUMBER, country="NL"))


def is_put_back(found: Way, who: Contact, at: datetime.datetime) -> None:
    member = JourneyMember.objects.filter(contact=who, left_at__isnull=True).exclude(stage=found.looks)
    for one in member:
        moving.move_by_hand(member=one, to_stage=found.looks, moved_by=found.mark, reason="Nog niet", at=at)


def is_put_in_meanwhile(found: Way, who: Contact, at: datetime.datetime) -> None:
    """A second after the moment of the turn that is made next."""
    is_put_back(found, who, at + datetime.timedelta(minutes=1, seconds=1))


DOINGS: Final[tuple[Doing, ...]] = (
    visits,
    searches,
    buys,
    scores_high,
    scores_low,
    is_put_in,
    is_taken_out,
    becomes_of_age,
    becomes_a_child,
    speaks_english,
    permits,
    permits_for_an_hour,
    objects,
    is_restricted,
    is_restricted_no_more,
    has_the_number,
    blocks,
    unblocks,
    is_put_back,
    is_put_in_meanwhile,
)

# What time alone does, so long after another midnight that everybody was looked at before.
PERMITTED_FOR_AN_HOUR = [
    *((permits_for_an_hour, 0, 0), (visits, 0, 1), (visits, 1, 1), (visits, 1, 1), (visits, 1, 61)),
]
WAITED_FOR_A_DAY = [(visits, 0, 1), (searches, 0, 1), (visits, 1, 1439), (visits, 2, 1), (visits, 2, 1)]
CAME_AGAIN = [
    *((is_put_in, 0, 1), (visits, 0, 1), (visits, 1, 1439), (visits, 1, 1439), (visits, 1, 7)),
    *((visits, 1, 1439), (visits, 1, 7)),
]
PUT_BACK_MEANWHILE = [(visits, 0, 1), (scores_high, 0, 1), (is_put_in_meanwhile, 0, 1), (visits, 1, 1)]


def winding(*, rests_on: str) -> Way:
    """A journey whose rules look at everything a rule can look at."""
    found = way(again_after_days=1)
    Journey.objects.update(rests_on=rests_on)
    journey, entity = found.journey, found.house.entity
    english = {"field": "LANGUAGE", "comparison": "IS", "text": "en"}
    bought = {"field": "PURCHASES", "comparison": "AT_LEAST", "number": "1"}
    model, segment = scores.score_model(legal_entity=entity), scores.segment(legal_entity=entity)
    journeys.rule(journey=journey, to_stage=found.looks, looks_at=LooksAt.PAGE_VISIT)
    journeys.rule(journey=journey, to_stage=found.looks, conditions=[english])
    journeys.rule(journey=journey, to_stage=found.buys, segment=segment)
    journeys.rule(journey=journey, from_stage=found.looks, to_stage=found.considers, looks_at=LooksAt.SEARCH)
    journeys.rule(journey=journey, from_stage=found.looks, to_stage=found.considers, reaches=(model, 50))
    journeys.rule(journey=journey, from_stage=found.considers, to_stage=found.buys, conditions=[bought])
    journeys.rule(journey=journey, from_stage=found.considers, to_stage=found.looks, after_days=1)
    journeys.rule(journey=journey, from_stage=found.buys, after_days=2)
    found.journey.refresh_from_db()
    begin(found)
    return found


class TestLookingAtFew(TransactionTestCase):
    @settings(max_examples=10, phases=(Phase.explicit, Phase.generate))
    @example(doings=PERMITTED_FOR_AN_HOUR, rests_on="CONSENT")
    @example(doings=WAITED_FOR_A_DAY, rests_on="LEGITIMATE_INTEREST")
    @example(doings=CAME_AGAIN, rests_on="LEGITIMATE_INTEREST")
    @example(doings=PUT_BACK_MEANWHILE, rests_on="LEGITIMATE_INTEREST")
    @given(
        doings=st.lists(
            st.tuples(st.sampled_from(DOINGS), st.integers(0, 2), st.sampled_from(MINUTES)),
            min_size=4,
            max_size=14,
        ),
        rests_on=st.sampled_from(["CONSENT", "LEGITIMATE_INTEREST"]),
    )
    def test_nobody_makes_a_step_who_was_not_noticed(
        self, doings: list[tuple[Doing, int, int]], rests_on: str
    ) -> None:
        found = winding(rests_on=rests_on)
        people = [found.person(name) for name in ("Alice", "Bob", "Carol")]
        at = NOW
        turn(at)
        for doing, which, minutes in doings:
            doing(found, people[which], at)
            at += minutes * MINUTE
            if not minutes:
                continue
            seen, chosen = noticed(found.journey, at), chosen_of_all(found.journey, at)
            turn(at)

            assert seen is None or {contact_id for contact_id, _to in chosen} <= seen
            moves = JourneyMove.objects.filter(moved_at=at).exclude(how="HAND")
            assert set(moves.values_list("member__contact", "to_stage")) == chosen


@pytest.mark.django_db(transaction=True)
def test_a_turn_looks_only_at_whom_something_changed_about() -> None:
    found = winding(rests_on="LEGITIMATE_INTEREST")
    alice, bob = found.person(), found.person("Bob")
    at_first = noticed(found.journey, NOW)
    turn(NOW)
    turn(NOW + MINUTE)
    idle = noticed(found.journey, NOW + 2 * MINUTE)
    visits(found, alice, NOW + 2 * MINUTE)
    after_a_visit = noticed(found.journey, NOW + 2 * MINUTE)
    turn(NOW + 2 * MINUTE)
    after_a_step = noticed(found.journey, NOW + 3 * MINUTE)
    turn(NOW + 3 * MINUTE)
    turn(NOW + 4 * MINUTE)

    assert at_first is None
    assert (idle, after_a_visit, after_a_step) == (set(), {alice.pk}, {alice.pk})
    assert noticed(found.journey, NOW + 5 * MINUTE) == set()
    assert noticed(found.journey, NOW + DAY) is None
    assert (stands(alice), stands(bob)) == ("looks", "")


@pytest.mark.django_db(transaction=True)
def test_very_many_changes_at_once_are_one_note_and_everybody_is_looked_at() -> None:
    found = winding(rests_on="LEGITIMATE_INTEREST")
    turn(NOW)
    turn(NOW + MINUTE)
    organisation = found.house.entity.organisation
    Contact.objects.bulk_create(Contact(organisation=organisation, created_at=NOW) for _one in range(5_001))

    assert list(PersonChange.objects.values_list("contact_id", flat=True)) == [None]
    assert noticed(found.journey, NOW + 2 * MINUTE) is None


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_otherwise_and_a_database_put_back_are_asked_of_everybody() -> None:
    found = winding(rests_on="LEGITIMATE_INTEREST")
    turn(NOW)
    turn(NOW + MINUTE)
    quick = noticed(found.journey, NOW + 2 * MINUTE)
    rule = found.journey.rules.filter(segment__isnull=False).get()
    other = scores.segment(legal_entity=found.house.entity, code="andere")
    found.journey.rules.filter(pk=rule.pk).update(segment=other)
    otherwise = noticed(found.journey, NOW + 2 * MINUTE)
    found.journey.rules.filter(pk=rule.pk).update(segment=rule.segment)
    Journey.objects.update(noted_from=2**60)

    assert (quick, otherwise, noticed(found.journey, NOW + 2 * MINUTE)) == (set(), None, None)


@pytest.mark.django_db(transaction=True)
def test_notes_go_once_every_running_journey_has_looked() -> None:
    found = way()
    visits(found, found.person(), NOW)
    kept_for_a_draft = PersonChange.objects.count()
    begin(found)
    turn(NOW)
    visits(found, found.person("Bob"), NOW)
    visited = PersonChange.objects.count()
    turn(NOW + MINUTE)
    turn(NOW + 2 * MINUTE)

    assert kept_for_a_draft == 2
    assert visited == 4
    assert not PersonChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_note_goes_while_a_journey_waits_for_its_first_look_unless_it_fails() -> None:
    found = way()
    visits(found, found.person(), NOW)
    begin(found)

    noticing.forget_notes()
    while_it_waits = PersonChange.objects.count()
    Journey.objects.update(fault=Journey.Fault.TURN)
    noticing.forget_notes()

    assert (while_it_waits, PersonChange.objects.count()) == (2, 0)


@pytest.mark.django_db(transaction=True)
def test_after_a_long_absence_notes_go_so_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noticing, "NOTES_AT_ONCE", 3)
    found = way()
    for name in ("Alice", "Bob"):
        visits(found, found.person(name), NOW)

    left = []
    for _time in range(2):
        noticing.forget_notes()
        left.append(PersonChange.objects.count())

    assert left == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_without_a_journey_nothing_is_noted() -> None:
    found = way()
    Journey.objects.filter(pk=found.journey.pk).update(
        state=Journey.State.ENDED, started_at=NOW, ended_at=NOW
    )

    visits(found, found.person(), NOW)

    assert not PersonChange.objects.exists()
