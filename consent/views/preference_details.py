from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent import tasks
from consent.domain import corrections, link_requests
from consent.domain import preference_words as words
from consent.domain.corrections import Corrected, Correction
from consent.forms.preferences import DetailsForm
from consent.views import link_cookie
from consent.views.language import show_in, typed_so_far, wanted_language
from consent.views.preference_session import CHANGED, REPLACED, Session, behind_link, context_of
from customers.models import ContactPoint

FIELDS = {
    ContactPoint.Kind.EMAIL: "email",
    ContactPoint.Kind.PHONE: "phone",
    ContactPoint.Kind.POSTAL: "street",
}


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def details(request: HttpRequest, session: Session) -> HttpResponse:
    if wanted := wanted_language(request):
        return show_in(wanted, lambda: _show(request, session, _form(session, initial=typed_so_far(request))))
    form = _form(session, data=request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, session, form)
    corrected = corrections.correct_details(
        visitor=session.visitor, correction=_correction(form), occurred_at=timezone.now()
    )
    _mail_links(session, corrected)
    response = redirect("preferences_corrected")
    link_cookie.keep(response, kind=REPLACED, value=str(session.message.pk))
    link_cookie.drop(response, kind=CHANGED)
    return response


@require_safe
@behind_link
def corrected(request: HttpRequest, session: Session) -> HttpResponse:
    context = context_of(session, title=_("Your details are saved"))
    facts = [(point.get_kind_display(), _written(point, session)) for point in _points_now(session)]
    name = f"{session.visitor.contact.given_name} {session.visitor.contact.family_name}".strip()
    facts = [(_("Name"), name), *facts] if name else facts
    return render(request, "consent/preferences/corrected.html", context | {"facts": facts})


def _form(session: Session, **filled: Any) -> DetailsForm:
    return DetailsForm(
        **filled,
        contact=session.visitor.contact,
        country=session.country,
        now=_addresses_now(session),
    )


def _show(request: HttpRequest, session: Session, form: DetailsForm) -> HttpResponse:
    context = context_of(session, title=_("Correct your details"))
    filled = {"form": form, "switches_form": "details"}
    return render(request, "consent/preferences/details.html", context | filled)


def _correction(form: DetailsForm) -> Correction:
    return Correction(
        given_name=form.cleaned_data["given_name"],
        family_name=form.cleaned_data["family_name"],
        addresses=form.addresses(),
    )


def _mail_links(session: Session, corrected_details: Corrected) -> None:
    """A new e-mail address counts when its reader opens the link that is sent to it."""
    for point in corrected_details.new_points:
        if point.kind == ContactPoint.Kind.EMAIL:
            link_requests.mail_link(point=point, legal_entity=session.legal_entity, asked_at=timezone.now())
    tasks.wake_outbox()


def _points_now(session: Session) -> list[ContactPoint]:
    points = session.visitor.contact.points.filter(invalid_at__isnull=True)
    return list(points.order_by("kind", "created_at", "pk"))


def _addresses_now(session: Session) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for point in _points_now(session):
        name = FIELDS[ContactPoint.Kind(point.kind)]
        found.setdefault(name, []).append(_address(point, session))
    return {name: ", ".join(addresses) for name, addresses in found.items()}


def _written(point: ContactPoint, session: Session) -> str:
    address = _address(point, session)
    return address if point.verified_at else _("%(address)s (not confirmed yet)") % {"address": address}


def _address(point: ContactPoint, session: Session) -> str:
    return words.address_of(point=point, opened_with=session.visitor.opened_with)
