"""A JSON body, read once and never further than it may be long."""

from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from django.http import HttpRequest
from ninja.params.models import BodyModel, Param
from pydantic import BaseModel, ConfigDict

from consent.api.problems import ProblemError

KILOBYTE = 1024


class Body(BaseModel):
    """What a program sends; a field that we do not know is refused, so that a slip of the pen is seen."""

    model_config = ConfigDict(extra="forbid")
    longest: ClassVar[int] = 64 * KILOBYTE


class JsonBodyModel(BodyModel):
    @classmethod
    def get_request_data(cls, request: HttpRequest, api: Any, path_params: Any) -> dict[str, Any]:
        name = cls.__read_from_single_attr__
        body: Any = cls.model_fields[name].annotation
        return {name: read_json(request, longest=body.longest)}

    @classmethod
    def resolve(cls, request: HttpRequest, api: Any, path_params: Any) -> Any:
        """As ninja's own, without the search for fields to regroup: a body is one field."""
        read = cls.model_validate(cls.get_request_data(request, api, path_params))
        return vars(read)


class JsonBody(Param):  # type: ignore[misc]  # as every parameter of ninja inherits from it
    """The body of an operation, in the place of ninja's own: that would take any type and any length."""

    _model = JsonBodyModel

    @classmethod
    def _param_source(cls) -> str:
        return "body"


def read_json(request: HttpRequest, *, longest: int) -> Any:
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type != "application/json" or charset != "utf-8":
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send application/json, in UTF-8.")
    if length_of(request) > longest:
        detail = f"Send {longest // KILOBYTE} kB at most."
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    try:
        return orjson.loads(request.read())
    except orjson.JSONDecodeError:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "The body is no JSON.") from None


def length_of(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
