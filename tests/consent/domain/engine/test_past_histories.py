"""The past of any history is answered as the records would answer, had nothing else been written."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.domain.engine.answering import ask_database
from consent.domain.engine.asking import Addresses
from consent.domain.engine.bulk import KEYS
from consent.domain.engine.question import Question, put_question
from consent.domain.ledger.recording import NewEvent, record
from tests import make
from tests.consent.domain.ledger.histories import Step, events_of, make_world, objection_steps, steps

pytestmark = pytest.mark.django_db
TOMORROW = make.NOW + datetime.timedelta(days=1)


def minute(part: int) -> datetime.datetime:
    return make.NOW + datetime.timedelta(minutes=part)


def record_each(*, events: Sequence[NewEvent], of: Sequence[int]) -> None:
    """Record these of the events, each in the minute of its place."""
    for place in of:
        record(events=[events[place]], recorded_at=minute(place))


def facts(question: Question, *, person_id: uuid.UUID, many: int) -> list[tuple[Any, ...]]:
    """What is known of one person; named so many times, since one address has a statement of its own."""
    addresses = Addresses()
    for _ in range(many):
        addresses.add(value="alice@example.org", usable=True, contact_id=person_id)
    found = ask_database(query=KEYS, question=question, addresses=addresses, explained=False)
    return [(place, key, ends) for place, key, ends, _contact in found]


def test_past_is_what_the_records_of_the_acts_known_then_say() -> None:
    world = make_world()

    @settings(max_examples=30, deadline=None)
    @given(
        history=st.lists(steps | objection_steps, min_size=1, max_size=12),
        days_ago=st.integers(0, 4),
        known=st.integers(0, 12),
        many=st.integers(1, 2),
    )
    def check(history: list[Step], days_ago: int, known: int, many: int) -> None:
        at = make.NOW - datetime.timedelta(days=days_ago)
        events, of_twin = (events_of(history=history, world=world) for _ in range(2))
        by_then = [place for place, event in enumerate(events) if event.occurred_at <= at and place <= known]
        record_each(events=events, of=range(len(events)))
        record_each(events=of_twin, of=by_then)

        past = put_question(
            legal_entity=world.entity.code,
            purpose="offers",
            channel="EMAIL",
            at=at,
            known_at=minute(known),
            now=TOMORROW,
        )

        assert facts(past, person_id=events[0].subject_id, many=many) == facts(
            replace(past, about_the_past=False), person_id=of_twin[0].subject_id, many=many
        )

    check()
