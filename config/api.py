"""The API, put together from what each app offers to programs."""

from functools import partial
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from config.api_docs import OwnDocs
from consent.api import dialler, inbound, may_contact
from consent.api.handlers import handle_problems
from consent.api.problems import MEDIA_TYPE
from scoring.api import applications, attributes, behaviour

FIRST_ERROR = 400
LIMITS = {
    "RateLimit-Policy": {
        "description": "How much a key may ask within how many seconds.",
        "schema": {"type": "string"},
    },
    "RateLimit": {"description": "How much is left, and for how many seconds.", "schema": {"type": "string"}},
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
WHO_ARE_YOU = {"WWW-Authenticate": {"description": "What kind of key to send.", "schema": {"type": "string"}}}
HEADERS: dict[int, dict[str, Any]] = {
    200: LIMITS,
    401: WHO_ARE_YOU,
    403: WHO_ARE_YOU,
    429: {**LIMITS, **RETRY_AFTER},
    503: RETRY_AFTER,
}


class Api(NinjaAPI):
    """Describes its errors as what they are: problems, with the headers that come with them."""

    def get_openapi_schema(self, **words: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**words)
        operations = [operation for methods in schema["paths"].values() for operation in methods.values()]
        for operation in operations:
            for status, response in operation["responses"].items():
                describe(status, response)
        return schema

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """Our operations answer by themselves: what would be filled in for others is made when it is used."""
        make = partial(super().create_temporal_response, request)
        return cast("HttpResponse", SimpleLazyObject(make))


def describe(status: int, response: dict[str, Any]) -> None:
    if status >= FIRST_ERROR:
        response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
    if status in HEADERS:
        response["headers"] = HEADERS[status]


api = Api(
    title="Jawoord",
    version="1",
    description="\n\n".join(
        [
            "Ask before you make contact. A key speaks for one legal entity; an administrator makes it.",
            "Addresses stand in the body only, never in an address of this API. Every error is a problem "
            "(RFC 9457). Without an answer it is no.",
        ]
    ),
    docs_decorator=require_safe,
    docs=OwnDocs(),
)
OFFERED = (
    *(may_contact.router, dialler.router, inbound.router),
    *(behaviour.router, attributes.router, applications.router),
)
for offered in OFFERED:
    api.add_router("", offered)
handle_problems(api)
