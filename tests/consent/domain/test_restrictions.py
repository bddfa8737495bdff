from datetime import datetime, timedelta

import pytest

from consent.domain import restrictions
from consent.domain.ledger.circumstances import Circumstances
from consent.models import Act, Actor, ConsentEvent, Method, Restriction, Source
from customers.models import Contact
from tests import make

pytestmark = pytest.mark.django_db

BY_STAFF = Circumstances(actor=Actor.SUBJECT, source=Source.STAFF_ENTRY, method=Method.REPLY)
LATER = make.NOW + timedelta(days=30)


def restrict(*, contact: Contact, at: datetime = make.NOW) -> Restriction:
    return restrictions.restrict(
        contact=contact,
        reason="Art. 18(1)(a): juistheid betwist",
        how=BY_STAFF,
        restricted_at=at,
        recorded_at=at,
    )


def lift(*, contact: Contact, at: datetime = LATER) -> Restriction:
    return restrictions.lift_restriction(contact=contact, how=BY_STAFF, lifted_at=at, recorded_at=LATER)


def test_restriction_stands_from_its_moment_with_its_event() -> None:
    sjoerd = make.contact(organisation=make.organisation(), given_name="Sjoerd")

    row = restrict(contact=sjoerd)

    event = ConsentEvent.objects.get()
    assert (event.act, event.subject_id, event.occurred_at) == (Act.RESTRICTED, sjoerd.pk, make.NOW)
    assert (row.restricted_at, row.lifted_at, row.event_id) == (make.NOW, None, event.pk)


def test_lifted_restriction_keeps_its_period_and_can_come_again() -> None:
    sjoerd = make.contact(organisation=make.organisation(), given_name="Sjoerd")
    first = restrict(contact=sjoerd)

    lift(contact=sjoerd)
    restrict(contact=sjoerd, at=LATER)

    periods = Restriction.objects.order_by("restricted_at").values_list("restricted_at", "lifted_at")
    lifted = ConsentEvent.objects.get(act=Act.RESTRICTION_LIFTED)
    assert list(periods) == [(make.NOW, LATER), (LATER, None)]
    assert (lifted.refers_to_id, lifted.occurred_at) == (first.event_id, LATER)


def test_second_restriction_at_once_is_refused() -> None:
    sjoerd = make.contact(organisation=make.organisation(), given_name="Sjoerd")
    restrict(contact=sjoerd)

    with pytest.raises(restrictions.AlreadyRestrictedError):
        restrict(contact=sjoerd)

    assert ConsentEvent.objects.count() == 1


def test_lift_of_nothing_or_of_a_later_restriction_is_refused() -> None:
    sjoerd = make.contact(organisation=make.organisation(), given_name="Sjoerd")

    with pytest.raises(restrictions.NotRestrictedError):
        lift(contact=sjoerd)
    restrict(contact=sjoerd)
    with pytest.raises(restrictions.NotRestrictedError):
        lift(contact=sjoerd, at=make.NOW - timedelta(seconds=1))
