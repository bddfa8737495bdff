"""People who call or mail, while a program of the call centre is in between."""

from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from consent.api.agents import desk_of
from consent.api.answers import as_json, moment_in
from consent.api.bodies import JsonBody
from consent.api.dialler_schemas import Holders, Incoming, IncomingObjection, Objected
from consent.api.keys import MAY_DIAL, MAY_STOP, caller_of
from consent.api.problems import Problem, WrongFieldError
from consent.domain.call_desk import inbound
from consent.domain.call_desk.inbound import Desk, Found
from customers.domain.addresses import AddressNotUsableError

STOPPING: Final = dict.fromkeys((400, 401, 403, 413, 415, 422, 500, 503), Problem)
LOOKING: Final = {**STOPPING, 429: Problem}
STOPS: Final = {"CALLS": inbound.object_to_calls, "EVERYTHING": inbound.object_to_everything}
router = Router(tags=["People who contact us"])


@router.post(
    "/inbound/look-up",
    response={200: Holders, **LOOKING},
    auth=MAY_DIAL,
    operation_id="look_up",
    summary="Who holds this address?",
)
def look_up(request: HttpRequest, asked: Annotated[Incoming, JsonBody(...)]) -> HttpResponse:
    """Who looked whom up, and when, is kept."""
    found = find(desk_of(caller_of(request).key, asked.agent), asked, timezone.now())
    holders = [
        {"contact": point.contact_id, "name": str(point.contact), "language": point.contact.language}
        for point in found.points
    ]
    return as_json({"holders": holders})


@router.post(
    "/inbound/objection",
    response={200: Objected, **STOPPING},
    auth=MAY_STOP,
    operation_id="object",
    summary="Record an objection",
)
def object_(request: HttpRequest, asked: Annotated[IncomingObjection, JsonBody(...)]) -> HttpResponse:
    """Counts at once. An address that nobody holds is blocked, for the whole organisation."""
    key, now = caller_of(request).key, timezone.now()
    desk = desk_of(key, asked.agent)
    found = find(desk, asked, now)
    points = [point for point in found.points if asked.contact in (None, point.contact_id)]
    if asked.contact is not None and not points:
        raise WrongFieldError(field="contact", detail="This contact does not hold this address.")
    for point in points:
        STOPS[asked.reach](desk=desk, point=point, at=now)
    if not points:
        inbound.block_unknown(desk=desk, address=found.address, at=now)
    recorded_at = moment_in(now, ZoneInfo(key.legal_entity.time_zone))
    contacts = len({point.contact_id for point in points})
    return as_json({"contacts": contacts, "blocked": not points, "recorded_at": recorded_at})


def find(desk: Desk, asked: Incoming, now: datetime) -> Found:
    try:
        return inbound.look_up(desk=desk, text=asked.address, at=now)
    except AddressNotUsableError:
        detail = "This is no e-mail address or phone number we can use."
        raise WrongFieldError(field="address", detail=detail) from None
