"""What goes wrong in an operation, as the problem that the program gets."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final, NoReturn

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from consent.api.keys import Caller
from consent.api.problems import (
    MEDIA_TYPE,
    SECONDS_TO_COME_BACK,
    FieldProblem,
    ProblemError,
    answer_with,
    problem_of,
    unavailable,
)
from consent.domain.call_desk.taking import FactsUnavailableError
from consent.domain.engine.question import UnknownCodeError

logger = logging.getLogger(__name__)
# The engine speaks to the driver itself, so that both name the same two faults; the desk has one of its own.
NO_FACTS = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    FactsUnavailableError,
    UnknownCodeError,
)
# Of what has a form of its own a regular expression tells nobody what is wrong.
SENTENCES: Final = {
    "string_pattern_mismatch": "A code has letters, digits, hyphens and underscores, and nothing else."
}


def handle_problems(api: NinjaAPI) -> None:
    """Let every error of an operation be told as a problem; what nobody foresaw is Django's to log."""
    api.add_exception_handler(ProblemError, told)
    api.add_exception_handler(ValidationError, fields_refused)
    api.add_exception_handler(HttpError, status_told)
    for fault in NO_FACTS:
        api.add_exception_handler(fault, no_facts)
    api.add_exception_handler(Exception, unforeseen)


def told(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_with(error.problem, headers=error.headers)


def status_told(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_with(problem_of(HTTPStatus(error.status_code)))


def no_facts(request: HttpRequest, error: Any) -> HttpResponse:
    logger.error("A question could not be answered: the facts cannot be read.", exc_info=error)
    return answer_with(unavailable(), headers={"Retry-After": str(SECONDS_TO_COME_BACK)})


def unforeseen(request: HttpRequest, error: Any) -> NoReturn:
    raise error


def fields_refused(request: HttpRequest, error: Any) -> HttpResponse:
    problem = problem_of(HTTPStatus.UNPROCESSABLE_ENTITY)
    problem.errors = [
        FieldProblem(pointer="#" + "".join(pointer_of(one)), detail=SENTENCES.get(one["type"], one["msg"]))
        for one in error.errors
    ]
    return answer_with(problem)


def pointer_of(error: dict[str, Any]) -> Iterator[str]:
    """Where the field stands; the name of an unknown field is left out: it could be somebody's address."""
    _source, _body, *way = error["loc"]
    for step in way[:-1] if error["type"] == "extra_forbidden" else way:
        yield f"/{step}"


def for_programs(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An answer below /api/, whoever gave it: an error is a problem, and the limit stands in the headers."""
    if response.status_code >= HTTPStatus.BAD_REQUEST and response.get("Content-Type") != MEDIA_TYPE:
        response = as_problem(response)
    caller = getattr(request, "auth", None)
    for name, value in (caller.headers() if isinstance(caller, Caller) else {}).items():
        response.setdefault(name, value)
    response.setdefault("Cache-Control", "no-store")
    return response


def as_problem(response: HttpResponse) -> HttpResponse:
    kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return answer_with(unavailable(), headers=kept)
    return answer_with(problem_of(HTTPStatus(response.status_code)), headers=kept)
