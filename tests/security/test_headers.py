import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path

from config import urls
from config.launch import WEB
from tests import scenes
from tests.browser.fixtures import PostOffice
from tests.security.visits import FORM, Correspondence, correspond, newsletter, path_of, send_form

pytestmark = pytest.mark.django_db
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "base-uri 'none'",
    "default-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
}
REFERRERS = {"same-origin", "no-referrer"}
SAMPLES = {
    "int": "1",
    "slug": "receptenboekje",
    "str": "A" * 40,
    "uuid": "01890000-0000-7000-8000-000000000000",
    "uuidstr": "01890000-0000-7000-8000-000000000000",
    "token": "A" * 40,
}


def broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [*urls.urlpatterns, path("broken/", broken)]


def public_paths() -> list[str]:
    """Every address outside the staff pages, with a made-up word where it has a place for one."""
    return sorted(set(paths_below(get_resolver(None).url_patterns, "/")))


def paths_below(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + written(pattern)
        if route.startswith("/admin/"):
            continue
        if isinstance(pattern, URLResolver):
            yield from paths_below(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def written(pattern: Any) -> str:
    route = str(pattern.pattern).removeprefix("^").removesuffix("/?$").removesuffix("$")
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda match: SAMPLES[match.group(1)], route)
    return re.sub(r"<(\w+):\w+>", lambda match: SAMPLES[match.group(1)], named)


def check(answer: Any) -> None:
    assert {name: answer.get(name) for name in HEADERS} == HEADERS
    assert answer["Referrer-Policy"] in REFERRERS
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert "Server" not in answer
    if answer.get("Content-Type", "").startswith("text/"):
        assert "charset=utf-8" in answer["Content-Type"]
    for cookie in (cookie for cookie in answer.cookies.values() if cookie.value):
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


@pytest.mark.parametrize("page", public_paths())
def test_every_public_page_carries_the_protective_headers(page: str) -> None:
    scenes.recipe_book()
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)

    for method in ("get", "head", "post", "put", "delete", "options", "trace"):
        answer = getattr(strict, method)(page)
        check(answer)
        assert answer.status_code != HTTPStatus.INTERNAL_SERVER_ERROR
        assert not (method == "trace" and answer.status_code == HTTPStatus.OK)


def test_no_public_page_is_left_out() -> None:
    assert {"/", FORM, "/confirm/", "/unsubscribe/", "/preferences/choices/", "/verify/"} <= set(
        public_paths()
    )


@pytest.mark.urls("tests.security.test_headers")
def test_answers_that_refuse_carry_them_too(client: Client, clock: time_machine.Traveller) -> None:
    scenes.recipe_book()
    visitor = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for _turn in range(30):
        client.post(FORM, {})

    answers = {
        400: visitor.get("/", headers={"Host": "evil.example.org"}),
        403: visitor.post(FORM, {}),
        404: visitor.get("/nowhere/"),
        405: client.put("/"),
        410: visitor.get("/preferences/choices/"),
        429: client.post(FORM, {}),
        500: visitor.get("/broken/"),
    }

    for status, answer in answers.items():
        assert answer.status_code == status
        check(answer)
    for status in (400, 403, 404, 410, 429, 500):
        assert 'lang="nl"' in answers[status].content.decode()


def test_pages_behind_a_link_are_kept_nowhere(
    client: Client, clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    mails = correspond(client, clock, post_office)
    for kind, mail in (
        ("confirm", mails.to_confirm),
        ("unsubscribe", mails.agreed),
        ("preferences", mails.link),
    ):
        client.get(path_of(mail, kind))

    for page in ("/confirm/", "/unsubscribe/", "/preferences/choices/", "/preferences/history/", FORM):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]


def test_token_stands_in_no_answer_and_no_later_address(
    client: Client, clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    links = links_of(correspond(client, clock, post_office))
    tokens = {link.split("/")[2] for link in links}

    for link in links:
        visitor = Client()
        first = visitor.get(link)
        for answer in (first, visitor.get(first["Location"]), Client().get(link, follow=True)):
            assert not any(token in all_of(answer) for token in tokens)
        assert (first.status_code, first["Referrer-Policy"]) == (302, "no-referrer")


def all_of(answer: Any) -> str:
    told = [f"{name}: {value}" for name, value in answer.items()]
    cookies = [cookie.OutputString() for cookie in answer.cookies.values()]
    return "\n".join([*told, *cookies, answer.content.decode()])


def links_of(mails: Correspondence) -> list[str]:
    sent_with = {"confirm": mails.to_confirm, "unsubscribe": mails.agreed, "preferences": mails.link}
    return [path_of(mail, kind) for kind, mail in sent_with.items()]


def test_addresses_are_written_to_no_access_log() -> None:
    assert "--access-log" not in WEB.split()


@override_settings(
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
    LANGUAGE_COOKIE_SECURE=True,
    CSRF_COOKIE_NAME="__Host-csrf",
    SESSION_COOKIE_NAME="__Host-session",
    LANGUAGE_COOKIE_NAME="__Host-language",
)
def test_cookies_in_production_are_bound_to_the_host(
    clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    scene = scenes.recipe_book()
    visitor = Client()
    send_form(
        visitor, clock, newsletter(scene) | {"PHONE": "020 000 01 01", f"choice_{scene.calls.pk}": "on"}
    )
    mail = post_office.collect_one()
    for kind in ("confirm", "unsubscribe"):
        visitor.get(path_of(mail, kind))
    visitor.post("/i18n/setlang/", {"language": "en", "next": "/"})

    assert {"__Host-csrf", "__Host-confirm", "__Host-unsubscribe", "__Host-verify", "__Host-language"} <= set(
        visitor.cookies
    )
    for name, cookie in visitor.cookies.items():
        assert name.startswith("__Host-")
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (
            True,
            True,
            "/",
            "",
        )
        assert cookie["samesite"] == "Lax"
