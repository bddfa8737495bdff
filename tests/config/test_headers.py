from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from config import urls
from config.middleware import ClientAddressMiddleware

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

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
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def good(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def strict(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", headers={"Referrer-Policy": "no-referrer"})


urlpatterns = [*urls.urlpatterns, path("good", good), path("broken", broken), path("strict", strict)]


@pytest.mark.urls("tests.config.test_headers")
@pytest.mark.parametrize(
    ("page", "extra", "status"),
    [
        ("/good", {}, 200),
        ("/nowhere", {}, 404),
        ("/good", {"HTTP_HOST": "evil.example.org"}, 400),
        ("/broken", {}, 500),
    ],
)
def test_every_answer_carries_the_protective_headers(page: str, extra: dict[str, Any], status: int) -> None:
    response = Client(raise_request_exception=False).get(page, **extra)

    assert response.status_code == status
    assert {name: response.get(name) for name in HEADERS} == HEADERS
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY


@pytest.mark.urls("tests.config.test_headers")
def test_a_forged_post_is_refused_with_the_same_headers() -> None:
    response = Client(enforce_csrf_checks=True).post("/good")

    assert response.status_code == 403
    assert {name: response.get(name) for name in HEADERS} == HEADERS


@pytest.mark.urls("tests.config.test_headers")
def test_a_view_may_be_stricter(client: Client) -> None:
    assert client.get("/strict")["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 203.0.113.10", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "not an address", "192.0.2.1"),
    ],
)
def test_only_trusted_proxies_name_the_visitor(
    proxies: int, forwarded: str, address: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)

    ClientAddressMiddleware(good)(request)

    assert request.META["REMOTE_ADDR"] == address
