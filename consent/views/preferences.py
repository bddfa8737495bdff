import uuid
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from consent import tasks
from consent.domain import preference_changes, preference_receipts, preference_undo
from consent.domain.preference_changes import Saved, Wish
from consent.domain.preferences import Preferences, read_preferences
from consent.domain.withdrawals import NothingToUndoError
from consent.forms.preferences import ChoicesForm
from consent.models import ConsentEvent
from consent.views import link_cookie, verify
from consent.views.language import show_in, wanted_language
from consent.views.preference_page import SAVED, UNDONE, LastChange, page_context, read_last_change
from consent.views.preference_session import CHANGED, Session, behind_link
from customers.models import ContactPoint


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def choices(request: HttpRequest, session: Session) -> HttpResponse:
    if request.method != "POST":
        return _show(request, session)
    if wanted := wanted_language(request):
        return show_in(wanted, lambda: _show_unsaved(request, session))
    if request.POST.get("action") == "stop":
        return _stop_everything(session)
    form = ChoicesForm(request.POST, contact=session.visitor.contact)
    return _save(session, form) if form.is_valid() else _show_incomplete(request, session, form)


@require_POST
@behind_link
def undo(request: HttpRequest, session: Session) -> HttpResponse:
    last_change, now = read_last_change(request), timezone.now()
    if last_change is None or last_change.kind != SAVED:
        return redirect("preferences")
    try:
        events = preference_undo.undo_change(
            visitor=session.visitor, changed_at=last_change.changed_at, occurred_at=now
        )
    except NothingToUndoError:
        return redirect("preferences")
    _mail_receipt(session, events)
    return _changed(LastChange(kind=UNDONE, changed_at=now, not_offered=0))


@require_POST
@behind_link
def verify_number(request: HttpRequest, session: Session, point_id: uuid.UUID) -> HttpResponse:
    points = session.visitor.contact.points.filter(kind=ContactPoint.Kind.PHONE, invalid_at__isnull=True)
    point = points.filter(pk=point_id).first()
    if point is None:
        raise Http404
    response = redirect("verify")
    verify.offer(response, point=point, legal_entity=session.legal_entity)
    return response


def _show(request: HttpRequest, session: Session, unsaved: Sequence[Wish] = ()) -> HttpResponse:
    context = page_context(
        session=session,
        preferences=_preferences(session),
        last_change=read_last_change(request),
        unsaved=unsaved,
    )
    return render(request, "consent/preferences/choices.html", context)


def _show_unsaved(request: HttpRequest, session: Session) -> HttpResponse:
    form = ChoicesForm(request.POST, contact=session.visitor.contact)
    if not form.is_valid():
        return _show_incomplete(request, session, form)
    return _show(request, session, form.wishes())


def _show_incomplete(request: HttpRequest, session: Session, form: ChoicesForm) -> HttpResponse:
    context = page_context(session=session, preferences=_preferences(session), last_change=None, unsaved=())
    return render(request, "consent/preferences/choices.html", context | {"form": form})


def _preferences(session: Session) -> Preferences:
    visitor = session.visitor
    return read_preferences(contact=visitor.contact, opened_with=visitor.opened_with, now=timezone.now())


def _save(session: Session, form: ChoicesForm) -> HttpResponse:
    now = timezone.now()
    saved: Saved = preference_changes.save_choices(
        visitor=session.visitor, wishes=form.wishes(), occurred_at=now
    )
    _mail_receipt(session, saved.events)
    return _changed(LastChange(kind=SAVED, changed_at=now, not_offered=saved.not_offered))


def _stop_everything(session: Session) -> HttpResponse:
    now = timezone.now()
    events = preference_changes.stop_everything(visitor=session.visitor, occurred_at=now)
    if not events:
        # Pressed twice: the page goes on telling of the first time, with its undo.
        return redirect("preferences")
    _mail_receipt(session, events)
    return _changed(LastChange(kind=SAVED, changed_at=now, not_offered=0))


def _mail_receipt(session: Session, events: Sequence[ConsentEvent]) -> None:
    if not events:
        return
    preference_receipts.mail_receipt(
        visitor=session.visitor,
        legal_entity=session.legal_entity,
        events=events,
        written_at=events[0].recorded_at,
    )
    tasks.wake_outbox()


def _changed(last_change: LastChange) -> HttpResponse:
    response = redirect("preferences")
    link_cookie.keep(response, kind=CHANGED, value=last_change.write())
    return response
