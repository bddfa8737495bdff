import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from consent.domain import withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.standing_stops import is_stopped
from consent.domain.withdrawals import NothingToUndoError, Scope
from consent.models import (
    Act,
    Actor,
    Collector,
    ConsentEvent,
    ConsentRecord,
    Grade,
    Method,
    Source,
    Status,
)
from customers.domain import contacts
from tests import make, preference_scenes
from tests.preference_scenes import House

JANUARY = datetime(2026, 1, 1, 12, tzinfo=UTC)
FEBRUARY, MARCH, APRIL = (JANUARY + timedelta(days=days) for days in (31, 62, 93))
BY_LINK = Circumstances(actor=Actor.SUBJECT, source=Source.ONE_CLICK, method=Method.BUTTON)


def all_mail(house: House) -> Scope:
    return Scope(legal_entity_id=house.shop.pk, channel="EMAIL")


def offers_by_mail(house: House) -> Scope:
    return Scope(legal_entity_id=house.shop.pk, purpose_id=house.offers.pk, channel="EMAIL")


def stop(house: House, scope: Scope, at: datetime) -> list[ConsentEvent]:
    return withdrawals.stop(point=house.email, scope=scope, how=BY_LINK, occurred_at=at)


def permit(house: House, at: datetime, **terms: Any) -> ConsentEvent:
    notice = house.by_email.notice
    event = NewEvent(
        organisation_id=house.organisation.pk,
        act=Act.GIVEN,
        subject_id=house.alice.pk,
        contact_point_id=house.email.pk,
        legal_entity_id=notice.legal_entity_id,
        purpose_id=notice.purpose_id,
        channel=notice.channel,
        occurred_at=at,
        actor=Actor.SUBJECT,
        source=Source.PAPER,
        method=Method.SIGNATURE,
        shown=Wordings(
            language="nl", notice_version_id=house.by_email.pk, notice_hash=house.by_email.content_hash
        ),
        grade=Grade.B,
        proof={"scan": "2026-0001"},
        **terms,
    )
    return record(events=[event], recorded_at=at)[0]


@pytest.mark.django_db
def test_stopping_all_mail_again_stops_what_was_permitted_since() -> None:
    house = preference_scenes.house()
    stop(house, all_mail(house), JANUARY)
    permit(house, FEBRUARY)

    stopped = stop(house, all_mail(house), MARCH)

    assert [event.act for event in stopped] == [Act.OBJECTED]
    objection = house.alice.objections.get()
    assert (objection.standing, objection.objected_at) == (True, MARCH)


@pytest.mark.django_db
def test_pressing_twice_is_one_act_and_pressing_again_later_another() -> None:
    house = preference_scenes.house()
    permit(house, JANUARY)
    for scope in (offers_by_mail(house), all_mail(house)):
        first = stop(house, scope, FEBRUARY)
        twice = stop(house, scope, FEBRUARY + timedelta(seconds=5))
        later = stop(house, scope, MARCH)

        assert [len(events) for events in (first, twice, later)] == [1, 0, 1]


@pytest.mark.django_db
def test_permission_on_paper_that_comes_to_light_later_lifts_no_later_stop() -> None:
    house = preference_scenes.house()
    stop(house, offers_by_mail(house), JANUARY)
    permit(house, FEBRUARY)
    stop(house, offers_by_mail(house), APRIL)

    permit(house, MARCH)

    assert ConsentRecord.objects.get().status == Status.WITHDRAWN


@pytest.mark.django_db
def test_what_is_stopped_with_more_counts_as_stopped() -> None:
    house = preference_scenes.house()
    permit(house, JANUARY)
    stop(house, all_mail(house), FEBRUARY)

    stopped = is_stopped(point=house.email, scope=offers_by_mail(house))
    permit(house, MARCH)

    assert stopped
    assert not is_stopped(point=house.email, scope=offers_by_mail(house))


@pytest.mark.django_db(transaction=True)
def test_stop_waits_for_a_permission_that_is_being_given() -> None:
    house = preference_scenes.house()
    permit(house, JANUARY)
    stop(house, offers_by_mail(house), FEBRUARY)

    with transaction.atomic():
        contacts.hold_contact(contact_id=house.alice.pk)
        stopping = in_background(lambda: stop(house, offers_by_mail(house), APRIL))
        time.sleep(0.3)
        permit(house, MARCH)
    stopping.join(timeout=10)

    assert ConsentRecord.objects.get().status == Status.WITHDRAWN
    assert ConsentEvent.objects.filter(act=Act.WITHDRAWN).count() == 2


@pytest.mark.django_db
def test_undo_gives_back_what_stood_and_no_more() -> None:
    house = preference_scenes.house()
    given = permit(house, JANUARY, uses=3, first_contact_due_at=APRIL, collector=Collector.NOT_NAMED)
    use(house, given, FEBRUARY)
    (stopped,) = stop(house, offers_by_mail(house), MARCH)

    undo(house, stopped, MARCH + timedelta(hours=1))

    row = ConsentRecord.objects.get()
    assert (row.status, row.uses, row.first_contact_due_at) == (Status.RENEWED, 2, None)
    assert (row.collector, row.grade, row.complete) == (Collector.NOT_NAMED, Grade.B, True)


@pytest.mark.django_db
def test_undo_does_not_lift_a_later_objection() -> None:
    house = preference_scenes.house()
    everything = Scope()
    (first,) = object_to(house, everything, JANUARY)
    (second,) = object_to(house, everything, FEBRUARY)

    with pytest.raises(NothingToUndoError):
        undo(house, first, MARCH)
    undo(house, second, MARCH)

    assert house.alice.objections.get().standing is False
    with pytest.raises(NothingToUndoError):
        undo(house, second, APRIL)


def use(house: House, given: ConsentEvent, at: datetime) -> None:
    make.permission_event(
        contact_point=house.email,
        notice_version=house.by_email,
        act=Act.USED,
        refers_to_id=given.pk,
        occurred_at=at,
    )


def object_to(house: House, scope: Scope, at: datetime) -> list[ConsentEvent]:
    return withdrawals.object_to(contact=house.alice, scope=scope, how=BY_LINK, occurred_at=at)


def undo(house: House, stopped: ConsentEvent, at: datetime) -> list[ConsentEvent]:
    return withdrawals.undo(contact=house.alice, stops=[stopped.pk], how=BY_LINK, occurred_at=at)


def in_background(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
