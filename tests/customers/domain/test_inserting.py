import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.forms.models import model_to_dict

from consent.domain.ledger.leaf import leaf_of
from consent.models import Act, Actor, ConsentEvent, Evidence, Job, Method, Source
from customers.domain.inserting import FEW, insert_rows
from customers.models import Organisation
from tests import make

pytestmark = pytest.mark.django_db


def ends(count: int, *, organisation: Organisation) -> list[ConsentEvent]:
    return [
        ConsentEvent(
            organisation=organisation,
            act=Act.RELATION_ENDED,
            subject_id=uuid.uuid4(),
            occurred_at=make.NOW - timedelta(days=1),
            recorded_at=make.NOW,
            actor=Actor.SYSTEM,
            source=Source.SCHEDULE,
            method=Method.TERM,
            reason='\t, "q", \\N, é\n',
        )
        for _number in range(count)
    ]


@pytest.mark.parametrize("count", [1, FEW, FEW + 1])
def test_many_are_inserted_as_few_are(count: int) -> None:
    rows = ends(count, organisation=make.organisation())

    insert_rows(rows=rows)

    stored = {event.pk: event for event in ConsentEvent.objects.all()}
    assert len(stored) == len({event.sequence for event in stored.values()}) == count
    for row in rows:
        row.sequence = stored[row.pk].sequence
        assert leaf_of(event=row) == leaf_of(event=stored[row.pk])


def test_bytes_lists_and_json_arrive_whole() -> None:
    organisation = make.organisation()
    evidence = [
        Evidence(
            event_id=uuid.uuid4(),
            subject_id=uuid.uuid4(),
            nonce=b"\0\\x",
            ciphertext=b"\n\t\\.\xff",
            recorded_at=make.NOW,
        )
        for _number in range(FEW + 1)
    ]
    work = [
        Job(
            organisation=organisation,
            kind=Job.Kind.SCREENING,
            total=1,
            key_range={"moments": {"0": 'é "\\'}},
            created_at=make.NOW,
            heartbeat_at=make.NOW,
        )
        for _number in range(FEW + 1)
    ]

    insert_rows(rows=evidence)
    insert_rows(rows=work)

    kept = Evidence.objects.first()
    assert kept
    assert (bytes(kept.nonce), bytes(kept.ciphertext)) == (b"\0\\x", b"\n\t\\.\xff")
    assert model_to_dict(Job.objects.get(pk=work[0].pk)) == model_to_dict(work[0])


def test_what_the_data_must_obey_is_refused_in_bulk_too() -> None:
    rows = ends(FEW + 1, organisation=make.organisation())
    rows[-1].occurred_at = make.NOW + timedelta(days=1)

    with pytest.raises(IntegrityError):
        insert_rows(rows=rows)


def test_nothing_is_inserted_of_nothing() -> None:
    insert_rows(rows=[])

    assert not ConsentEvent.objects.exists()
