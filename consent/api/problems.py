"""How the API says that something is wrong: RFC 9457, with no address or other input in it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import orjson
from django.http import HttpResponse
from pydantic import BaseModel, Field

from consent.domain.rulebook.codes import Code

MEDIA_TYPE: Final = "application/problem+json"
SECONDS_TO_COME_BACK: Final = 5
DETAILS: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read.",
    HTTPStatus.UNAUTHORIZED: "Send a valid key: Authorization: Bearer jw_…",
    HTTPStatus.FORBIDDEN: "This is not for you.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Use a method that the header Allow names.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some fields cannot be used.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side. Until you have an answer, it is no.",
}


class FieldProblem(BaseModel):
    """One field that cannot be used."""

    pointer: str = Field(description="Where the field stands in the body, as a JSON pointer.")
    detail: str


class Problem(BaseModel):
    """What is wrong (RFC 9457). Nothing that was asked is repeated in it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = Field(default=None, description="The fields that cannot be used.")
    allowed: bool | None = Field(default=None, description="Always false: without an answer it is no.")
    code: str | None = Field(default=None, description="`D_UNAVAILABLE` while the facts cannot be read.")


class ProblemError(Exception):
    """Ends an operation with a problem."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldProblem] = (),
    ) -> None:
        super().__init__(status)
        self.problem = problem_of(status)
        self.problem.detail = detail or self.problem.detail
        self.problem.errors = list(errors) or None
        self.headers = dict(headers or {})


class WrongFieldError(ProblemError):
    """One field names something that is not there, or cannot be read."""

    def __init__(self, *, field: str, detail: str) -> None:
        error = FieldProblem(pointer=f"#/{field}", detail=detail)
        super().__init__(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[error])


def problem_of(status: HTTPStatus) -> Problem:
    """The problem for a status that says all there is to say."""
    return Problem(title=status.phrase, status=status, detail=DETAILS.get(status, status.description))


def unavailable() -> Problem:
    """The facts cannot be read, so the answer is no (rules, row 1)."""
    problem = problem_of(HTTPStatus.SERVICE_UNAVAILABLE)
    problem.detail = "The facts cannot be read now. Until you have an answer, it is no."
    problem.allowed, problem.code = False, Code.D_UNAVAILABLE
    return problem


def answer_with(problem: Problem, *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    content = orjson.dumps(problem.model_dump(exclude_none=True))
    return HttpResponse(content, status=problem.status, content_type=MEDIA_TYPE, headers=dict(headers or {}))
