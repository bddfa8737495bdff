import datetime
from itertools import islice

import pytest
from django.db import transaction

from consent.domain.ledger.reconciling import find_differences
from consent.domain.ledger.recording import NewEvent, record
from consent.models import Act, Actor, ConsentEvent, Evidence, Method, Source, SubjectKey
from customers.domain import contacts
from customers.models import ContactPoint
from tests import make
from tests.consent.domain.ledger.racing import (
    WRITERS,
    Race,
    act_on,
    check_every_record,
    make_race,
    run_writers,
    write_at_random,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("most_at_once", [1, 6])
def test_records_equal_the_ledger_after_many_writers_at_once(most_at_once: int) -> None:
    race = make_race(people=3)

    def work(number: int) -> int:
        return sum(islice(write_at_random(race=race, seed=number, most_at_once=most_at_once), 25))

    written = sum(run_writers(work=work))

    assert ConsentEvent.objects.count() == written
    assert Evidence.objects.count() == written
    assert SubjectKey.objects.count() == 3
    check_every_record(race=race)
    assert list(find_differences()) == []


def test_giving_and_withdrawing_at_once_keeps_both_and_the_last_act_wins() -> None:
    race = make_race(people=1)
    point = race.points[0]
    given_at = make.NOW
    withdrawn_at = given_at + datetime.timedelta(microseconds=1)

    def work(number: int) -> int:
        act, moment = ((Act.GIVEN, given_at), (Act.WITHDRAWN, withdrawn_at))[number]
        return len(record(events=[act_on(race, point, act, moment)], recorded_at=withdrawn_at))

    run_writers(work=work, writers=2)

    assert sorted(ConsentEvent.objects.values_list("act", flat=True)) == [Act.GIVEN, Act.WITHDRAWN]
    (row,) = point.consent_records.all()
    assert row.status == "ConsentWithdrawn"


def test_verifying_an_address_and_giving_permission_at_once_never_deadlock() -> None:
    race = make_race(people=20)

    def work(number: int) -> int:
        for point in race.points:
            if number % 2:
                record(events=[act_on(race, point, Act.GIVEN, make.NOW)], recorded_at=make.NOW)
            else:
                verify(race, point)
        return len(race.points)

    assert run_writers(work=work) == [len(race.points)] * WRITERS


@transaction.atomic
def verify(race: Race, point: ContactPoint) -> None:
    contacts.mark_verified(point=point, method=ContactPoint.Verification.DOCUMENT, verified_at=make.NOW)
    seen = NewEvent(
        organisation_id=race.world.entity.organisation_id,
        act=Act.ADDRESS_VERIFIED,
        subject_id=point.contact_id,
        occurred_at=make.NOW,
        actor=Actor.STAFF,
        source=Source.STAFF_ENTRY,
        method=Method.RECORD,
        contact_point_id=point.pk,
    )
    record(events=[seen], recorded_at=make.NOW)
