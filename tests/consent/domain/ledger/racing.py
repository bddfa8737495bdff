"""Many writers at once on few people, in real transactions."""

import datetime
import random
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection

from consent.domain.ledger.recording import NewEvent, record
from consent.models import GRANTS, Act, Actor, Channel, ConsentEvent, ConsentRecord, Method, Source
from customers.models import ContactPoint
from tests import make
from tests.consent.domain.ledger import oracle
from tests.consent.domain.ledger.histories import World, chosen, key_of, make_world

WRITERS = 8
ACTS = (Act.GIVEN, Act.WITHDRAWN, Act.WITHDRAWN, Act.RENEWED, Act.REQUESTED, Act.REFUSED)


@dataclass(frozen=True, kw_only=True)
class Race:
    """What the writers fight over."""

    world: World
    points: list[ContactPoint]


def make_race(*, people: int) -> Race:
    world = make_world()
    points = []
    for number in range(people):
        person = make.contact(organisation=world.entity.organisation)
        points.append(make.email_point(contact=person, text=f"person{number}@example.org"))
        points.append(make.phone_point(contact=person, text=f"+312000{number:05d}"))
    return Race(world=world, points=points)


def run_writers(*, work: Callable[[int], int], writers: int = WRITERS) -> list[int]:
    """Start this many threads on the same moment; what one raises is raised here."""
    start = threading.Barrier(writers)

    def begin(number: int) -> int:
        try:
            start.wait(timeout=30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(begin, range(writers)))


def write_at_random(*, race: Race, seed: int, most_at_once: int) -> Iterator[int]:
    """Grant and withdraw for ever; yields how many events each transaction wrote."""
    chance = random.Random(seed)  # noqa: S311 (chance, no secret)
    while True:
        now = datetime.datetime.now(datetime.UTC)
        points = chance.choices(race.points, k=chance.randint(1, most_at_once))
        events = [act_on(race, point, chance.choice(ACTS), now) for point in points]
        written = record(events=events, recorded_at=now)
        check_withdrawals(written)
        yield len(events)


def act_on(race: Race, point: ContactPoint, act: Act, now: datetime.datetime) -> NewEvent:
    return NewEvent(
        organisation_id=point.organisation_id,
        act=act,
        subject_id=point.contact_id,
        occurred_at=now,
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        legal_entity_id=race.world.entity.pk,
        purpose_id=race.world.purpose_id,
        channel=Channel.EMAIL if point.kind == ContactPoint.Kind.EMAIL else Channel.CALL,
        contact_point_id=point.pk,
        proof={"typed": "alice@example.org"},
    )


def check_withdrawals(written: Sequence[ConsentEvent]) -> None:
    """After the answer to a withdrawal, permission stands only by an act that came later."""
    for event in written:
        if event.act == Act.WITHDRAWN:
            row = ConsentRecord.objects.get(contact=event.subject_id, channel=event.channel)
            assert row.withdrawn_at is not None
            assert row.withdrawn_at >= event.occurred_at
            if row.granted_at is not None and row.status in ("ConsentGiven", "RenewedConsentGiven"):
                assert row.granted_at >= event.occurred_at
                assert row.grant_event_id not in earlier_grants(event)


def earlier_grants(withdrawal: ConsentEvent) -> list[uuid.UUID]:
    history = ConsentEvent.objects.filter(
        organisation=withdrawal.organisation_id,
        subject_id=withdrawal.subject_id,
        contact_point_id=withdrawal.contact_point_id,
        act__in=GRANTS,
    )
    order = oracle.in_order([*history, withdrawal])
    return [event.id for event in order[: order.index(withdrawal)]]


def check_every_record(*, race: Race) -> None:
    ledger = list(ConsentEvent.objects.all())
    records = {
        key_of(row, oracle.PERMISSION): chosen(row, oracle.RECORD_COLUMNS)
        for row in ConsentRecord.objects.values()
    }
    assert len(records) == len(race.points)
    assert records == oracle.expected_records(ledger)
