from datetime import UTC, datetime, timedelta

import pytest

from consent.domain import withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.withdrawals import NothingToUndoError, Scope
from consent.models import Act, Actor, ConsentRecord, Method, Source, Status
from tests import make, preference_scenes

pytestmark = pytest.mark.django_db
JANUARY = datetime(2026, 1, 1, 12, tzinfo=UTC)
FEBRUARY, MARCH, APRIL = (JANUARY + timedelta(days=days) for days in (31, 62, 93))
BY_PAGE = Circumstances(
    actor=Actor.SUBJECT, source=Source.PREFERENCES, method=Method.BUTTON, proof={"page": "/"}
)


def test_undone_stop_counts_what_was_used_before() -> None:
    house = preference_scenes.house()
    given = make.permission_event(
        contact_point=house.email,
        notice_version=house.by_email,
        occurred_at=JANUARY,
        uses=2,
        first_contact_due_at=APRIL,
    )
    make.permission_event(
        contact_point=house.email,
        notice_version=house.by_email,
        act=Act.USED,
        occurred_at=FEBRUARY,
        refers_to_id=given.pk,
    )
    stopped = withdrawals.object_to(contact=house.alice, scope=Scope(), how=BY_PAGE, occurred_at=MARCH)

    withdrawals.undo(
        contact=house.alice, stops=[event.pk for event in stopped], how=BY_PAGE, occurred_at=APRIL
    )

    record = ConsentRecord.objects.get()
    assert (record.status, record.uses, record.uses_spent, record.first_contact_due_at) == (
        Status.RENEWED,
        1,
        0,
        None,
    )


def test_stop_is_undone_once() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=JANUARY)
    stopped = withdrawals.object_to(contact=house.alice, scope=Scope(), how=BY_PAGE, occurred_at=FEBRUARY)
    stops = [event.pk for event in stopped if event.act == Act.WITHDRAWN]
    withdrawals.undo(contact=house.alice, stops=stops, how=BY_PAGE, occurred_at=MARCH)

    with pytest.raises(NothingToUndoError):
        withdrawals.undo(contact=house.alice, stops=stops, how=BY_PAGE, occurred_at=APRIL)
