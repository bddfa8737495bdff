"""Pages on which a person shows that a phone number is theirs, before anybody may call it."""

import datetime
import uuid
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consent import tasks
from consent.domain import verification
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.verification import (
    Asking,
    CodeExpiredError,
    CodeUsedError,
    CodeWrongError,
    NoPhoneNumberError,
    NotAskedThisWayError,
    TooManyAsksError,
    TooManyTriesError,
)
from consent.forms.verify import CodeForm
from consent.models import Actor, AddressVerification, Method, Source
from consent.views import link_cookie
from consent.views.language import show_in, typed_so_far, wanted_language
from consent.views.visitor import language_of_page, limit_posts, visit_of
from customers.domain.addresses import mask
from customers.models import ContactPoint, LegalEntity

KIND = "verify"
TEN_MINUTES = datetime.timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Pending:
    """Which number this visitor can verify, for whom, and the code they asked for."""

    point: ContactPoint
    legal_entity: LegalEntity
    verification_id: uuid.UUID | None


def offer(response: HttpResponse, *, point: ContactPoint, legal_entity: LegalEntity) -> None:
    """Let this visitor verify the number they just filled in."""
    _remember(response, point.pk, legal_entity.pk, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="verify", at_most=20, window=TEN_MINUTES)
def ask(request: HttpRequest) -> HttpResponse:
    pending = _pending(request)
    if pending is None:
        return _gone(request)
    if request.method != "POST":
        return render(request, "consent/verify/ask.html", _context(pending, _("Is this your number?")))
    by_call = request.POST.get("action") == "call"
    asked = _ask_call_back(pending) if by_call else _ask_code(pending)
    tasks.wake_outbox()
    response = redirect("verify_call" if by_call else "verify_code")
    _remember(response, pending.point.pk, pending.legal_entity.pk, asked)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="verify code", at_most=20, window=TEN_MINUTES)
def code(request: HttpRequest) -> HttpResponse:
    pending = _pending(request)
    if pending is None:
        return _gone(request)
    if wanted := wanted_language(request):
        same = CodeForm(initial=typed_so_far(request))
        return show_in(wanted, lambda: _show_code(request, pending, same))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_right(request, pending, form):
        return render(request, "consent/verify/done.html", _context(pending, _("Your number is verified")))
    return _show_code(request, pending, form)


def _show_code(request: HttpRequest, pending: Pending, form: CodeForm) -> HttpResponse:
    context = _context(pending, _("Fill in the code")) | {"form": form, "switches_form": "code"}
    return render(request, "consent/verify/code.html", context)


@never_cache
@require_http_methods(["GET", "HEAD"])
def call(request: HttpRequest) -> HttpResponse:
    pending = _pending(request)
    if pending is None:
        return _gone(request)
    waiting = _call_back(pending)
    if waiting is not None and waiting.succeeded_at is not None:
        return render(request, "consent/verify/done.html", _context(pending, _("Your number is verified")))
    shown = verification.code_for(verification=waiting) if waiting else ""
    context = _context(pending, _("We call you")) | {"code": f"{shown[:3]} {shown[3:]}".strip()}
    return render(request, "consent/verify/call.html", context)


def _ask_code(pending: Pending) -> uuid.UUID | None:
    try:
        return verification.ask_code(asking=_asking(pending)).pk
    except (NoPhoneNumberError, TooManyAsksError):
        # The next page reads the same: it tells nobody which numbers are known, or asked about before.
        return None


def _ask_call_back(pending: Pending) -> uuid.UUID | None:
    try:
        return verification.ask_call_back(asking=_asking(pending)).pk
    except (NoPhoneNumberError, TooManyAsksError):
        return None


def _asking(pending: Pending) -> Asking:
    return Asking(
        point=pending.point,
        legal_entity=pending.legal_entity,
        language=language_of_page(),
        asked_at=timezone.now(),
    )


def _is_right(request: HttpRequest, pending: Pending, form: CodeForm) -> bool:
    try:
        verification.check_code(
            verification_id=pending.verification_id or uuid.UUID(int=0),
            typed=form.cleaned_data["code"],
            how=_circumstances(request),
            checked_at=timezone.now(),
        )
    except (CodeWrongError, NotAskedThisWayError):
        form.refuse(_("This is not the code we sent. Look again, or ask for a new one."))
    except (CodeExpiredError, TooManyTriesError):
        form.refuse(_("This code does not work any more. Ask for a new one."))
    except CodeUsedError:
        return True
    return form.is_valid()


def _circumstances(request: HttpRequest) -> Circumstances:
    return Circumstances(
        actor=Actor.SUBJECT,
        source=Source.WEB_FORM,
        method=Method.CODE,
        shown=Wordings(language=language_of_page()),
        proof=visit_of(request).as_proof(),
    )


def _call_back(pending: Pending) -> AddressVerification | None:
    if pending.verification_id is None:
        return None
    return AddressVerification.objects.filter(
        pk=pending.verification_id, method=AddressVerification.Method.CALL_BACK
    ).first()


def _pending(request: HttpRequest) -> Pending | None:
    parts = link_cookie.read(request, kind=KIND).split("|")
    if len(parts) != len(("point", "legal entity", "verification")):
        return None
    point = ContactPoint.objects.select_related("contact").filter(pk=parts[0]).first()
    entity = LegalEntity.objects.filter(pk=parts[1]).first()
    if point is None or entity is None:
        return None
    asked = uuid.UUID(parts[2]) if parts[2] else None
    return Pending(point=point, legal_entity=entity, verification_id=asked)


def _remember(
    response: HttpResponse, point_id: uuid.UUID, legal_entity_id: uuid.UUID, asked: uuid.UUID | None
) -> None:
    link_cookie.keep(response, kind=KIND, value=f"{point_id}|{legal_entity_id}|{asked or ''}")


def _context(pending: Pending, title: str) -> dict[str, object]:
    return {
        "entity": pending.legal_entity,
        "page_title": title,
        "number": mask(value=pending.point.value),
        "privacy_url": f"/privacy/{pending.legal_entity.code}/",
        "preferences_url": "/preferences/",
    }


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"page_title": _("There is no number to verify here"), "preferences_url": "/preferences/"}
    return render(request, "consent/verify/gone.html", context, status=404)
