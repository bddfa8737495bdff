from datetime import datetime, timedelta

import pytest
from django.core import mail

from consent.domain import delivery, outbox
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.messages import WorkingLinks
from consent.domain.withdrawals import Scope, stop
from consent.models import Actor, ConsentEvent, Method, OutboxMessage, Source
from customers.models import ContactPoint
from scoring.domain.talent_pool.asking import ask_again, may_still_ask
from scoring.models import StayQuestion
from tests.scoring.pool_scene import A_SECOND, ENDS_AT, GIVEN_AT, PoolHouse, candidate, permit, pool_house

pytestmark = pytest.mark.django_db
FIRST_AT = ENDS_AT - timedelta(days=30)
LAST_AT = ENDS_AT - timedelta(days=7)
WAY = Circumstances(actor=Actor.SUBJECT, source=Source.WITHDRAWAL_LINK, method=Method.BUTTON)


def asked(now: datetime) -> int:
    return sum(ask_again(now=now))


def turns() -> list[int]:
    return list(StayQuestion.objects.order_by("asked_at", "pk").values_list("turn", flat=True))


def withdraw(house: PoolHouse, point: ContactPoint, at: datetime) -> None:
    scope = Scope(legal_entity_id=house.entity.pk, purpose_id=house.purpose.pk, channel="EMAIL")
    stop(point=point, scope=scope, how=WAY, occurred_at=at)


def test_the_question_goes_thirty_days_before_the_end_and_no_second_earlier() -> None:
    candidate(house=pool_house())

    assert asked(FIRST_AT - A_SECOND) == 0
    assert asked(FIRST_AT) == 1


def test_each_is_asked_once_for_each_turn_however_often_it_runs() -> None:
    candidate(house=pool_house())

    for at in (FIRST_AT, FIRST_AT, LAST_AT - A_SECOND, LAST_AT, LAST_AT, ENDS_AT - A_SECOND):
        asked(at)

    assert turns() == [1, 2]
    assert OutboxMessage.objects.filter(kind=OutboxMessage.Kind.STAY).count() == 2


def test_after_a_standstill_one_mail_is_enough() -> None:
    candidate(house=pool_house())

    assert asked(LAST_AT + A_SECOND) == 1
    assert asked(LAST_AT + timedelta(days=2)) == 0
    assert turns() == [2]


def test_a_first_question_shortly_before_the_last_waits_a_day_for_it() -> None:
    candidate(house=pool_house())
    asked(LAST_AT - timedelta(hours=1))

    assert asked(LAST_AT + timedelta(hours=22)) == 0
    assert asked(LAST_AT + timedelta(hours=23)) == 1


def test_nobody_is_asked_whose_permission_is_over_or_stopped() -> None:
    house = pool_house()
    candidate(house=house)
    bob = candidate(house=house, name="Bob", ends_at=ENDS_AT + timedelta(days=365))
    withdraw(house, candidate(house=house, name="Carol"), FIRST_AT - A_SECOND)

    assert asked(ENDS_AT) == 0
    assert asked(FIRST_AT + timedelta(days=365)) == 1
    assert list(StayQuestion.objects.values_list("contact", flat=True)) == [bob.contact_id]


def test_a_pool_may_ask_only_once() -> None:
    house = pool_house()
    house.pool.ask_last_days_before = None
    house.pool.save(update_fields=["ask_last_days_before"])
    candidate(house=house)

    assert [asked(FIRST_AT), asked(LAST_AT)] == [1, 0]


def test_a_permission_given_anew_is_asked_about_anew() -> None:
    house = pool_house()
    point = candidate(house=house)
    asked(FIRST_AT)
    permit(house=house, point=point, given_at=LAST_AT, ends_at=ENDS_AT + timedelta(days=365))

    assert asked(LAST_AT + A_SECOND) == 0
    assert asked(FIRST_AT + timedelta(days=365)) == 1


def test_the_mail_shows_wording_last_day_and_a_link() -> None:
    candidate(house=pool_house())
    asked(FIRST_AT)
    message = outbox.claim_next(now=FIRST_AT)
    assert message is not None

    delivery.deliver(message=message, links=WorkingLinks(public_url="https://j.example"), now=FIRST_AT)

    [sent] = mail.outbox
    assert "Talentenpool" in sent.subject
    assert "1 december 2026" in sent.body
    assert "Ja, Werkplaats B.V. mag mij een jaar lang mailen over werk dat bij mij past." in sent.body
    assert "https://j.example/stay/" in sent.body
    assert "https://j.example/unsubscribe/" in sent.body


def test_who_stops_before_the_mail_leaves_gets_none() -> None:
    house = pool_house()
    point = candidate(house=house)
    asked(FIRST_AT)
    message = OutboxMessage.objects.get()
    assert may_still_ask(message, FIRST_AT)

    withdraw(house, point, FIRST_AT + A_SECOND)

    assert not may_still_ask(message, FIRST_AT + 2 * A_SECOND)


def test_a_mail_that_waited_past_the_end_does_not_go() -> None:
    candidate(house=pool_house())
    asked(FIRST_AT)
    message = OutboxMessage.objects.get()

    assert may_still_ask(message, ENDS_AT - A_SECOND)
    assert not may_still_ask(message, ENDS_AT)


def test_asking_writes_nothing_in_the_ledger() -> None:
    candidate(house=pool_house())
    before = ConsentEvent.objects.count()

    asked(FIRST_AT)

    assert ConsentEvent.objects.count() == before
    assert ConsentEvent.objects.get().occurred_at == GIVEN_AT


def test_without_a_published_wording_nobody_is_asked() -> None:
    candidate(house=pool_house(published_at=None))

    assert asked(FIRST_AT) == 0
