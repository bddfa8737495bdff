import datetime
import uuid
from dataclasses import dataclass

import pytest

from consent.domain.ledger.recording import NewEvent, record
from consent.models import Act, Actor, Channel, ConsentRecord, Method, Objection, Source, Status
from customers.models import uuid7
from tests import make
from tests.consent.domain.ledger.histories import World, make_world

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class Did:
    """One act on a day; `names` is the place of the act it refers to."""

    act: Act
    day: int
    proven: bool = True
    names: int | None = None
    uses: int | None = None


def status_after(*acts: Did) -> str:
    """Record acts in this order of arrival, all written at one moment, and read the record."""
    return record_after(*acts).status


def record_after(*acts: Did) -> ConsentRecord:
    world = make_world()
    person = make.contact(organisation=world.entity.organisation)
    point_id = make.email_point(contact=person).pk
    ids = [uuid7() for _ in acts]
    for did, event_id in zip(acts, ids, strict=True):
        named = ids[did.names] if did.names is not None else None
        record(events=[event(world, person.pk, point_id, did, event_id, named)], recorded_at=make.NOW)
    return ConsentRecord.objects.get(contact=person)


def event(
    world: World,
    person_id: uuid.UUID,
    point_id: uuid.UUID | None,
    did: Did,
    event_id: uuid.UUID,
    named: uuid.UUID | None,
) -> NewEvent:
    return NewEvent(
        id=event_id,
        organisation_id=world.entity.organisation_id,
        act=did.act,
        subject_id=person_id,
        occurred_at=make.LONG_AGO + datetime.timedelta(days=did.day),
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        legal_entity_id=world.entity.pk,
        purpose_id=world.purpose_id,
        channel=Channel.EMAIL,
        contact_point_id=point_id,
        proven=did.proven,
        refers_to_id=named,
        uses=did.uses,
    )


GIVEN, WITHDRAWN, REFUSED, REQUESTED = Act.GIVEN, Act.WITHDRAWN, Act.REFUSED, Act.REQUESTED


@pytest.mark.parametrize(
    ("acts", "status"),
    [
        ([(GIVEN, 1), (WITHDRAWN, 2)], Status.WITHDRAWN),
        ([(WITHDRAWN, 2), (GIVEN, 1)], Status.WITHDRAWN),
        ([(GIVEN, 3), (WITHDRAWN, 2)], Status.GIVEN),
        ([(WITHDRAWN, 2), (GIVEN, 2)], Status.WITHDRAWN),
        ([(GIVEN, 2), (WITHDRAWN, 2)], Status.WITHDRAWN),
        ([(WITHDRAWN, 1), (REFUSED, 2)], Status.WITHDRAWN),
        ([(WITHDRAWN, 1), (REQUESTED, 2)], Status.WITHDRAWN),
        ([(GIVEN, 1), (REQUESTED, 2)], Status.GIVEN),
        ([(GIVEN, 1), (REFUSED, 2)], Status.REFUSED),
        ([(REFUSED, 1), (GIVEN, 2)], Status.GIVEN),
        ([(REFUSED, 1), (REQUESTED, 2)], Status.REQUESTED),
        ([(REQUESTED, 1), (REFUSED, 2)], Status.REFUSED),
        ([(GIVEN, 1), (REFUSED, 2), (REQUESTED, 3)], Status.REQUESTED),
        ([(REQUESTED, 1), (Act.CONFIRMED, 2)], Status.GIVEN),
        ([(GIVEN, 1), (Act.RENEWED, 2)], Status.RENEWED),
    ],
)
def test_last_act_wins_whatever_the_order_of_arrival(acts: list[tuple[Act, int]], status: Status) -> None:
    assert status_after(*(Did(act=act, day=day) for act, day in acts)) == status


def test_claimed_permission_never_beats_a_stop() -> None:
    claimed = Did(act=GIVEN, day=9, proven=False)

    assert status_after(claimed, Did(act=WITHDRAWN, day=1)) == Status.WITHDRAWN


def test_proven_permission_beats_a_claimed_one_of_a_later_date() -> None:
    kept = record_after(Did(act=GIVEN, day=1), Did(act=GIVEN, day=9, proven=False))

    assert (kept.granted_at, kept.grant_proven) == (make.LONG_AGO + datetime.timedelta(days=1), True)


def test_expiry_of_an_old_permission_leaves_the_renewed_one_alone() -> None:
    renewed = (Did(act=GIVEN, day=1), Did(act=Act.RENEWED, day=2), Did(act=Act.EXPIRED, day=3, names=0))

    assert status_after(*renewed) == Status.RENEWED


def test_expiry_of_the_last_permission_ends_it() -> None:
    expired = (Did(act=GIVEN, day=1), Did(act=Act.RENEWED, day=2), Did(act=Act.EXPIRED, day=3, names=1))

    assert status_after(*expired) == Status.EXPIRED


def test_permission_given_after_an_expiry_stands() -> None:
    assert (
        status_after(Did(act=GIVEN, day=1), Did(act=Act.EXPIRED, day=2), Did(act=GIVEN, day=3))
        == Status.GIVEN
    )


def test_invalidated_permission_stays_so_when_its_term_passes() -> None:
    kept = record_after(
        Did(act=GIVEN, day=1),
        Did(act=Act.INVALIDATED, day=2, names=0),
        Did(act=Act.EXPIRED, day=3, names=0),
    )

    assert kept.status == Status.INVALIDATED
    assert kept.invalidated_at == make.LONG_AGO + datetime.timedelta(days=2)


def test_permission_for_one_use_is_used_up_by_it() -> None:
    kept = record_after(Did(act=GIVEN, day=1, uses=1), Did(act=Act.USED, day=2, names=0))

    assert (kept.status, kept.uses_spent) == (Status.TERMINATED, 1)


def test_permission_for_two_uses_outlives_the_first() -> None:
    kept = record_after(Did(act=GIVEN, day=1, uses=2), Did(act=Act.USED, day=2, names=0))

    assert (kept.status, kept.uses_spent) == (Status.GIVEN, 1)


def test_use_of_an_older_permission_does_not_count_for_the_next() -> None:
    kept = record_after(
        Did(act=GIVEN, day=1, uses=1), Did(act=Act.USED, day=2, names=0), Did(act=GIVEN, day=3, uses=1)
    )

    assert (kept.status, kept.uses_spent, kept.first_used_at) == (Status.GIVEN, 0, None)


def test_request_that_nobody_confirmed_lapses() -> None:
    assert (
        status_after(Did(act=REQUESTED, day=1), Did(act=Act.LAPSED, day=5, names=0))
        == Status.REQUEST_DEFERRED
    )


def test_lapse_of_an_old_request_leaves_the_next_one_open() -> None:
    assert (
        status_after(
            Did(act=REQUESTED, day=1), Did(act=Act.LAPSED, day=5, names=0), Did(act=REQUESTED, day=4)
        )
        == Status.REQUESTED
    )


@pytest.mark.parametrize(
    ("acts", "stands"),
    [
        ([(Act.OBJECTED, 1, True), (Act.OBJECTION_RETRACTED, 2, True)], False),
        ([(Act.OBJECTION_RETRACTED, 2, True), (Act.OBJECTED, 1, True)], False),
        ([(Act.OBJECTED, 3, True), (Act.OBJECTION_RETRACTED, 2, True)], True),
        ([(Act.OBJECTED, 2, True), (Act.OBJECTION_RETRACTED, 2, True)], True),
        ([(Act.OBJECTED, 1, True), (Act.OBJECTION_RETRACTED, 9, False)], True),
    ],
)
def test_objection_stands_until_it_is_taken_back(acts: list[tuple[Act, int, bool]], stands: bool) -> None:
    world = make_world()
    person = make.contact(organisation=world.entity.organisation)

    for act, day, proven in acts:
        did = Did(act=act, day=day, proven=proven)
        record(events=[event(world, person.pk, None, did, uuid7(), None)], recorded_at=make.NOW)

    assert Objection.objects.get(contact=person).standing is stands
