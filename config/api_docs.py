"""The page about the API, written on the server from its OpenAPI description: no script, in our own look."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import override
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

FIRST_ERROR: Final = HTTPStatus.BAD_REQUEST
OF_TYPE: Final[Mapping[str, Any]] = {"boolean": False, "integer": 0, "number": 0, "string": "…"}
OF_FORMAT: Final = {
    "uuid": "0193f5a0-0000-7000-8000-000000000001",
    "date-time": "2026-07-01T09:30:00+02:00",
}
LIMITS: Final = {"maxLength": "{} characters at most", "maxItems": "{} at most", "pattern": "matches {}"}
Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of what is sent or answered; a field within another is named after it."""

    name: str
    kind: str
    needed: bool
    words: SafeString


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One way in which an operation says no, and the headers that come with it."""

    status: int
    phrase: str
    headers: list[str]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing a program can ask."""

    anchor: str
    method: str
    path: str
    title: str
    paragraphs: list[SafeString]
    places: list[Field]
    sent: list[Field]
    example: str
    answered: list[Field]
    answer: str
    refusals: list[Refusal]


class OwnDocs(DocsBase):
    """Shows the description of an API in English, the language its texts are written in."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        with override("en"):
            described = Described(api.get_openapi_schema())
            context = {
                "page_title": f"{api.title} API",
                "paragraphs": paragraphs(api.description),
                "groups": described.groups(),
                "problem": described.fields({"$ref": "#/components/schemas/Problem"}),
                "json_url": self.get_openapi_url(api, kwargs),
                "hide_languages": True,
            }
            return render(request, "api_docs.html", context)


class Described:
    """An OpenAPI description, read for people."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.paths: Mapping[str, Mapping[str, Any]] = schema["paths"]
        self.schemas: Mapping[str, Schema] = schema["components"]["schemas"]

    def groups(self) -> dict[str, list[Operation]]:
        found: dict[str, list[Operation]] = {}
        for path, methods in self.paths.items():
            for method, operation in methods.items():
                tag = (operation.get("tags") or ["Other"])[0]
                found.setdefault(tag, []).append(self.operation(method, path, operation))
        return found

    def operation(self, method: str, path: str, said: Mapping[str, Any]) -> Operation:
        sent = content_of(said.get("requestBody", {}))
        # Numbers within the program, texts in the JSON of it.
        answers = {int(status): one for status, one in said["responses"].items()}
        answered = content_of(answers[HTTPStatus.OK])
        return Operation(
            anchor=slugify(said["operationId"]),
            method=method.upper(),
            path=path,
            title=said["summary"],
            paragraphs=paragraphs(said.get("description", "")),
            places=[self.place(one) for one in said.get("parameters", [])],
            sent=self.fields(sent),
            example=as_json(self.least(sent)) if sent else "",
            answered=self.fields(answered),
            answer=as_json(self.example(answered)),
            refusals=[
                Refusal(status=status, phrase=HTTPStatus(status).phrase, headers=list(one.get("headers", {})))
                for status, one in sorted(answers.items())
                if status >= FIRST_ERROR
            ],
        )

    def place(self, parameter: Mapping[str, Any]) -> Field:
        schema = parameter["schema"]
        return Field(
            name=parameter["name"],
            kind=self.kind(schema),
            needed=parameter.get("required", False),
            words=in_words(parameter.get("description", "")),
        )

    def fields(self, schema: Schema, within: str = "") -> list[Field]:
        """List the fields of what a schema describes, each before the fields within it."""
        return list(chain.from_iterable(self.field(*one, within) for one in self.properties(schema)))

    def properties(self, schema: Schema) -> Iterator[tuple[str, Schema, bool]]:
        whole = self.resolved(schema)
        for name, inner in whole.get("properties", {}).items():
            yield name, inner, name in whole.get("required", [])

    def field(self, name: str, schema: Schema, needed: bool, within: str) -> Iterator[Field]:  # noqa: FBT001  (of a tuple)
        whole = f"{within}{name}"
        yield Field(
            name=whole,
            kind=self.kind(schema),
            needed=needed,
            words=in_words(schema.get("description", "") or self.resolved(schema).get("description", "")),
        )
        inner = self.resolved(schema)
        items = inner.get("items") or inner.get("additionalProperties")
        if isinstance(items, dict):
            yield from self.fields(items, f"{whole}[]." if "items" in inner else f"{whole}.*.")
        else:
            yield from self.fields(inner, f"{whole}.")

    def kind(self, schema: Schema) -> str:
        """Say what a value is: its type, its choices, its limits."""
        inner = self.resolved(schema)
        if "enum" in inner:
            kinds = ["one of " + ", ".join(map(str, inner["enum"]))]
        elif isinstance(items := inner.get("items"), dict):
            kinds = [f"list of {self.kind(items)}"]
        else:
            kinds = [inner.get("format", inner.get("type", "any"))]
        kinds += [
            text.format(f"{inner[name]:,}" if isinstance(inner[name], int) else inner[name])
            for name, text in LIMITS.items()
            if name in inner
        ]
        kinds += ["or null"] * ("anyOf" in schema)
        return ", ".join(kinds)

    def resolved(self, schema: Schema) -> Schema:
        """Follow a reference; of something that may also be null, take what it is otherwise."""
        if "$ref" in schema:
            return self.schemas[schema["$ref"].rpartition("/")[2]]
        for one in schema.get("anyOf", []):
            if one.get("type") != "null":
                return self.resolved(one)
        return schema

    def least(self, schema: Schema) -> dict[str, Any]:
        """The least that may be sent."""
        return {name: self.example(one) for name, one, needed in self.properties(schema) if needed}

    def example(self, schema: Schema) -> Any:
        inner = self.resolved(schema)
        for told in (schema, inner):
            if told.get("examples"):
                return told["examples"][0]
        if "enum" in inner:
            return inner["enum"][0]
        if "properties" in inner:
            return {name: self.example(one) for name, one, _needed in self.properties(inner)}
        if isinstance(inner.get("items"), dict):
            return [self.example(inner["items"])]
        if isinstance(inner.get("additionalProperties"), dict):
            return {"…": self.example(inner["additionalProperties"])}
        return OF_FORMAT.get(inner.get("format", ""), OF_TYPE.get(inner.get("type", "")))


def content_of(said: Mapping[str, Any]) -> Schema:
    """The schema of what is sent or answered; empty where nothing is."""
    for content in said.get("content", {}).values():
        schema: Schema = content["schema"]
        return schema
    return {}


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def paragraphs(text: str) -> list[SafeString]:
    return [in_words(part) for part in text.split("\n\n") if part.strip()]


def in_words(text: str) -> SafeString:
    """Escape a text; what stands between backticks is code."""
    parts = enumerate(text.split("`"))
    pieces = (format_html("<code>{}</code>", part) if odd % 2 else part for odd, part in parts)
    return format_html_join("", "{}", ((piece,) for piece in pieces))
