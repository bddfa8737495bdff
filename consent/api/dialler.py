"""Calls made by a dialler: the same desk, for a program."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from consent.api.agents import find_agent
from consent.api.answers import as_json, explanation_of, moment_in
from consent.api.bodies import JsonBody
from consent.api.dialler_schemas import CallLists, CallReport, Next, NextWanted, PutBack, Reported
from consent.api.keys import MAY_DIAL, MAY_STOP, caller_of
from consent.api.moments import read_field
from consent.api.problems import Problem, ProblemError, WrongFieldError
from consent.domain.attempts import Objected
from consent.domain.call_desk import reporting, taking
from consent.domain.call_desk.reporting import AlreadyReportedError, CallBackMomentError, Report
from consent.domain.call_desk.taking import Shown
from consent.domain.caller_numbers import list_reportable_numbers
from consent.domain.rulebook.explanations import ground_of
from consent.models import ApiKey, CallList, ContactAttempt, ShownContact, in_language
from customers.domain.staff import Duty
from customers.models import CallerNumber

MOST_LISTS: Final = 100
READING: Final = dict.fromkeys((401, 403, 429, 500, 503), Problem)
CALLING: Final = dict.fromkeys((400, 401, 403, 404, 413, 415, 422, 429, 500, 503), Problem)
REPORTING: Final = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 500, 503), Problem)
PUTTING_BACK: Final = dict.fromkeys((401, 403, 404, 500, 503), Problem)
router = Router(tags=["Calls"])


@router.get(
    "/call-lists",
    response={200: CallLists, **READING},
    auth=MAY_DIAL,
    operation_id="call_lists",
    summary="Which call lists are open?",
)
def call_lists(request: HttpRequest) -> HttpResponse:
    """The newest hundred open call lists of the legal entity of the key."""
    key, now = caller_of(request).key, timezone.now()
    still_open = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    found = lists_of(key).filter(still_open, closed_at__isnull=True).order_by("-opened_at", "-pk")
    return as_json({"call_lists": [told_list(one, key) for one in found[:MOST_LISTS]]})


@router.post(
    "/call-lists/{uuid:list_id}/next",
    response={200: Next, **CALLING},
    auth=MAY_DIAL,
    operation_id="take_next",
    summary="Take the next contact to call",
)
def take_next(
    request: HttpRequest, list_id: UUID, wanted: Annotated[NextWanted, JsonBody(...)]
) -> HttpResponse:
    """One contact who may be called at this second; two agents never get the same one.

    Asking again before the call is reported gives the same contact again.
    """
    key, now = caller_of(request).key, timezone.now()
    call_list = lists_of(key).filter(pk=list_id).first()
    if call_list is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "This legal entity has no such call list.")
    agent = find_agent(key, wanted.agent, Duty.MAKE_CALLS)
    shown = taking.take_next(call_list=call_list, agent=agent, at=now)
    if shown is not None:
        return as_json({"contact": told_contact(shown, key, now), "nobody": None})
    pause = taking.why_nobody(call_list=call_list, at=now)
    until = moment_in(pause.until, zone_of(key))
    return as_json({"contact": None, "nobody": {"reason": pause.reason, "until": until}})


@router.post(
    "/shown-contacts/{uuid:shown_id}/outcome",
    response={200: Reported, **REPORTING},
    auth=MAY_STOP,
    operation_id="report_call",
    summary="Report what came of a call",
)
def report_call(
    request: HttpRequest, shown_id: UUID, said: Annotated[CallReport, JsonBody(...)]
) -> HttpResponse:
    """Logged once, also after `held_until`: the call was made. An objection counts at once."""
    key, now = caller_of(request).key, timezone.now()
    shown = find_shown(key, shown_id)
    try:
        attempt = reporting.report(shown=shown, said=report_of(said, key, now), at=now)
    except AlreadyReportedError:
        raise ProblemError(HTTPStatus.CONFLICT, "This call was reported before.") from None
    except CallBackMomentError:
        detail = "A call back, and nothing else, needs a moment in the future."
        raise WrongFieldError(field="call_back_at", detail=detail) from None
    return as_json({"attempt": attempt.pk, "recorded_at": moment_in(now, zone_of(key))})


@router.post(
    "/shown-contacts/{uuid:shown_id}/put-back",
    response={200: PutBack, **PUTTING_BACK},
    auth=MAY_STOP,
    operation_id="put_back",
    summary="Give a contact back without calling",
)
def put_back(request: HttpRequest, shown_id: UUID) -> HttpResponse:
    """The contact waits for whoever asks next; a second time changes nothing."""
    now = timezone.now()
    shown = find_shown(caller_of(request).key, shown_id)
    waits = taking.has_now(shown=shown, at=now)
    taking.put_back(shown=shown, at=now)
    return as_json({"waits": waits})


def lists_of(key: ApiKey) -> Any:
    related = ("legal_entity", "purpose", "product_group")
    return CallList.objects.filter(legal_entity=key.legal_entity_id).select_related(*related)


def find_shown(key: ApiKey, shown_id: UUID) -> ShownContact:
    rows = ShownContact.objects.select_related("entry__call_list__legal_entity", "agent")
    shown = rows.filter(pk=shown_id, entry__call_list__legal_entity=key.legal_entity_id).first()
    if shown is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "Nobody was shown under this key.")
    return shown


def report_of(said: CallReport, key: ApiKey, now: datetime) -> Report:
    return Report(
        outcome=ContactAttempt.Outcome(said.outcome),
        number_shown=number_of(key, said, now),
        objection_offered=said.objection_offered,
        objected=Objected[said.objected],
        call_back_at=read_field(said, "call_back_at", zone=key.legal_entity.time_zone),
        asked_by_person=said.asked_by_person,
    )


def number_of(key: ApiKey, said: CallReport, now: datetime) -> CallerNumber:
    for number in list_reportable_numbers(legal_entity=key.legal_entity, at=now):
        if number.number.as_e164 == said.number_shown:
            return number
    detail = "This is no number of the legal entity."
    raise WrongFieldError(field="number_shown", detail=detail)


def told_list(call_list: CallList, key: ApiKey) -> dict[str, Any]:
    zone = zone_of(key)
    return {
        "id": call_list.pk,
        "name": call_list.name,
        "purpose": call_list.purpose.code,
        "product_group": call_list.product_group.code if call_list.product_group else None,
        "opened_at": moment_in(call_list.opened_at, zone),
        "expires_at": moment_in(call_list.expires_at, zone),
    }


def told_contact(shown: Shown, key: ApiKey, now: datetime) -> dict[str, Any]:
    entry, decision = shown.entry, shown.answer.decision
    contact, script = entry.contact, entry.call_list.script
    numbers = taking.usable_numbers(call_list=entry.call_list, at=now)
    return {
        "shown": shown.row.pk,
        "contact": contact.pk,
        "name": str(contact),
        "number": entry.contact_point.value,
        "language": contact.language,
        "script": in_language(script, contact.language) if script else "",
        "calls_before": entry.attempts,
        "asked_to_be_called": entry.call_back_asked,
        "held_until": moment_in(entry.held_until, zone_of(key)),
        "ground": ground_of(decision.code),
        "obligations": decision.obligations,
        "explanation": explanation_of(decision.code),
        "caller_numbers": [number.number.as_e164 for number in numbers],
    }


def zone_of(key: ApiKey) -> ZoneInfo:
    return ZoneInfo(key.legal_entity.time_zone)
