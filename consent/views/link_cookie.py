"""The token of a mailed link stands in an address once; a signed cookie carries it from there."""

import datetime

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

LASTS = datetime.timedelta(minutes=30)
# No token of ours is longer, and no browser keeps a cookie of four kilobytes.
LONGEST_TOKEN = 300


def cookie_name(kind: str) -> str:
    return f"__Host-{kind}" if settings.SESSION_COOKIE_SECURE else kind


def carry(*, kind: str, token: str, to: str) -> HttpResponse:
    """Send the visitor on to the clean address with the token in a cookie; nothing else changes."""
    response = redirect(to)
    keep(response, kind=kind, value=token if len(token) <= LONGEST_TOKEN else "")
    # The address that held the token is passed on to nobody.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def keep(response: HttpResponse, *, kind: str, value: str) -> None:
    response.set_cookie(
        cookie_name(kind),
        signing.dumps(value, salt=f"link {kind}"),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def read(request: HttpRequest, *, kind: str) -> str:
    """Read what a link cookie carries; empty when there is none, or it is old or not ours."""
    try:
        value = signing.loads(request.COOKIES.get(cookie_name(kind), ""), salt=f"link {kind}", max_age=LASTS)
    except signing.BadSignature:
        return ""
    return str(value)


def drop(response: HttpResponse, *, kind: str) -> None:
    response.delete_cookie(cookie_name(kind), path="/", samesite="Lax")
