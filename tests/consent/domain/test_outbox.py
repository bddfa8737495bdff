import datetime

import pytest

from consent.domain import outbox
from consent.domain.outbox import NewMessage
from consent.models import OutboxMessage
from customers.models import uuid7
from tests import make

pytestmark = pytest.mark.django_db
State = OutboxMessage.State
SECOND = datetime.timedelta(seconds=1)


def waiting_message() -> OutboxMessage:
    organisation = make.organisation()
    message = NewMessage(
        kind=OutboxMessage.Kind.RECEIPT,
        legal_entity=make.legal_entity(organisation=organisation),
        contact_point=make.email_point(contact=make.contact(organisation=organisation)),
        language="nl",
        content={},
    )
    return outbox.write(message=message, written_at=make.NOW)


def fail_once(*, now: datetime.datetime) -> OutboxMessage:
    message = outbox.claim_next(now=now)
    assert message is not None
    outbox.mark_for_retry(message=message, now=now, answer="451")
    return OutboxMessage.objects.get()


def test_failing_mail_is_tried_again_soon_and_then_every_five_minutes_for_four_hours() -> None:
    waiting_message()
    steady = make.NOW + datetime.timedelta(seconds=70)
    tries = [make.NOW, make.NOW + datetime.timedelta(seconds=10)]
    tries += [steady + number * datetime.timedelta(minutes=5) for number in range(48)]

    for number, now in enumerate(tries, start=1):
        assert outbox.claim_next(now=now - SECOND) is None
        message = fail_once(now=now)
        expected = State.GIVEN_UP if number == 50 else State.WAITING
        assert (message.state, message.tries, message.last_answer) == (expected, number, "451")

    assert outbox.claim_next(now=make.NOW + datetime.timedelta(days=365)) is None


def test_given_up_mail_starts_from_the_beginning_when_staff_send_it_again() -> None:
    message = waiting_message()
    OutboxMessage.objects.update(state=State.GIVEN_UP, tries=50)
    later = make.NOW + datetime.timedelta(days=2)

    outbox.send_again(message=message, now=later)

    message = fail_once(now=later)
    assert (message.state, message.tries) == (State.WAITING, 1)


@pytest.mark.parametrize("state", [State.WAITING, State.SENDING, State.SENT])
def test_only_mail_that_ended_badly_is_sent_again(state: str) -> None:
    message = waiting_message()
    OutboxMessage.objects.update(state=state, tries=3)

    outbox.send_again(message=message, now=make.NOW)

    assert OutboxMessage.objects.values_list("state", "tries").get() == (state, 3)


@pytest.mark.parametrize(("seconds", "taken"), [(0, False), (19, False), (20, False), (21, True), (59, True)])
def test_a_message_is_never_stuck_longer_than_a_minute(seconds: int, taken: bool) -> None:
    waiting_message()
    outbox.claim_next(now=make.NOW)

    again = outbox.claim_next(now=make.NOW + seconds * SECOND)

    assert (again is not None) is taken
    assert OutboxMessage.objects.get().possibly_sent_twice is taken


def test_a_message_that_kills_every_sender_is_given_up_and_holds_up_nobody() -> None:
    waiting_message()
    now = make.NOW
    for _try in range(50):
        assert outbox.claim_next(now=now) is not None
        now += 21 * SECOND

    assert outbox.claim_next(now=now) is None
    assert OutboxMessage.objects.values_list("state", "tries").get() == (State.GIVEN_UP, 50)


def test_the_message_that_waits_longest_goes_first() -> None:
    first = waiting_message()
    second = OutboxMessage.objects.get()
    second.due_at = make.NOW - SECOND
    second.pk = uuid7()
    second.save(force_insert=True)

    claimed = [outbox.claim_next(now=make.NOW) for _turn in range(2)]

    assert [message.pk for message in claimed if message] == [second.pk, first.pk]


@pytest.mark.parametrize("refused", [True, False])
def test_a_sender_that_took_too_long_does_not_undo_what_another_sent(refused: bool) -> None:
    waiting_message()
    slow = outbox.claim_next(now=make.NOW)
    fast = outbox.claim_next(now=make.NOW + datetime.timedelta(seconds=30))
    assert slow is not None
    assert fast is not None
    sent_at = make.NOW + datetime.timedelta(seconds=31)
    outbox.mark_sent(message=fast, sent_at=sent_at, answer="250")

    if refused:
        outbox.mark_refused(message=slow, answer="550")
    else:
        outbox.mark_for_retry(message=slow, now=sent_at, answer="TimeoutError")

    assert OutboxMessage.objects.get().state == OutboxMessage.State.SENT
