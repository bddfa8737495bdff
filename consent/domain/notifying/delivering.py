"""Telling endpoints: at least once, in order for each person, again for days, and never for ever."""

import datetime
import random
import time
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.domain.notifying import mailing, posting
from consent.domain.notifying.endpoints import disable
from consent.domain.notifying.guarding import AddressRefusedError, Guard, NameUnknownError, UrlRefusedError
from consent.domain.notifying.payloads import PersonErasedError, as_body, compose, forget_addresses
from consent.domain.notifying.posting import Answer, NotPostedError
from consent.domain.notifying.secrets import read_secrets
from consent.domain.notifying.signing import sign
from consent.models import DeliveryAttempt, Endpoint, Notification, Topic

State, Fault = Notification.State, DeliveryAttempt.Fault
CLAIM_LASTS: Final = datetime.timedelta(seconds=20)
# The schedule that Standard Webhooks recommends: ten tries in a little over three days.
PAUSES: Final = (
    datetime.timedelta(seconds=5),
    datetime.timedelta(minutes=5),
    datetime.timedelta(minutes=30),
    datetime.timedelta(hours=2),
    datetime.timedelta(hours=5),
    datetime.timedelta(hours=10),
    datetime.timedelta(hours=14),
    datetime.timedelta(hours=20),
    datetime.timedelta(hours=24),
)
JITTER: Final = 0.1
# While an endpoint fails, it is asked no more than this often, however much waits for it.
LONGEST_REST: Final = datetime.timedelta(minutes=5)
LONGEST_RETRY_AFTER: Final = 24 * 3600
DOUBLINGS: Final = 10
GIVE_UP_AFTER: Final = datetime.timedelta(days=5)
GONE: Final = 410
OF_STRANGERS: Final = Q(contact_id__isnull=True) & ~Q(topic=Topic.TEST)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one try."""

    milliseconds: int
    status: int | None = None
    fault: DeliveryAttempt.Fault | None = None
    retry_after: int = 0

    @property
    def told(self) -> bool:
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004  (2xx of HTTP)


@transaction.atomic
def claim_next(*, now: datetime.datetime) -> Notification | None:
    """Take up the notification that is due longest; None when there is none.

    What was written earlier about the same person goes first, so that no endpoint hears the lifting of a
    restriction before the restriction. Who is known here goes before strangers: anybody can type numbers of
    strangers without end. An endpoint that just failed is left alone for a while.
    """
    waiting = Q(state=State.WAITING, due_at__lte=now)
    abandoned = Q(state=State.SENDING, claimed_at__lt=now - CLAIM_LASTS)
    earlier = Notification.objects.filter(
        endpoint=OuterRef("endpoint"),
        contact_id=OuterRef("contact_id"),
        state__in=[State.WAITING, State.SENDING],
        pk__lt=OuterRef("pk"),
    )
    rested = Q(endpoint__rests_until_at__isnull=True) | Q(endpoint__rests_until_at__lte=now)
    listens = Q(endpoint__disabled_at__isnull=True) & rested | Q(topic=Topic.TEST)
    due = Notification.objects.filter(waiting | abandoned, listens, ~Exists(earlier))
    due = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")
    due = due.select_related("endpoint__processor", "legal_entity", "purpose")
    # Two questions, so that each walks the index of what is due and nothing is sorted.
    found = due.exclude(OF_STRANGERS).first() or due.filter(OF_STRANGERS).first()
    if found is None:
        return None
    if found.tries > len(PAUSES):
        _give_up(found)
        return claim_next(now=now)
    found.possibly_told_twice |= found.state == State.SENDING
    found.state, found.claimed_at, found.tries = State.SENDING, now, found.tries + 1
    found.save(update_fields=["possibly_told_twice", "state", "claimed_at", "tries"])
    return found


def deliver(*, notification: Notification, guard: Guard, now: datetime.datetime) -> None:
    """Tell one endpoint one thing, and note what came of it.

    A worker that dies after the receiver's answer and before our note tells it again, under the same
    webhook-id: that is what receivers know it by.
    """
    try:
        payload = compose(notification=notification, at=now)
        if notification.endpoint.method == Endpoint.Method.MAIL:
            mailing.write_mail(notification=notification, written_at=now)
            return
        outcome = _try(notification, as_body(payload=payload), guard, now)
    except PersonErasedError:
        _ours(notification).update(state=State.OVERTAKEN)
        return
    except Exception:  # noqa: BLE001 (one broken notification must not hold up the others)
        outcome = Outcome(milliseconds=0, fault=Fault.OURS)
    _note(notification, outcome, now)


def _give_up(notification: Notification) -> None:
    """Nobody noted what came of its last try: what kills its senders is not tried for ever."""
    Notification.objects.filter(pk=notification.pk).update(state=State.DEAD, possibly_told_twice=True)


def can_be_told_again(*, notification: Notification) -> bool:
    """Say whether a notification was given up, and there is still something to tell."""
    return _to_tell_again().filter(pk=notification.pk).exists()


@transaction.atomic
def replay(*, notification: Notification, now: datetime.datetime) -> bool:
    """Let a notification that was given up be told after all; says whether it was one."""
    given_up = _to_tell_again().filter(pk=notification.pk)
    return given_up.update(state=State.WAITING, tries=0, due_at=now) == 1


@transaction.atomic
def replay_all(*, endpoint: Endpoint, now: datetime.datetime) -> int:
    """Let everything that was given up for an endpoint be told after all; says how many."""
    return _to_tell_again().filter(endpoint=endpoint).update(state=State.WAITING, tries=0, due_at=now)


def _to_tell_again() -> QuerySet[Notification]:
    """What was given up; once the address is gone that nobody here holds, there is nothing left to tell."""
    nothing_left = Q(contact_id__isnull=True, ciphertext__isnull=True) & ~Q(topic=Topic.TEST)
    return Notification.objects.filter(state=State.DEAD).exclude(nothing_left)


def _try(notification: Notification, body: bytes, guard: Guard, now: datetime.datetime) -> Outcome:
    began = time.monotonic()
    try:
        answer = _post(notification, body, guard, now)
    except (UrlRefusedError, AddressRefusedError):
        return Outcome(milliseconds=_since(began), fault=Fault.ADDRESS)
    except NameUnknownError:
        return Outcome(milliseconds=_since(began), fault=Fault.NAME)
    except NotPostedError as error:
        return Outcome(milliseconds=_since(began), fault=error.fault)
    return Outcome(milliseconds=_since(began), status=answer.status, retry_after=answer.retry_after)


def _post(notification: Notification, body: bytes, guard: Guard, now: datetime.datetime) -> Answer:
    target = guard.read_url(url=notification.endpoint.url)
    headers = sign(
        webhook_id=str(notification.pk),
        timestamp=int(now.timestamp()),
        body=body,
        secrets=read_secrets(endpoint=notification.endpoint, at=now),
    )
    known = {"Content-Type": "application/json", "User-Agent": "Jawoord-Webhooks/1", "Connection": "close"}
    return posting.post(
        target=target, address=guard.pin(target=target), body=body, headers={**known, **headers}
    )


@transaction.atomic
def _note(notification: Notification, outcome: Outcome, now: datetime.datetime) -> None:
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=notification.endpoint_id)
    DeliveryAttempt.objects.create(
        notification=notification,
        attempted_at=now,
        milliseconds=outcome.milliseconds,
        status_code=outcome.status,
        fault=outcome.fault or "",
    )
    if outcome.told:
        Notification.objects.filter(pk=notification.pk).update(state=State.TOLD, told_at=now)
        forget_addresses(notification_ids=[notification.pk])
        _clear(endpoint)
        return
    _note_failure(notification, outcome, now)
    if notification.topic != Topic.TEST:
        _rest(endpoint, outcome, now)


def _note_failure(notification: Notification, outcome: Outcome, now: datetime.datetime) -> None:
    if notification.topic == Topic.TEST or notification.tries > len(PAUSES):
        _ours(notification).update(state=State.DEAD)
        return
    # Spread, so that what failed together does not come back together.
    pause = PAUSES[notification.tries - 1] * random.uniform(1, 1 + JITTER)  # noqa: S311  (no secret)
    _ours(notification).update(state=State.WAITING, due_at=now + max(pause, _asked(outcome)))


def _asked(outcome: Outcome) -> datetime.timedelta:
    """How long the receiver asked to be left alone (Retry-After), within reason."""
    return datetime.timedelta(seconds=min(outcome.retry_after, LONGEST_RETRY_AFTER))


def _ours(notification: Notification) -> QuerySet[Notification]:
    """A worker that took too long may find its notification taken up, and told, by another."""
    return Notification.objects.filter(pk=notification.pk, tries=notification.tries, state=State.SENDING)


def _clear(endpoint: Endpoint) -> None:
    if not endpoint.failures:
        return
    endpoint.failures, endpoint.failing_since_at, endpoint.rests_until_at = 0, None, None
    endpoint.save(update_fields=["failures", "failing_since_at", "rests_until_at"])


def _rest(endpoint: Endpoint, outcome: Outcome, now: datetime.datetime) -> None:
    endpoint.failures += 1
    endpoint.failing_since_at = endpoint.failing_since_at or now
    doubled = datetime.timedelta(seconds=2 ** min(endpoint.failures, DOUBLINGS))
    endpoint.rests_until_at = now + max(min(doubled, LONGEST_REST), _asked(outcome))
    endpoint.save(update_fields=["failures", "failing_since_at", "rests_until_at"])
    if outcome.status == GONE:
        disable(endpoint=endpoint, because=Endpoint.Ending.GONE, disabled_at=now)
    elif now - endpoint.failing_since_at >= GIVE_UP_AFTER:
        disable(endpoint=endpoint, because=Endpoint.Ending.FAILING, disabled_at=now)


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
