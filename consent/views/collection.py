import datetime
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consent import tasks
from consent.domain import opt_in, orders, shown_forms
from consent.domain.opt_in import AlreadySubmittedError, Asking
from consent.domain.relations import Answer
from consent.forms.collection import CollectionForm
from consent.forms.ticket import Ticket, TicketNotReadableError, read_ticket
from consent.models import CollectionPoint, in_language
from consent.views import link_cookie, verify
from consent.views.language import show_in, wanted_language
from consent.views.visitor import answer_in_steps, language_of_page, limit_posts, visit_of
from customers.domain import contacts

FASTEST_HUMAN = datetime.timedelta(seconds=3)
TICKET = "ticket"
# The code of a link that somebody passed on, kept in a cookie once its reader chose to go on to the form.
CAME_BY = "came-by"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="form", at_most=30, window=datetime.timedelta(minutes=10))
@answer_in_steps
def form(request: HttpRequest, code: str) -> HttpResponse:
    point = _published(code)
    if request.method != "POST":
        return _show(request, point, _new_form(point))
    if wanted := wanted_language(request):
        return show_in(wanted, lambda: _show(request, point, _same_form(request, point)))
    filled = CollectionForm(request.POST, collection_point=point, language=language_of_page())
    now = timezone.now()
    ticket = _ticket(request)
    if not filled.is_valid() or _refused(filled, ticket, point, now) or ticket is None:
        return _show(request, point, filled)
    _record(filled, _asking(request, point, ticket, now))
    tasks.wake_outbox()
    return _thank(filled, point)


@never_cache
@require_safe
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    point = _published(code)
    context = _context(point, _("Thank you")) | {
        "is_order": point.form == CollectionPoint.Form.TRANSACTION,
        "can_verify": bool(link_cookie.read(request, kind=verify.KIND)),
    }
    return render(request, "consent/forms/thanks.html", context)


def _thank(filled: CollectionForm, point: CollectionPoint) -> HttpResponse:
    response = redirect("form_thanks", code=point.code)
    number = filled.number_to_verify()
    if number is not None:
        addresses = [*filled.answers().addresses.values()]
        held = contacts.find_own_point(
            organisation=point.legal_entity.organisation, address=number, beside=addresses[0]
        )
        verify.offer(response, point=held, legal_entity=point.legal_entity)
    return response


def _published(code: str) -> CollectionPoint:
    points = CollectionPoint.objects.select_related(
        "legal_entity__organisation", "privacy_statement", "soft_optin_notice", "product_group"
    )
    return get_object_or_404(
        points, code=code, place=CollectionPoint.Place.WEB_FORM, published_at__isnull=False
    )


def _new_form(point: CollectionPoint) -> CollectionForm:
    return CollectionForm(collection_point=point, language=language_of_page())


def _same_form(request: HttpRequest, point: CollectionPoint) -> CollectionForm:
    """The form with what was typed and ticked so far, not yet judged."""
    typed = {name: value == "on" or value for name, value in request.POST.items()}
    return CollectionForm(initial=typed, collection_point=point, language=language_of_page())


def _show(request: HttpRequest, point: CollectionPoint, filled: CollectionForm) -> HttpResponse:
    earlier = _ticket(request)
    ticket = Ticket(
        content_hash=shown_forms.hash_content(content=_shown(point)),
        # Shown again, it has been open since it was first shown.
        shown_at=earlier.shown_at if earlier else timezone.now(),
        submission_id=uuid.uuid4(),
    )
    context = _context(point, in_language(point.title, language_of_page()))
    return render(
        request,
        "consent/forms/form.html",
        context | {"form": filled, "ticket": ticket.sign(), "switches_form": "collection"},
    )


def _shown(point: CollectionPoint) -> str:
    context = _context(point, in_language(point.title, language_of_page()))
    return render_to_string("consent/forms/_asked.html", context | {"form": _new_form(point)})


def _context(point: CollectionPoint, title: str) -> dict[str, object]:
    language = language_of_page()
    told = point.soft_optin_notice
    return {
        "point": point,
        "entity": point.legal_entity,
        "page_title": title,
        "introduction": in_language(point.introduction, language),
        "told": in_language(told.wording, language) if told else "",
        "told_withdrawal": in_language(told.withdrawal, language) if told else "",
        "privacy_url": f"/privacy/{point.legal_entity.code}/",
        "preferences_url": "/preferences/",
    }


def _ticket(request: HttpRequest) -> Ticket | None:
    try:
        return read_ticket(text=request.POST.get(TICKET, ""))
    except TicketNotReadableError:
        return None


def _refused(
    filled: CollectionForm, ticket: Ticket | None, point: CollectionPoint, now: datetime.datetime
) -> bool:
    """Say so in the form when it was not this form, or nobody could have read it so fast."""
    if ticket is None:
        filled.add_error(None, _("This page was open too long. Check your answers and send them again."))
    elif ticket.content_hash != shown_forms.hash_content(content=_shown(point)):
        filled.add_error(
            None, _("This form changed while you filled it in. Read it again, and send it again.")
        )
    elif now - ticket.shown_at < FASTEST_HUMAN:
        filled.add_error(None, _("That was very fast. Check your answers and send them again."))
    return bool(filled.errors)


def _asking(request: HttpRequest, point: CollectionPoint, ticket: Ticket, now: datetime.datetime) -> Asking:
    language = language_of_page()
    shown = shown_forms.keep_shown_form(
        collection_point=point, language=language, content=_shown(point), shown_at=now
    )
    return Asking(
        collection_point=point,
        shown_form=shown,
        language=language,
        visit=visit_of(request),
        submission_id=ticket.submission_id,
        shown_at=ticket.shown_at,
        submitted_at=now,
        came_by=link_cookie.read(request, kind=CAME_BY),
    )


def _record(filled: CollectionForm, asking: Asking) -> None:
    try:
        if asking.collection_point.form == CollectionPoint.Form.TRANSACTION:
            answer = Answer.NO_CONTACT if filled.opted_out() else Answer.NOTHING_SAID
            orders.place_order(answers=filled.answers(), answer=answer, asking=asking)
        else:
            opt_in.opt_in(answers=filled.answers(), asking=asking)
    except AlreadySubmittedError:
        # Sent twice by a double click or a reload: the first one stands, and the same page follows.
        return
