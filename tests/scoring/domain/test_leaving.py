from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.domain.restrictions import restrict
from consent.domain.suppressions import Block, suppress_address
from consent.domain.withdrawals import Scope, object_to
from consent.models import Act, Channel, Suppression
from customers.domain.addresses import read_email
from customers.models import Contact
from scoring.domain.leaving import follow_acts
from scoring.models import BehaviourEvent, Score, ScoreModel, SegmentMember
from tests import make
from tests.scoring import make as scoring
from tests.scoring import make_scores
from tests.scoring.domain.house import WAY, House, house, permit

pytestmark = pytest.mark.django_db
Ground = ScoreModel.Ground
Via = BehaviourEvent.Via
EVERYTHING = {"CONSENT", "LEGITIMATE_INTEREST", "segment", "measured"}
NOTHING: set[str] = set()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Alice, who permitted everything and is looked at in every way, beside Bob who is as well."""

    house: House
    alice: Contact
    bob: Contact


def scene() -> Scene:
    found = house()
    people = [
        make.contact(organisation=found.entity.organisation, given_name=name) for name in ("Alice", "Bob")
    ]
    for number, person in enumerate(people):
        make.email_point(contact=person, text=f"{person.given_name.lower()}@example.org")
        permit(contact=person, entity=found.entity, purpose=found.profiling)
        permit(contact=person, entity=found.entity, purpose=found.measuring)
        look_at(found, person, number)
    return Scene(house=found, alice=people[0], bob=people[1])


def look_at(found: House, person: Contact, number: int) -> None:
    for ground in Ground:
        model = ScoreModel.objects.filter(rests_on=ground).first() or make_scores.score_model(
            legal_entity=found.entity, code=ground.lower(), rests_on=ground
        )
        Score.objects.create(model=model, contact=person, points=number, changed_at=make.NOW)
    segment = make_scores.segment(legal_entity=found.entity, code=f"groep-{number}")
    SegmentMember.objects.create(segment=segment, contact=person, since_at=make.NOW)
    scoring.behaviour(contact=person, legal_entity=found.entity, via=Via.PAGE)
    scoring.behaviour(contact=person, legal_entity=found.entity, via=Via.API)


def left_of(person: Contact) -> set[str]:
    scores = Score.objects.filter(contact=person).values_list("model__rests_on", flat=True)
    measured = BehaviourEvent.objects.filter(contact=person, via=Via.PAGE)
    member = SegmentMember.objects.filter(contact=person)
    return {*scores, *(["segment"] if member.exists() else []), *(["measured"] if measured.exists() else [])}


def object_(found: Scene, **scope: object) -> None:
    object_to(contact=found.alice, scope=Scope(**scope), how=WAY, occurred_at=make.NOW)  # type: ignore[arg-type]


def withdraw_profiling(found: Scene) -> None:
    permit(
        contact=found.alice,
        entity=found.house.entity,
        purpose=found.house.profiling,
        act=Act.WITHDRAWN,
        at=make.NOW,
    )


def withdraw_measuring(found: Scene) -> None:
    permit(
        contact=found.alice,
        entity=found.house.entity,
        purpose=found.house.measuring,
        act=Act.WITHDRAWN,
        at=make.NOW,
    )


def be_restricted(found: Scene) -> None:
    restrict(contact=found.alice, reason="betwist", how=WAY, restricted_at=make.NOW, recorded_at=make.NOW)


def block_address(found: Scene) -> None:
    suppress_address(
        block=Block(organisation=found.alice.organisation, address=read_email(text="alice@example.org")),
        reason=Suppression.Reason.BLOCKED,
        how=WAY,
        suppressed_at=make.NOW,
        recorded_at=make.NOW,
    )


def withdraw_before_permitting_again(found: Scene) -> None:
    """It arrives late: what was permitted after it stands."""
    about = {"contact": found.alice, "entity": found.house.entity, "purpose": found.house.profiling}
    permit(**about, at=make.NOW - timedelta(days=1))  # type: ignore[arg-type]  # one mapping for several
    permit(**about, act=Act.WITHDRAWN, at=make.NOW - timedelta(days=2), known_at=make.NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (object_, NOTHING),
        (lambda found: object_(found, legal_entity_id=found.house.entity.pk), NOTHING),
        (lambda found: object_(found, legal_entity_id=found.house.sister.pk), EVERYTHING),
        (lambda found: object_(found, channel=Channel.EMAIL), EVERYTHING),
        (
            lambda found: object_(found, purpose_id=found.house.profiling.pk, channel=Channel.NONE),
            {"measured"},
        ),
        (withdraw_profiling, {"measured"}),
        (withdraw_measuring, EVERYTHING - {"measured"}),
        (withdraw_before_permitting_again, EVERYTHING),
        # Only storing is left, and what was measured is stored.
        (be_restricted, {"measured"}),
        (block_address, {"measured"}),
    ],
    ids=[
        "objects to everything",
        "objects at the legal entity",
        "objects at the sister",
        "objects to mail",
        "objects to profiling",
        "withdraws profiling",
        "withdraws measuring",
        "late withdrawal",
        "is restricted",
        "address is blocked",
    ],
)
def test_who_stops_it_leaves_at_once_and_nobody_else(act: Callable[[Scene], None], left: set[str]) -> None:
    found = scene()

    act(found)

    assert (left_of(found.alice), left_of(found.bob)) == (left, EVERYTHING)


def test_what_a_program_told_stays_until_its_term() -> None:
    found = scene()

    withdraw_measuring(found)

    assert BehaviourEvent.objects.filter(contact=found.alice).count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_stop_of_whom_nobody_looks_at_costs_one_question(number: int) -> None:
    found = house()
    events = [
        permit(
            contact=make.contact(organisation=found.entity.organisation),
            entity=found.entity,
            purpose=found.profiling,
            act=Act.REFUSED,
        )
        for _ in range(number)
    ]

    with CaptureQueriesContext(connection) as queries:
        follow_acts(events)

    assert len(queries) == 1
