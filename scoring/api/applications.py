"""Procedures of job applicants, told by the program in which people are hired."""

import re
from http import HTTPStatus
from typing import Annotated, Final, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from consent.api.answers import as_json
from consent.api.bodies import Body, JsonBody
from consent.api.keys import MAY_TELL, caller_of
from consent.api.moments import read_field
from consent.api.problems import Problem, ProblemError, WrongFieldError
from consent.api.schemas import Moment, Slug
from scoring.domain.talent_pool.applying import EndNotRightError, Procedure, record_application
from scoring.domain.told import SENTENCES, FaultyRowError
from scoring.models import TalentPool

PROBLEMS: Final = dict.fromkeys((400, 401, 403, 404, 413, 415, 422, 429, 500, 503), Problem)
# One line of text with something to read in it: no control character, which the database cannot keep.
READABLE: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
router = Router(tags=["Talent pool"])


def readable(text: str) -> str:
    if re.fullmatch(READABLE, text) is None:
        detail = "Name the job in one line of readable text, without control characters."
        raise PydanticCustomError("unreadable", "{detail}", {"detail": detail})
    return text


Job = Annotated[
    str,
    Field(min_length=1, max_length=120, json_schema_extra={"pattern": READABLE}),
    AfterValidator(readable),
]


class Application(Body):
    """One procedure of somebody who is known here."""

    pool: Slug = Field(description="Code of the talent pool.", examples=["talent"])
    contact: UUID | None = Field(default=None, description="Who applied; or name an address.")
    address: str = Field(
        default="", max_length=500, description="An e-mail address or phone number of theirs."
    )
    vacancy: Job = Field(examples=["Lasser"])
    applied_at: Moment
    ended_at: Moment | None = Field(default=None, description="From here the term of retention runs.")
    outcome: Literal["HIRED", "REJECTED", "WITHDREW"] | None = Field(
        default=None, description="Together with its end, and never without."
    )


class Recorded(BaseModel):
    """What became of what was told."""

    became: Literal["NEW", "CHANGED", "KNOWN"]


@router.post(
    "/applications",
    response={200: Recorded, **PROBLEMS},
    auth=MAY_TELL,
    operation_id="tell_application",
    summary="Tell of a job application",
)
def tell_application(request: HttpRequest, told: Annotated[Application, JsonBody(...)]) -> HttpResponse:
    """By person, job and moment of applying it is one procedure: tell it again with its end and outcome.

    The person has to be known. Who is rejected is forgotten after the term, unless they permit to stay.
    """
    entity, now = caller_of(request).key.legal_entity, timezone.now()
    pools = TalentPool.objects.select_related("legal_entity")
    pool = pools.filter(legal_entity=entity, code=told.pool).first()
    if pool is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "This legal entity has no such talent pool.")
    try:
        became = record_application(pool=pool, told=procedure_of(told, entity.time_zone), now=now)
    except EndNotRightError:
        detail = "A procedure ends with an outcome, after it began, and not in the future."
        raise WrongFieldError(field="ended_at", detail=detail) from None
    except FaultyRowError as error:
        raise WrongFieldError(field="contact", detail=str(SENTENCES[error.fault])) from None
    return as_json({"became": became})


def procedure_of(told: Application, zone: str) -> Procedure:
    applied_at = read_field(told, "applied_at", zone=zone)
    if applied_at is None or (told.contact is None) == (not told.address):
        raise WrongFieldError(field="contact", detail="Name the person once: by key or by an address.")
    return Procedure(
        contact_id=told.contact,
        address=told.address,
        vacancy=told.vacancy.strip(),
        applied_at=applied_at,
        ended_at=read_field(told, "ended_at", zone=zone),
        outcome=told.outcome or "",
    )
