import datetime
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent import tasks
from consent.domain.rights import copies, letters, own, receiving
from consent.domain.rights.answering import COPIES
from consent.forms.rights import CHOICES, RightsForm
from consent.models import RightsRequest
from consent.views.language import show_in, typed_so_far, wanted_language
from consent.views.preference_session import Session, behind_link, context_of
from consent.views.visitor import language_of_page, limit_posts

SENT = "sent"
HOUR = datetime.timedelta(hours=1)
State = RightsRequest.State


@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="ask for a right", at_most=20, window=HOUR)
@behind_link
def rights(request: HttpRequest, session: Session) -> HttpResponse:
    if wanted := wanted_language(request):
        form = RightsForm(initial=typed_so_far(request))
        return show_in(wanted, lambda: _show(request, session, form))
    form = RightsForm(request.POST if request.method == "POST" else None)
    return _ask(request, session, form) if form.is_valid() else _show(request, session, form)


@require_POST
@limit_posts(action="download a copy", at_most=20, window=HOUR)
@behind_link
def copy(request: HttpRequest, session: Session, request_id: uuid.UUID) -> HttpResponse:
    contact, now = session.visitor.contact, timezone.now()
    try:
        own.find_copy(contact=contact, request_id=request_id, taken_at=now)
    except own.NoSuchCopyError as error:
        raise Http404 from error
    file = copies.write_copy(
        contact=contact, legal_entity=session.legal_entity, language=language_of_page(), written_at=now
    )
    response = HttpResponse(file, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="jawoord.zip"'
    return response


def _ask(request: HttpRequest, session: Session, form: RightsForm) -> HttpResponse:
    try:
        own.ask(
            visitor=session.visitor,
            legal_entity=session.legal_entity,
            kind=RightsRequest.Kind(form.cleaned_data["kind"]),
            words=form.cleaned_data["words"],
            asked_at=timezone.now(),
        )
    except receiving.AlreadyAskedError as error:
        # Sent twice it is asked once: the page shows how far it is.
        return redirect(f"/preferences/rights/?{SENT}={error.request.kind}")
    tasks.wake_outbox()
    return redirect(f"/preferences/rights/?{SENT}={form.cleaned_data['kind']}")


def _show(request: HttpRequest, session: Session, form: RightsForm) -> HttpResponse:
    asked = list(own.list_own(contact=session.visitor.contact))
    context = {
        **context_of(session, title=_("Your rights over your data")),
        "form": form,
        "switches_form": "rights",
        "requests": [_described(one) for one in asked],
        "told": "" if form.errors else _told(request, asked),
    }
    return render(request, "consent/preferences/rights.html", context)


def _described(asked: RightsRequest) -> dict[str, object]:
    return {
        "asked": asked,
        "what": dict(CHOICES)[RightsRequest.Kind(asked.kind)],
        "received": letters.written_day(moment=asked.received_at, request=asked),
        "state": _state(asked),
        "has_copy": asked.state == State.DONE and asked.kind in COPIES,
    }


def _state(asked: RightsRequest) -> str:
    if asked.state == State.DONE and asked.closed_at is not None:
        return _("Done on %(day)s") % {"day": letters.written_day(moment=asked.closed_at, request=asked)}
    if asked.state == State.REFUSED and asked.closed_at is not None:
        return _("Refused on %(day)s; the reason was mailed to you") % {
            "day": letters.written_day(moment=asked.closed_at, request=asked)
        }
    due = letters.written_day(moment=asked.due_at, request=asked)
    if asked.extended_at is not None:
        return _("We need more time: you get an answer before %(day)s") % {"day": due}
    return _("You get an answer before %(day)s") % {"day": due}


def _told(request: HttpRequest, asked: list[RightsRequest]) -> str:
    last = next((one for one in asked if one.kind == request.GET.get(SENT)), None)
    if last is None:
        return ""
    if last.state != State.DONE:
        return _("Your request is sent. You do not have to do anything now")
    return _("Your copy is ready below") if last.kind in COPIES else _("It is done, and counts from now")
