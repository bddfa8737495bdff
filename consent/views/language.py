"""A language switch that keeps what was typed: its button sends the form, which comes back translated."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

SWITCH = "switch_language"


def wanted_language(request: HttpRequest) -> str:
    """The language this form was sent to be shown in; empty when it was sent to be recorded."""
    wanted = request.POST.get(SWITCH, "")
    return wanted if wanted in dict(settings.LANGUAGES) else ""


def typed_so_far(request: HttpRequest) -> dict[str, str]:
    """What stood in the fields when the language was switched, not yet judged."""
    return {name: str(value) for name, value in request.POST.items()}


def show_in(language: str, show: Callable[[], HttpResponse]) -> HttpResponse:
    with translation.override(language):
        response = show()
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
