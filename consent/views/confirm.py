import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consent import tasks
from consent.domain import confirmations, outbox
from consent.domain.confirmations import Confirmation, ConfirmationNotOpenError, Stage
from consent.domain.links import LinkForgedError, LinkKind, read_message_token
from consent.domain.outbox import TooManyMessagesError
from consent.views import link_cookie
from consent.views.visitor import limit_posts, visit_of
from customers.domain.key_rings import link_keys

KIND = "confirm"


@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    return link_cookie.carry(kind=KIND, token=token, to="/confirm/")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="confirm", at_most=60, window=datetime.timedelta(minutes=10))
def page(request: HttpRequest) -> HttpResponse:
    confirmation = _find(request)
    if confirmation is None:
        return _gone(request)
    if request.method != "POST":
        return _show(request, confirmation)
    if request.POST.get("action") == "again":
        return _send_again(request, confirmation)
    return _confirm(request, confirmation)


def _find(request: HttpRequest) -> Confirmation | None:
    try:
        message_id = read_message_token(
            kind=LinkKind.CONFIRM, token=link_cookie.read(request, kind=KIND), keys=link_keys()
        )
    except LinkForgedError:
        return None
    return confirmations.find_confirmation(message_id=message_id, now=timezone.now())


def _show(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    templates = {
        Stage.OPEN: "consent/confirm/open.html",
        Stage.CONFIRMED: "consent/confirm/confirmed.html",
        Stage.EXPIRED: "consent/confirm/expired.html",
    }
    template = templates.get(confirmation.stage)
    return render(request, template, _context(confirmation)) if template else _gone(request)


def _confirm(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    try:
        confirmations.confirm(
            message_id=confirmation.message.pk, visit=visit_of(request), confirmed_at=timezone.now()
        )
    except ConfirmationNotOpenError:
        return redirect("confirm")
    tasks.wake_outbox()
    return redirect("confirm")


def _send_again(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    try:
        confirmations.send_again(message_id=confirmation.message.pk, asked_at=timezone.now())
    except (ConfirmationNotOpenError, TooManyMessagesError):
        # What the page says is the same: the mail is on its way, or three of them arrived today already.
        return render(request, "consent/confirm/sent_again.html", _context(confirmation))
    tasks.wake_outbox()
    return render(request, "consent/confirm/sent_again.html", _context(confirmation))


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"page_title": _("This link does not work (any more)"), "preferences_url": "/preferences/"}
    return render(request, "consent/confirm/gone.html", context, status=HTTPStatus.NOT_FOUND)


def _context(confirmation: Confirmation) -> dict[str, object]:
    message = confirmation.message
    return {
        "entity": message.legal_entity,
        "content": outbox.read_content(message=message),
        "address": message.point.value,
        "privacy_url": f"/privacy/{message.legal_entity.code}/",
        "preferences_url": "/preferences/",
    }
