import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent import tasks
from consent.domain import history, preference_receipts
from consent.domain import preference_words as words
from consent.domain.messages import written_out
from consent.domain.preferences import read_preferences
from consent.views.preference_session import Session, behind_link, context_of
from consent.views.visitor import limit_posts

MAILED, NO_ADDRESS = "mailed", "no-address"


@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="mail a receipt", at_most=10, window=datetime.timedelta(hours=1))
@behind_link
def show(request: HttpRequest, session: Session) -> HttpResponse:
    if request.method == "POST":
        return _mail(session)
    contact, zone = session.visitor.contact, session.legal_entity.time_zone
    context = {
        **context_of(session, title=_("What we know of your choices")),
        "events": history.list_history(contact=contact, zone=zone),
        "standing": _standing(session),
        "told": _told(request),
    }
    return render(request, "consent/preferences/history.html", context)


@require_safe
@behind_link
def download(request: HttpRequest, session: Session) -> HttpResponse:
    exported = history.export_history(
        contact=session.visitor.contact, zone=session.legal_entity.time_zone, exported_at=timezone.now()
    )
    response = JsonResponse(exported, json_dumps_params={"indent": 2, "ensure_ascii": False})
    return _as_file(response, "jawoord.json")


@require_safe
@behind_link
def receipt(request: HttpRequest, session: Session) -> HttpResponse:
    zone = session.legal_entity.time_zone
    context = {
        "entity": session.legal_entity,
        "organisation": session.visitor.contact.organisation,
        "moment": written_out(moment=timezone.now(), zone=ZoneInfo(zone)),
        "standing": _standing(session),
        "events": history.list_history(contact=session.visitor.contact, zone=zone),
    }
    page = render(
        request, "consent/preferences/receipt.txt", context, content_type="text/plain; charset=utf-8"
    )
    return _as_file(page, "jawoord.txt")


def _mail(session: Session) -> HttpResponse:
    message = preference_receipts.mail_standing(
        visitor=session.visitor, legal_entity=session.legal_entity, asked_at=timezone.now()
    )
    tasks.wake_outbox()
    return redirect(f"/preferences/history/?{MAILED if message else NO_ADDRESS}")


def _told(request: HttpRequest) -> str:
    if MAILED in request.GET:
        return _("Your proof is on its way to your e-mail address")
    if NO_ADDRESS in request.GET:
        return _("We know no e-mail address that you have confirmed. You can download your proof below.")
    return ""


def _standing(session: Session) -> list[str]:
    visitor = session.visitor
    found = read_preferences(contact=visitor.contact, opened_with=visitor.opened_with, now=timezone.now())
    return words.everywhere_you_stand(preferences=found)


def _as_file(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
