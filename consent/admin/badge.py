"""A state as word plus shape plus colour, so that colour alone never says it."""

import datetime
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.caller_numbers import Use
from consent.domain.do_not_call_freshness import Freshness
from consent.domain.seal.states import SealState
from consent.models import ApiKey, Endpoint, Job, Notification, OutboxMessage, RightsRequest, Status


@dataclass(frozen=True, kw_only=True)
class Look:
    """The colour and shape of a state, and its word."""

    colour: str
    shape: str
    word: str | StrPromise


ALLOWED, PENDING, STOPPED, ENDED, UNCLEAR = "allowed", "pending", "stopped", "ended", "unclear"
SHAPES = {ALLOWED: "✓", PENDING: "◔", STOPPED: "✕", ENDED: "■", UNCLEAR: "?"}
OF_STATUS = {
    Status.UNKNOWN: UNCLEAR,
    Status.REQUESTED: PENDING,
    Status.REQUEST_DEFERRED: ENDED,
    Status.GIVEN: ALLOWED,
    Status.RENEWED: ALLOWED,
    Status.REFUSED: STOPPED,
    Status.WITHDRAWN: STOPPED,
    Status.EXPIRED: ENDED,
    Status.TERMINATED: ENDED,
    Status.INVALIDATED: STOPPED,
}
OF_MESSAGE = {
    OutboxMessage.State.WAITING: PENDING,
    OutboxMessage.State.SENDING: PENDING,
    OutboxMessage.State.SENT: ALLOWED,
    OutboxMessage.State.REFUSED: STOPPED,
    OutboxMessage.State.GIVEN_UP: STOPPED,
    OutboxMessage.State.HELD: UNCLEAR,
    OutboxMessage.State.DROPPED: ENDED,
}
OF_JOB = {
    Job.State.WAITING: PENDING,
    Job.State.RUNNING: PENDING,
    Job.State.DONE: ALLOWED,
    Job.State.FAILED: STOPPED,
    Job.State.CANCELLED: ENDED,
}
OF_KEY = {
    ApiKey.State.VALID: ALLOWED,
    ApiKey.State.EXPIRED: ENDED,
    ApiKey.State.REVOKED: STOPPED,
}


OF_NOTIFICATION = {
    Notification.State.WAITING: PENDING,
    Notification.State.SENDING: PENDING,
    Notification.State.MAILED: PENDING,
    Notification.State.TOLD: ALLOWED,
    Notification.State.DEAD: STOPPED,
    Notification.State.OVERTAKEN: ENDED,
}


def look(colour: str, word: str | StrPromise) -> Look:
    return Look(colour=colour, shape=SHAPES[colour], word=word)


PUBLISHED = look(ALLOWED, _("Published"))
DRAFT = look(PENDING, _("Draft"))
COMPLETE = look(ALLOWED, _("Complete"))
INCOMPLETE = look(UNCLEAR, _("Incomplete"))
STANDS = look(STOPPED, _("Stands"))
POSSIBLY_TWICE = look(UNCLEAR, _("Possibly"))
LIFTED = look(ENDED, _("Taken back"))
IN_FORCE = look(ALLOWED, _("In force"))
TO_COME = look(PENDING, _("To come"))
OVER = look(ENDED, _("Over"))
KEPT = look(PENDING, _("Kept"))
GONE = look(ENDED, _("Gone"))

OF_FRESHNESS = {
    Freshness.FRESH: look(ALLOWED, _("Fresh")),
    Freshness.ENDING: look(PENDING, _("Ends within a day")),
    Freshness.STALE: look(STOPPED, _("Too old")),
    Freshness.MISSING: look(STOPPED, _("Missing")),
}
OF_SEAL = {
    SealState.SEALED: look(ALLOWED, _("Sealed")),
    SealState.WAITS: look(PENDING, _("Not sealed yet")),
    SealState.BROKEN: look(STOPPED, _("Not what was sealed")),
}
REPLACED = look(ENDED, _("Replaced"))
WITHDRAWN = look(ENDED, _("Withdrawn"))
OF_USE = {
    Use.TO_COME: TO_COME,
    Use.IN_USE: look(ALLOWED, _("In use")),
    Use.REACHABLE: look(PENDING, _("Only to call back")),
    Use.GONE: look(ENDED, _("No longer reachable")),
}


def status_look(status: str) -> Look:
    return look(OF_STATUS[Status(status)], Status(status).label)


def message_look(state: str) -> Look:
    return look(OF_MESSAGE[OutboxMessage.State(state)], OutboxMessage.State(state).label)


def job_look(state: str) -> Look:
    return look(OF_JOB[Job.State(state)], Job.State(state).label)


def key_look(state: ApiKey.State) -> Look:
    return look(OF_KEY[state], state.label)


def notification_look(state: str) -> Look:
    return look(OF_NOTIFICATION[Notification.State(state)], Notification.State(state).label)


def endpoint_look(endpoint: Endpoint) -> Look:
    if endpoint.disabled_at is not None:
        return look(STOPPED, endpoint.get_disabled_because_display())
    return look(UNCLEAR, _("Failing")) if endpoint.failures else look(ALLOWED, _("On"))


def request_look(request: RightsRequest, now: datetime.datetime) -> Look:
    if request.state == RightsRequest.State.DONE:
        return look(ALLOWED, RightsRequest.State.DONE.label)
    if request.state == RightsRequest.State.REFUSED:
        return look(ENDED, RightsRequest.State.REFUSED.label)
    if request.due_at <= now:
        return look(STOPPED, _("Overdue"))
    return look(PENDING, RightsRequest.State.OPEN.label)


def badge(state: Look) -> SafeString:
    return format_html(
        '<span class="badge badge-{}"><span aria-hidden="true">{}</span> {}</span>',
        state.colour,
        state.shape,
        state.word,
    )
