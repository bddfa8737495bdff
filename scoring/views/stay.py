"""The page behind the mail that asks whether somebody wants to stay in a talent pool."""

import datetime
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consent import tasks
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.link_requests import LinkNotOpenError
from consent.domain.links import LinkForgedError, LinkKind, read_message_token
from consent.domain.preference_changes import Visitor
from consent.models import Actor, Method, OutboxMessage, Source
from consent.views import link_cookie
from consent.views.visitor import language_of_page, limit_posts, visit_of
from customers.domain.key_rings import link_keys
from scoring.domain.talent_pool import staying
from scoring.domain.talent_pool.staying import NotInPoolError, Place, WordingChangedError
from scoring.forms.talent_pool import read_wording
from scoring.models import TalentPool
from scoring.views.place_page import CHANGED_MEANWHILE, STAYED, STOPPED, describe_place, tell

KIND: Final = "stay"


@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    return link_cookie.carry(kind=KIND, token=token, to="/stay/")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="stay", at_most=60, window=datetime.timedelta(minutes=10))
def page(request: HttpRequest) -> HttpResponse:
    try:
        message, pool = _find(request)
    except (LinkForgedError, LinkNotOpenError):
        context = {"page_title": _("This link does not work (any more)"), "preferences_url": "/preferences/"}
        return render(request, "scoring/stay_gone.html", context, status=HTTPStatus.GONE)
    place = staying.find_asked_place(pool=pool, message=message, now=timezone.now())
    if request.method != "POST" or place is None:
        return _show(request, pool, place)
    return redirect(f"/stay/?done={act(request, place, _visitor(request, message))}")


def act(request: HttpRequest, place: Place, visitor: Visitor) -> str:
    """Do what the pressed button says; returns what came of it."""
    now, done = timezone.now(), STAYED
    try:
        if request.POST.get("action") == "stop":
            staying.stop(place=place, visitor=visitor, occurred_at=now)
            done = STOPPED
        else:
            shown = read_wording(text=request.POST.get("shown", ""))
            staying.stay(place=place, visitor=visitor, notice_version_id=shown, occurred_at=now)
    except WordingChangedError:
        return CHANGED_MEANWHILE
    except NotInPoolError:
        return STOPPED
    tasks.wake_outbox()
    return done


def _find(request: HttpRequest) -> tuple[OutboxMessage, TalentPool]:
    token = link_cookie.read(request, kind=KIND)
    message_id = read_message_token(kind=LinkKind.STAY, token=token, keys=link_keys())
    return staying.find_question(message_id=message_id)


def _show(request: HttpRequest, pool: TalentPool, place: Place | None) -> HttpResponse:
    context = {
        **describe_place(place, pool),
        "entity": pool.legal_entity,
        "page_title": _("Do you want to stay in %(pool)s?") % {"pool": pool.name},
        "told": tell(request.GET.get("done", ""), place, pool),
        "form_url": f"/forms/{pool.form.code}/" if pool.form and pool.form.published_at else "",
        "privacy_url": f"/privacy/{pool.legal_entity.code}/",
        "preferences_url": "/preferences/",
    }
    return render(request, "scoring/stay.html", context)


def _visitor(request: HttpRequest, message: OutboxMessage) -> Visitor:
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.CONFIRMATION_LINK,
        method=Method.BUTTON,
        shown=Wordings(language=language_of_page()),
        proof={**visit_of(request).as_proof(), "message": str(message.pk)},
    )
    return Visitor(contact=message.person, opened_with=message.point, how=how)
