import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from consent.domain import confirmations, outbox
from consent.domain.confirmations import ConfirmationNotOpenError
from consent.domain.outbox import NewMessage
from consent.domain.visits import Visit
from consent.models import Act, ConsentEvent, Grade, OutboxMessage
from customers.models import ContactPoint
from tests import make, preference_scenes
from tests.preference_scenes import House

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOON = NOON + timedelta(minutes=5)
VISIT = Visit(page="https://jawoord.example.org/confirm/", network="192.0.2.0/24", browser="Firefox")


def request(house: House, point: ContactPoint) -> ConsentEvent:
    version = house.by_email if point == house.email else house.by_call
    return make.permission_event(
        contact_point=point, notice_version=version, act=Act.REQUESTED, occurred_at=NOON
    )


def mail_about(house: House, *requests: ConsentEvent) -> OutboxMessage:
    permissions = [{"event_id": str(event.pk)} for event in requests]
    message = NewMessage(
        kind=OutboxMessage.Kind.CONFIRM_REQUEST,
        legal_entity=house.shop,
        contact_point=house.email,
        language="nl",
        content={"permissions": permissions},
        link_lasts=timedelta(days=7),
    )
    return outbox.write(message=message, written_at=NOON)


def press(message_id: uuid.UUID) -> list[ConsentEvent]:
    return confirmations.confirm(message_id=message_id, visit=VISIT, confirmed_at=SOON)


@pytest.mark.django_db
def test_mail_proves_its_own_address_and_no_number() -> None:
    house = preference_scenes.house()
    message = mail_about(house, request(house, house.email), request(house, house.phone))

    confirmed = press(message.pk)

    assert [(event.channel, event.grade) for event in confirmed] == [("EMAIL", Grade.A), ("CALL", Grade.B)]


@pytest.mark.django_db
def test_request_on_an_address_that_was_replaced_is_gone() -> None:
    house = preference_scenes.house()
    asked = request(house, house.email)
    message = mail_about(house, asked)
    make.permission_event(
        contact_point=house.email,
        notice_version=house.by_email,
        act=Act.INVALIDATED,
        refers_to_id=asked.pk,
        occurred_at=NOON,
    )

    with pytest.raises(ConfirmationNotOpenError):
        press(message.pk)


@pytest.mark.django_db(transaction=True)
def test_two_mails_pressed_at_once_confirm_once() -> None:
    house = preference_scenes.house()
    asked = request(house, house.email)
    messages = [mail_about(house, asked) for _mail in range(2)]
    together = threading.Barrier(len(messages))

    def work(message_id: uuid.UUID) -> None:
        with closing_connection():
            together.wait()
            press(message_id)

    threads = [threading.Thread(target=work, args=[message.pk]) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)

    assert ConsentEvent.objects.filter(act=Act.CONFIRMED).count() == 1
    assert OutboxMessage.objects.filter(kind=OutboxMessage.Kind.CONFIRMATION).count() == 1


@contextmanager
def closing_connection() -> Iterator[None]:
    try:
        connection.ensure_connection()
        yield
    finally:
        connection.close()
