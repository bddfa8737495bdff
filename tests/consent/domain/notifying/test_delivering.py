import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from standardwebhooks import Webhook, WebhookVerificationError

from consent.domain import delivery, outbox
from consent.domain.messages import MaskedLinks
from consent.domain.notifying import delivering, endpoints, posting, secrets, writing
from consent.domain.notifying.guarding import Guard
from consent.models import (
    DeliveryAttempt,
    Endpoint,
    EndpointSecret,
    Notification,
    OutboxMessage,
    SubjectKey,
    Topic,
)
from tests import make
from tests.consent.domain.notifying.scene import (
    TRIAL,
    Outside,
    deliver_all,
    later,
    outside,
    signing,
    states,
)
from tests.webhook_receiver import Receiver, moment_of, running_receiver

pytestmark = pytest.mark.django_db
Fault = DeliveryAttempt.Fault


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def scene() -> Outside:
    return outside()


@pytest.fixture
def endpoint(scene: Outside, receiver: Receiver) -> Endpoint:
    return make.endpoint(legal_entities=[scene.entity], url=receiver.url)


def tries() -> list[tuple[int | None, str]]:
    return list(DeliveryAttempt.objects.order_by("pk").values_list("status_code", "fault"))


def test_receiver_believes_what_it_is_told(scene: Outside, receiver: Receiver, endpoint: Endpoint) -> None:
    secret = signing(endpoint)
    scene.object()

    with time_machine.travel(make.NOW, tick=False):
        deliver_all(now=make.NOW)
        [got] = receiver.got
        payload = Webhook(secret).verify(got.body, dict(got.headers))

    notification = Notification.objects.get()
    assert payload["type"] == "objection.made"
    assert (got.path, got.webhook_id) == ("/jawoord?van=jawoord", str(notification.pk))
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert moment_of(got) == make.NOW
    assert (notification.state, notification.told_at, tries()) == ("TOLD", make.NOW, [(200, "")])


def test_receiver_sees_what_was_changed_on_the_way(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    secret = signing(endpoint)
    scene.object()

    with time_machine.travel(make.NOW, tick=False):
        deliver_all(now=make.NOW)
        [got] = receiver.got
        for changed in (
            {**got.headers, "webhook-id": "other"},
            {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) + 1)},
        ):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(got.body, changed)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(got.body + b" ", dict(got.headers))


def test_while_the_secret_is_replaced_two_signatures_are_sent(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    old = signing(endpoint)
    _row, new = secrets.rotate_secret(
        endpoint=endpoint, overlap=timedelta(days=1), made_by=None, now=make.LONG_AGO
    )
    EndpointSecret.objects.filter(ends_at__isnull=False).update(ends_at=later(days=1))
    scene.object()

    with time_machine.travel(make.NOW, tick=False):
        deliver_all(now=make.NOW)
        [got] = receiver.got
        for secret in (old, new):
            Webhook(secret).verify(got.body, dict(got.headers))

    assert len(got.headers["webhook-signature"].split()) == 2


def test_what_fails_is_tried_again_under_the_same_name(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.answers = [500, 503, 200]
    scene.object()

    assert [deliver_all(now=later(minutes=minutes)) for minutes in (0, 1, 10, 11)] == [1, 1, 1, 0]

    assert tries() == [(500, ""), (503, ""), (200, "")]
    assert len({got.webhook_id for got in receiver.got}) == 1
    assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 3
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since_at) == (0, None)


def test_pauses_grow_to_a_day_and_then_it_is_given_up(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.answers = [500]
    scene.object()
    moments, now = [], make.NOW

    while Notification.objects.get().state != "DEAD":
        deliver_all(now=now)
        moments.append(now)
        now = max(Notification.objects.get().due_at, now + timedelta(minutes=5))

    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert len(moments) == 10
    assert pauses == sorted(pauses)
    assert timedelta(days=3) < moments[-1] - moments[0] < timedelta(days=4)
    assert deliver_all(now=now + timedelta(days=9)) == 0


def test_what_was_given_up_is_told_again_by_staff(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    scene.object()
    Notification.objects.update(state="DEAD", tries=10)

    assert delivering.replay_all(endpoint=endpoint, now=later(days=9)) == 1
    deliver_all(now=later(days=9))

    assert states() == ["TOLD"]
    assert delivering.replay(notification=Notification.objects.get(), now=later(days=9)) is False


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500])
def test_all_but_success_is_a_failure_and_no_redirect_is_followed(
    scene: Outside, receiver: Receiver, endpoint: Endpoint, status: int
) -> None:
    with running_receiver() as elsewhere:
        receiver.answers, receiver.headers = [status], {"Location": elsewhere.url}
        scene.object()
        deliver_all(now=make.NOW)

    assert (states(), elsewhere.got, len(receiver.got)) == (["WAITING"], [], 1)


def test_who_asks_for_rest_gets_it(scene: Outside, receiver: Receiver, endpoint: Endpoint) -> None:
    receiver.answers, receiver.headers = [429], {"Retry-After": "7200"}
    scene.object()
    deliver_all(now=make.NOW)

    endpoint.refresh_from_db()
    assert Notification.objects.get().due_at == later(hours=2)
    assert endpoint.rests_until_at == later(hours=2)


def test_one_that_fails_costs_one_try_however_much_waits(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.answers = [500]
    for number in range(5):
        other = make.contact(organisation=scene.entity.organisation, family_name=str(number))
        Outside(**{**vars(scene), "alice": other}).object()

    assert deliver_all(now=make.NOW) == 1


def test_another_endpoint_does_not_wait_for_one_that_fails(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.answers = [500]
    with running_receiver() as healthy:
        make.endpoint(legal_entities=[scene.entity], name="gezond", url=healthy.url)
        scene.object()
        deliver_all(now=make.NOW)

    assert sorted(states()) == ["TOLD", "WAITING"]


def test_gone_switches_off_and_the_officer_hears_it(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.answers = [410]
    scene.object()
    deliver_all(now=make.NOW)

    endpoint.refresh_from_db()
    letter = OutboxMessage.objects.get()
    assert endpoint.disabled_because == Endpoint.Ending.GONE
    assert (letter.kind, outbox.recipient_of(message=letter)) == ("OFFICER", "fg@harthulp.example.org")
    assert deliver_all(now=later(days=1)) == 0


def test_days_of_failure_switch_off_and_switching_on_tells_what_waited(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.answers = [500]
    for day in range(7):
        scene.object(at=later(days=day))
        deliver_all(now=later(days=day))
    endpoint.refresh_from_db()
    off = endpoint.disabled_because
    receiver.answers = [200]
    endpoints.enable(endpoint=endpoint)
    for day in range(8, 12):
        deliver_all(now=later(days=day))

    assert off == Endpoint.Ending.FAILING
    assert set(states()) == {"TOLD"}
    assert OutboxMessage.objects.count() == 1


def test_about_one_person_it_is_told_in_order(scene: Outside, receiver: Receiver, endpoint: Endpoint) -> None:
    """The lifting of a restriction never overtakes the restriction, also when that failed first."""
    receiver.answers = [500, 200]
    scene.restrict()
    scene.lift(at=later(seconds=1))
    bob = make.contact(organisation=scene.entity.organisation, family_name="Bob")
    Outside(**{**vars(scene), "alice": bob}).object(at=later(seconds=1))

    deliver_all(now=later(seconds=2))
    first = [got.payload["type"] for got in receiver.got]
    deliver_all(now=later(hours=1))

    assert first == [Topic.RESTRICTED]
    assert [got.payload["type"] for got in receiver.got if got.payload["data"]["contact"] != str(bob.pk)] == [
        Topic.RESTRICTED,
        Topic.RESTRICTED,
        Topic.UNRESTRICTED,
    ]


def test_worker_that_died_after_the_answer_tells_again_under_the_same_name(
    scene: Outside, receiver: Receiver, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.object()

    def die(*_noted: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_note", die)
        with pytest.raises(KeyboardInterrupt):
            deliver_all(now=make.NOW)
    soon = deliver_all(now=later(seconds=10))
    deliver_all(now=later(seconds=30))

    notification = Notification.objects.get()
    assert soon == 0
    assert (notification.state, notification.possibly_told_twice) == ("TOLD", True)
    assert [got.webhook_id for got in receiver.got] == [str(notification.pk)] * 2


def test_what_kills_every_sender_is_given_up(scene: Outside, endpoint: Endpoint) -> None:
    scene.object()
    Notification.objects.update(state="SENDING", claimed_at=make.NOW, tries=10)

    assert delivering.claim_next(now=later(hours=1)) is None
    assert states() == ["DEAD"]


def test_who_was_erased_is_told_of_once_and_then_nothing_of_it_is_left(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    scene.erase()
    deliver_all(now=make.NOW)

    [got] = receiver.got
    notification = Notification.objects.get()
    assert got.payload["type"] == "contact.erased"
    assert {"kind": "EMAIL", "value": "alice@example.org"} in got.payload["data"]["addresses"]
    assert (notification.state, notification.ciphertext) == ("TOLD", None)
    assert not SubjectKey.objects.filter(subject_id=notification.pk).exists()


def test_who_is_erased_in_the_middle_of_a_failure_is_overtaken(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    scene.object()
    taken = delivering.claim_next(now=make.NOW)
    assert taken is not None
    scene.erase(at=later(seconds=1))
    delivering.deliver(notification=taken, guard=TRIAL, now=later(seconds=2))
    deliver_all(now=later(hours=1))

    assert states() == ["OVERTAKEN", "TOLD"]


def test_address_that_is_not_on_the_internet_is_never_reached(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    """Also when the name was good on the day it was typed in."""
    rebound = Guard(loopback=False, resolve=lambda _host, _port: ["127.0.0.1"])
    Endpoint.objects.update(url=f"https://hooks.example.com:{receiver.port}/")
    scene.object()

    deliver_all(now=make.NOW, guard=rebound)

    assert (receiver.got, tries()) == ([], [(None, Fault.ADDRESS)])


def test_nobody_there_is_no_connection(scene: Outside, endpoint: Endpoint) -> None:
    Endpoint.objects.update(url="http://127.0.0.1:9/")
    scene.object()

    Endpoint.objects.update(url="http://127.0.0.1:1025/")
    deliver_all(now=make.NOW)

    assert tries() == [(None, Fault.CONNECTION)]


@pytest.mark.parametrize("drips", [False, True])
def test_receiver_that_is_slow_or_drips_is_cut_off(
    scene: Outside, receiver: Receiver, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, drips: bool
) -> None:
    monkeypatch.setattr(posting, "SECONDS_IN_ALL", 0.3)
    receiver.drips = drips
    if not drips:
        receiver.may_answer.clear()
    scene.object()

    deliver_all(now=make.NOW)

    [attempt] = DeliveryAttempt.objects.all()
    assert (attempt.fault, attempt.milliseconds < 3_000) == (Fault.TIME, True)


def test_test_is_tried_once_and_changes_nothing_else(
    scene: Outside, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.answers = [500]
    writing.write_test(endpoint=endpoint, written_at=make.NOW)

    deliver_all(now=make.NOW)

    endpoint.refresh_from_db()
    assert (states(), endpoint.failures) == (["DEAD"], 0)
    assert receiver.got[0].payload == {
        "type": "endpoint.test",
        "timestamp": make.NOW.isoformat(),
        "data": {},
    }


def test_processor_without_a_program_gets_a_mail_that_is_gone_once_it_left(scene: Outside) -> None:
    mailer = make.processor(legal_entities=[scene.entity], data=["EMAIL"])
    make.endpoint(legal_entities=[scene.entity], processor=mailer, method=Endpoint.Method.MAIL)
    scene.erase()

    deliver_all(now=make.NOW)
    mailed = states()
    message = outbox.claim_next(now=make.NOW)
    assert message is not None
    delivery.deliver(message=message, links=MaskedLinks(public_url="https://x.example.org"), now=make.NOW)

    [sent] = mail.outbox
    assert (mailed, states()) == (["MAILED"], ["TOLD"])
    assert sent.to == ["privacy@bezorgd.example.com"]
    assert "alice@example.org" in str(sent.body)
    assert scene.phone.value not in str(sent.body)
    assert not SubjectKey.objects.filter(
        subject_id__in=[message.subject_id, Notification.objects.get().pk]
    ).exists()
