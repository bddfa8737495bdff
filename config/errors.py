"""The pages of last resort. Each must answer even where a template or the database fails."""

import logging
import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
SECONDS_TO_COME_BACK = 30


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request=request, status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request=request, status=HTTPStatus.FORBIDDEN)


def not_from_our_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a form without our token (CSRF_FAILURE_VIEW); the reason is for programmers."""
    return error_page(request=request, status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request=request, status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while the exception is being handled: a database that is away comes back."""
    if not isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return error_page(request=request, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    page = error_page(request=request, status=HTTPStatus.SERVICE_UNAVAILABLE)
    page["Retry-After"] = str(SECONDS_TO_COME_BACK)
    return page


def error_page(*, request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    try:
        page = loader.render_to_string(f"errors/{status.value}.html", request=request)
    except Exception:
        logger.exception("The page for status %s could not be made.", status.value)
        return HttpResponse(
            plain_sentence(status=status), status=status, content_type="text/plain; charset=utf-8"
        )
    return HttpResponse(page, status=status)


def plain_sentence(*, status: HTTPStatus) -> str:
    sentences = {
        HTTPStatus.BAD_REQUEST: _("We could not read this request."),
        HTTPStatus.FORBIDDEN: _("You may not open this page."),
        HTTPStatus.NOT_FOUND: _("This page does not exist."),
        HTTPStatus.METHOD_NOT_ALLOWED: _("This page cannot be opened in this way. Nothing has changed."),
    }
    return sentences.get(
        status, _("Something went wrong on our side. Nothing you sent is lost; please try again.")
    )
