"""What people did, told by the programs that saw it."""

from typing import Annotated, Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, Field, WithJsonSchema

from consent.api.answers import as_json
from consent.api.bodies import KILOBYTE, Body, JsonBody
from consent.api.keys import MAY_TELL, caller_of
from consent.api.problems import Problem
from consent.api.schemas import Slug
from scoring.domain.behaviour import AT_ONCE, Delivery, keep_behaviour
from scoring.domain.told import LONGEST, SENTENCES
from scoring.models import BehaviourEvent

PROBLEMS: Final = dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 500, 503), Problem)
TEXT: Final = {name: {"type": "string", "maxLength": most} for name, most in LONGEST.items()}
EVENT: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "occurred_at"],
    "properties": {
        "contact": {"type": "string", "format": "uuid", "description": "Who did it; or name an address."},
        "address": {**TEXT["address"], "description": "An e-mail address or phone number of theirs."},
        "kind": {"type": "string", "enum": BehaviourEvent.Kind.values},
        "occurred_at": {"type": "string", "examples": ["2026-11-21T12:00:00+01:00"]},
        "subject": {**TEXT["subject"], "description": "A path, words searched for, a code. Never who."},
        "source": {**TEXT["source"], "description": "Code of the campaign or channel it came from."},
        "value": {"type": "number", "description": "An amount, with at most two decimals."},
        "external_id": {**TEXT["external_id"], "description": "Your key: told again, it counts once."},
    },
}
router = Router(tags=["Behaviour"])


class ManyEvents(Body):
    """What people did, by the program that tells of it. Each event is kept or refused by itself."""

    longest: ClassVar[int] = 1024 * KILOBYTE

    sender: Slug = Field(description="Your program; its keys are its own.", examples=["webshop"])
    events: Annotated[
        list[Any], WithJsonSchema({"type": "array", "minItems": 1, "maxItems": AT_ONCE, "items": EVENT})
    ] = Field(min_length=1, max_length=AT_ONCE)


class RefusedEvent(BaseModel):
    """One event that was not kept, by its place in the list from 0, and why."""

    event: int
    code: str
    sentence: str


class Taken(BaseModel):
    """What became of the events."""

    kept: int
    known_already: int = Field(description="Told before under the same key: they count once.")
    refused: list[RefusedEvent]


@router.post(
    "/behaviour-events",
    response={200: Taken, **PROBLEMS},
    auth=MAY_TELL,
    operation_id="tell_behaviour",
    summary="Tell what people did",
)
def tell_behaviour(request: HttpRequest, told: Annotated[ManyEvents, JsonBody(...)]) -> HttpResponse:
    """Up to 1,000 events at once. Nothing is kept of who objected, withdrew or is restricted.

    A purchase that stands here as a transaction counts by itself: do not tell it again.
    """
    entity = caller_of(request).key.legal_entity
    via, now = BehaviourEvent.Via.API, timezone.now()
    delivery = Delivery(legal_entity=entity, sender=told.sender, via=via, now=now)
    outcome = keep_behaviour(rows=told.events, delivery=delivery)
    refused = [
        {"event": place, "code": fault, "sentence": str(SENTENCES[fault])}
        for place, fault in outcome.faults.items()
    ]
    return as_json({"kept": outcome.kept, "known_already": outcome.known, "refused": refused})
