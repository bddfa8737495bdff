"""What every answer carries, and whose request it was."""

import ipaddress
from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config.errors import error_page
from consent.api.handlers import for_programs

Handler = Callable[[HttpRequest], HttpResponse]

PROTECTIVE_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class ProtectiveHeadersMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in PROTECTIVE_HEADERS.items():
            response.setdefault(name, value)  # a view may be stricter
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """Writes the content security policy out once: it is the same for all but the views that narrow it."""

    def __init__(self, get_response: Handler) -> None:
        super().__init__(get_response)
        parts = self.get_policy_parts(request=HttpRequest(), response=HttpResponse())
        self.policy = build_policy(**asdict(parts))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if any(name.startswith("_csp_") for name in vars(response)):
            return super().process_response(request, response)
        response.setdefault(HEADER, self.policy)
        return response


class ProgramsMiddleware:
    """Below /api/ even what no operation answered is for a program to read."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/"):
            return response
        told = for_programs(request, response)
        let_go(request)
        return told


def let_go(request: HttpRequest) -> None:
    """Take off what refers to the request itself: for a program nobody is signed in, and no page is shown.

    Else the request would stay until the collector comes, which holds up whoever asks at that moment.
    """
    for name in ("user", "auser", "_messages", "csp_nonce"):
        vars(request).pop(name, None)


class CalmRefusalMiddleware:
    """Somebody who opens the address of a button, or sends a form to a page, gets a page that says so."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        page = error_page(request=request, status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page


class ClientAddressMiddleware:
    """Behind N trusted proxies the visitor is the N-th address from the right, never further left."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if 0 < settings.TRUSTED_PROXIES <= len(hops):
            address = hops[-settings.TRUSTED_PROXIES].strip()
            if is_address(address):
                request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
