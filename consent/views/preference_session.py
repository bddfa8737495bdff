"""Who is behind the preference pages: the token of a mailed link, carried by a signed cookie."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from consent.domain import link_requests
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.link_requests import LinkNotOpenError
from consent.domain.links import LinkForgedError, LinkKind, read_message_token
from consent.domain.preference_changes import Visitor
from consent.models import Actor, Method, OutboxMessage, Source
from consent.views import link_cookie
from consent.views.visitor import language_of_page, visit_of
from customers.domain.key_rings import link_keys
from customers.models import LegalEntity

KIND = "preferences"
CHANGED = "preferences-changed"
# Which link it was whose address the person replaced in this browser.
REPLACED = "preferences-replaced"


@dataclass(frozen=True, kw_only=True)
class Session:
    """One visit behind a preference link."""

    message: OutboxMessage
    visitor: Visitor

    @property
    def legal_entity(self) -> LegalEntity:
        return self.message.legal_entity

    @property
    def country(self) -> str:
        return self.visitor.contact.country or self.legal_entity.country


SessionView = Callable[..., HttpResponse]


def behind_link(view: SessionView) -> Callable[..., HttpResponse]:
    """Let in who opened a preference link less than thirty minutes ago; others get the calm page."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        session = find_session(request)
        if session is None:
            return _link_gone(request)
        return view(request, session, *args, **kwargs)

    return never_cache(page)


def find_session(request: HttpRequest) -> Session | None:
    try:
        message_id = read_message_token(
            kind=LinkKind.PREFERENCES, token=link_cookie.read(request, kind=KIND), keys=link_keys()
        )
        message = _find_message(request, message_id)
    except (LinkForgedError, LinkNotOpenError):
        return None
    return Session(message=message, visitor=_visitor(request, message))


def _find_message(request: HttpRequest, message_id: uuid.UUID) -> OutboxMessage:
    if link_cookie.read(request, kind=REPLACED) == str(message_id):
        return link_requests.find_own_session(message_id=message_id)
    return link_requests.find_session(message_id=message_id)


def _link_gone(request: HttpRequest) -> HttpResponse:
    context = {"page_title": _("This link does not work (any more)")}
    return render(request, "consent/preferences/gone.html", context, status=HTTPStatus.GONE)


def context_of(session: Session, *, title: str) -> dict[str, object]:
    return {
        "entity": session.legal_entity,
        "page_title": title,
        "privacy_url": f"/privacy/{session.legal_entity.code}/",
    }


def _visitor(request: HttpRequest, message: OutboxMessage) -> Visitor:
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.CHECKBOX,
        shown=Wordings(language=language_of_page()),
        proof={**visit_of(request).as_proof(), "link": str(message.pk)},
    )
    return Visitor(contact=message.person, opened_with=message.point, how=how)
