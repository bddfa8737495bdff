"""What people are, told by the programs that know it."""

from typing import Annotated, Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, Field, WithJsonSchema

from consent.api.answers import as_json
from consent.api.bodies import KILOBYTE, Body, JsonBody
from consent.api.keys import MAY_TELL, caller_of
from consent.api.problems import Problem
from scoring.domain.attributes.keeping import Supply, keep_attributes
from scoring.domain.attributes.reading import LONGEST
from scoring.domain.behaviour import AT_ONCE
from scoring.domain.told import SENTENCES
from scoring.models import ContactAttribute

PROBLEMS: Final = dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 500, 503), Problem)
PERSON: Final = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number"], "maxLength": LONGEST},
    "properties": {
        "contact": {"type": "string", "format": "uuid", "description": "Who it is; or name an address."},
        "address": {"type": "string", "description": "An e-mail address or phone number of theirs."},
        "known_since": {"type": "string", "examples": ["2026-11-21T12:00:00+01:00"]},
    },
    "examples": [{"address": "alice@example.org", "churn": 0.83}],
}
router = Router(tags=["Behaviour"])


class ManyPeople(Body):
    """What people are: an attribute that the legal entity keeps, with its value, for each person."""

    longest: ClassVar[int] = 1024 * KILOBYTE

    people: Annotated[
        list[Any], WithJsonSchema({"type": "array", "minItems": 1, "maxItems": AT_ONCE, "items": PERSON})
    ] = Field(min_length=1, max_length=AT_ONCE)


class RefusedPerson(BaseModel):
    """One person of whom nothing was kept, by their place in the list from 0, and why."""

    person: int
    code: str
    sentence: str


class TakenPeople(BaseModel):
    """What became of what was told."""

    kept: int
    known_already: int = Field(description="The same was known: it changes nothing.")
    refused: list[RefusedPerson]


@router.post(
    "/attributes",
    response={200: TakenPeople, **PROBLEMS},
    auth=MAY_TELL,
    operation_id="tell_attributes",
    summary="Tell what people are",
)
def tell_attributes(request: HttpRequest, told: Annotated[ManyPeople, JsonBody(...)]) -> HttpResponse:
    """Up to 1,000 people at once, such as the chance that they leave. A new value replaces one.

    Nothing is kept of who objected, withdrew or is restricted. Bought data is brought by staff as a list,
    with whence it came and when the people were told (art. 14 GDPR).
    """
    now, entity = timezone.now(), caller_of(request).key.legal_entity
    supply = Supply(legal_entity=entity, origin=ContactAttribute.Origin.IMPORTED, since=now, now=now)
    outcome = keep_attributes(rows=told.people, supply=supply)
    refused = [
        {"person": place, "code": fault, "sentence": str(SENTENCES[fault])}
        for place, fault in outcome.faults.items()
    ]
    return as_json({"kept": outcome.kept, "known_already": outcome.known, "refused": refused})
