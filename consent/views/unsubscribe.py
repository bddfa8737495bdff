from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consent import tasks
from consent.domain import link_requests, withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.links import LinkForgedError, Withdrawable, read_withdrawal_token
from consent.domain.standing_stops import is_stopped
from consent.domain.withdrawals import Scope
from consent.models import Actor, Channel, Method, Purpose, Source
from consent.views import link_cookie
from consent.views.visitor import language_of_page, visit_of
from customers.domain.addresses import mask
from customers.domain.key_rings import link_keys
from customers.models import ContactPoint, LegalEntity

KIND = "unsubscribe"
ONE_CLICK = ("List-Unsubscribe", "One-Click")


@dataclass(frozen=True, kw_only=True)
class Stoppable:
    """What the link behind this page can stop, as found in the database."""

    permission: Withdrawable
    legal_entity: LegalEntity
    purpose: Purpose | None
    point: ContactPoint | None


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a POST stops at once, without cookie, redirect or question; a GET only shows the page."""
    if request.method != "POST":
        return link_cookie.carry(kind=KIND, token=token, to="/unsubscribe/")
    if request.POST.get(ONE_CLICK[0]) != ONE_CLICK[1]:
        return _plain(_("Open this address in a browser to stop messages."), HTTPStatus.BAD_REQUEST)
    found = _find(token)
    if found is None:
        return _plain(_("This link is not complete. Copy it whole from the message."), HTTPStatus.NOT_FOUND)
    _stop(request, found, Source.ONE_CLICK)
    return _plain(_("You will get no more of these messages."), HTTPStatus.OK)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    found = _find(link_cookie.read(request, kind=KIND))
    if found is None:
        return _gone(request)
    if request.method != "POST":
        template = "stopped" if _has_stopped(found) else "ask"
        return render(request, f"consent/unsubscribe/{template}.html", _context(found))
    actions = {"stop": _stop_this, "stop-all": _stop_all, "link": _mail_link}
    action = actions.get(request.POST.get("action", ""))
    return action(request, found) if action else redirect("unsubscribe")


def _find(token: str) -> Stoppable | None:
    try:
        permission = read_withdrawal_token(token=token, keys=link_keys())
    except LinkForgedError:
        return None
    entity = LegalEntity.objects.select_related("organisation").filter(pk=permission.legal_entity_id).first()
    if entity is None:
        return None
    return Stoppable(
        permission=permission,
        legal_entity=entity,
        purpose=_purpose(permission),
        point=ContactPoint.objects.select_related("contact").filter(pk=permission.contact_point_id).first(),
    )


def _purpose(permission: Withdrawable) -> Purpose | None:
    if permission.purpose_id is None:
        return None
    return Purpose.objects.filter(pk=permission.purpose_id).first()


def _stop_this(request: HttpRequest, found: Stoppable) -> HttpResponse:
    _stop(request, found, Source.WITHDRAWAL_LINK)
    return render(request, "consent/unsubscribe/stopped.html", _context(found))


def _stop_all(request: HttpRequest, found: Stoppable) -> HttpResponse:
    # An address that was erased gets nothing more: there is nothing left to stop.
    if found.point is not None:
        how = _circumstances(request, Source.WITHDRAWAL_LINK)
        withdrawals.object_to(contact=found.point.contact, scope=Scope(), how=how, occurred_at=timezone.now())
    return render(request, "consent/unsubscribe/stopped.html", _context(found) | {"everything": True})


def _mail_link(request: HttpRequest, found: Stoppable) -> HttpResponse:
    if found.point is not None and found.point.invalid_at is not None:
        # The address is not used any more: a link goes to the one the person fills in.
        return redirect("preferences_ask")
    if found.point is not None:
        link_requests.mail_link(point=found.point, legal_entity=found.legal_entity, asked_at=timezone.now())
        tasks.wake_outbox()
    return render(request, "consent/unsubscribe/link_sent.html", _context(found))


def _stop(request: HttpRequest, found: Stoppable, source: Source) -> None:
    if found.point is None:
        return
    how = _circumstances(request, source)
    withdrawals.stop(point=found.point, scope=_scope(found), how=how, occurred_at=timezone.now())


def _has_stopped(found: Stoppable) -> bool:
    return found.point is not None and is_stopped(point=found.point, scope=_scope(found))


def _scope(found: Stoppable) -> Scope:
    return Scope(
        legal_entity_id=found.permission.legal_entity_id,
        purpose_id=found.permission.purpose_id,
        channel=found.permission.channel,
    )


def _circumstances(request: HttpRequest, source: Source) -> Circumstances:
    proof = {**visit_of(request).as_proof(), "page": "/unsubscribe/"}
    return Circumstances(
        actor=Actor.SUBJECT,
        source=source,
        method=Method.BUTTON,
        shown=Wordings(language=language_of_page()),
        proof=proof,
    )


def _context(found: Stoppable) -> dict[str, object]:
    entities = found.legal_entity.organisation.legal_entities.order_by("name")
    return {
        "entity": found.legal_entity,
        "page_title": _("Stop messages"),
        "address": mask(value=found.point.value) if found.point else "",
        "purpose": found.purpose,
        "channel": Channel(found.permission.channel).label,
        "entities": [entity.name for entity in entities],
        "now": timezone.now(),
        "privacy_url": f"/privacy/{found.legal_entity.code}/",
    }


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"page_title": _("This link is not complete"), "preferences_url": "/preferences/"}
    return render(request, "consent/unsubscribe/gone.html", context, status=HTTPStatus.NOT_FOUND)


def _plain(sentence: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
