import datetime
import uuid
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.domain.ledger.recording import NewEvent, record
from tests import make
from tests.consent.domain.ledger import oracle
from tests.consent.domain.ledger.histories import (
    Step,
    events_of,
    histories,
    ledger_of,
    make_world,
    objection_histories,
    objections_of,
    records_of,
)

pytestmark = pytest.mark.django_db
small = settings(max_examples=80, deadline=None)


def record_in_parts(*, events: Sequence[NewEvent], order: list[int], size: int) -> uuid.UUID:
    """Record events in this order of arrival, so many at a time, each part a minute later."""
    arriving = [events[place] for place in order]
    for start in range(0, len(arriving), size):
        record(
            events=arriving[start : start + size],
            recorded_at=make.NOW + datetime.timedelta(minutes=start // size),
        )
    return events[0].subject_id


def test_records_equal_the_fold_of_the_ledger_whatever_the_order_of_arrival() -> None:
    world = make_world()

    @small
    @given(history=histories, data=st.data(), size=st.integers(1, 5))
    def check(history: list[Step], data: st.DataObject, size: int) -> None:
        events = events_of(history=history, world=world)
        order = data.draw(st.permutations(range(len(events))))

        person_id = record_in_parts(events=events, order=order, size=size)

        assert records_of(person_id=person_id) == oracle.expected_records(ledger_of(person_id=person_id))

    check()


def test_objections_equal_the_fold_of_the_ledger_whatever_the_order_of_arrival() -> None:
    world = make_world()

    @small
    @given(history=objection_histories, data=st.data(), size=st.integers(1, 5))
    def check(history: list[Step], data: st.DataObject, size: int) -> None:
        events = events_of(history=history, world=world)
        order = data.draw(st.permutations(range(len(events))))

        person_id = record_in_parts(events=events, order=order, size=size)

        assert objections_of(person_id=person_id) == oracle.expected_objections(
            ledger_of(person_id=person_id)
        )

    check()


def test_one_by_one_and_all_at_once_give_the_same_records() -> None:
    world = make_world()

    @small
    @given(history=histories | objection_histories)
    def check(history: list[Step]) -> None:
        singly, at_once = (events_of(history=history, world=world) for _ in range(2))
        for event in singly:
            record(events=[event], recorded_at=make.NOW)
        record(events=at_once, recorded_at=make.NOW)

        assert outcome(singly) == outcome(at_once)

    check()


def outcome(events: Sequence[NewEvent]) -> list[dict[str, object]]:
    """What stands in the records, with each key replaced by its place in the history."""
    person_id = events[0].subject_id
    named: dict[object, object] = {}
    for place, event in enumerate(events):
        for key in (event.id, event.shown.notice_version_id, event.collection_point_id):
            named[key] = place
    named[None] = None
    rows = [
        {"scope": (key[-1], *(part is None for part in key)), **row}
        for rows in (records_of(person_id=person_id), objections_of(person_id=person_id))
        for key, row in rows.items()
    ]
    return sorted(
        ({name: named.get(value, value) for name, value in row.items()} for row in rows),
        key=lambda row: str(row["scope"]),
    )
