"""The desk of an agent: one permitted contact at a time, its duties, and a key for what came of the call."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_stubs_ext import StrPromise

from consent.admin.desk_forms import CorrectionForm, ReportForm
from consent.domain.call_desk import reporting, taking
from consent.domain.call_desk.taking import FactsUnavailableError, Reason
from consent.domain.caller_numbers import list_reportable_numbers
from consent.domain.engine.answering import Answer
from consent.domain.engine.question import UnknownCodeError
from consent.domain.engine.telling import tell_moment
from consent.domain.preference_words import written_number
from consent.domain.rulebook.codes import Obligation
from consent.domain.rulebook.explanations import Explanation, explain
from consent.domain.withdrawals import NothingToUndoError
from consent.models import CallList, ContactAttempt, ShownContact, in_language
from customers.admin.scope import narrow, require, staff_of
from customers.domain.staff import Duty
from customers.models import StaffMember
from customers.staff_site import Page, StaffSite

Outcome = ContactAttempt.Outcome
# Calls are shown within the hours only, and logged by the button that says what came of them.
BY_DESK: Final = (Obligation.O_WITHIN_HOURS, Obligation.O_LOG_CALL)


@dataclass(frozen=True, kw_only=True)
class Button:
    """One outcome: its value, the words on it, and the key that presses it."""

    value: str
    words: StrPromise
    key: str


STOPS: Final = (
    Button(value="OBJECTS", words=gettext_lazy("Stop calling me"), key="0"),
    Button(value="OBJECTS_TO_ALL", words=gettext_lazy("No contact at all"), key="9"),
)
OUTCOMES: Final = (
    Button(value=Outcome.CONVERSATION, words=Outcome.CONVERSATION.label, key="1"),
    Button(value=Outcome.NO_ANSWER, words=Outcome.NO_ANSWER.label, key="2"),
    Button(value=Outcome.VOICEMAIL, words=Outcome.VOICEMAIL.label, key="3"),
    Button(value=Outcome.WRONG_NUMBER, words=Outcome.WRONG_NUMBER.label, key="4"),
)
CALL_BACK: Final = Button(value=Outcome.CALL_BACK, words=Outcome.CALL_BACK.label, key="5")


@dataclass(frozen=True, kw_only=True)
class DutyItem:
    """One duty of the call in words: whether the desk sees to it, and whether doing it is recorded."""

    told: Explanation
    by_desk: bool
    is_offer: bool


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What the desk says of one contact: everything needed for the call, and nothing else."""

    name: str
    number: str
    ground: Explanation
    duties: list[DutyItem]
    script: str
    language: str
    tries: int
    last_outcome: str
    asked: bool


def find_list(request: HttpRequest, list_id: uuid.UUID) -> CallList:
    lists = CallList.objects.select_related("legal_entity", "purpose", "product_group", "job")
    within = narrow(lists, staff=staff_of(request), organisation="organisation", legal_entity="legal_entity")
    return get_object_or_404(within, pk=list_id)


def find_shown(staff: StaffMember, shown_id: uuid.UUID) -> ShownContact:
    """Only what was shown to this agent, and only while they still work for this legal entity."""
    rows = ShownContact.objects.select_related(
        "agent",
        "attempt",
        "entry__contact",
        "entry__contact_point",
        "entry__call_list__legal_entity",
        "entry__call_list__purpose",
        "entry__call_list__product_group",
    )
    within = narrow(
        rows,
        staff=staff,
        organisation="entry__call_list__organisation",
        legal_entity="entry__call_list__legal_entity",
    )
    return get_object_or_404(within, pk=shown_id)


def own_shown(request: HttpRequest, shown_id: uuid.UUID) -> ShownContact:
    staff = require(request, Duty.MAKE_CALLS)
    shown = find_shown(staff, shown_id)
    if shown.agent_id != staff.pk:
        raise Http404
    return shown


@never_cache
@require_POST
def next_view(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    require(request, Duty.MAKE_CALLS)
    return to_next(request, find_list(request, list_id))


def to_next(request: HttpRequest, call_list: CallList) -> HttpResponseRedirect:
    """Go to the next contact; where nobody can be shown, to the list, which says why."""
    try:
        shown = taking.take_next(call_list=call_list, agent=staff_of(request), at=timezone.now())
    except UnknownCodeError:
        messages.error(request, _("Permission cannot be checked now, so nobody is shown. Try again later."))
        shown = None
    if shown is None:
        if taking.why_nobody(call_list=call_list, at=timezone.now()).reason == Reason.MORE_TO_LOOK_AT:
            messages.warning(request, _("None of the contacts just checked may be called. There are more."))
        return HttpResponseRedirect(reverse("admin:call_list", args=[call_list.pk]))
    return HttpResponseRedirect(reverse("admin:call_contact", args=[shown.row.pk]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact_view(request: HttpRequest, shown_id: uuid.UUID) -> HttpResponse:
    shown = own_shown(request, shown_id)
    now = timezone.now()
    numbers = taking.usable_numbers(call_list=shown.entry.call_list, at=now)
    if request.method == "POST" or not numbers:
        # The call was made: no number that ended since stands in the way of what the person said.
        numbers = list_reportable_numbers(legal_entity=shown.entry.call_list.legal_entity, at=now)
    form = ReportForm(request.POST or None, numbers=numbers)
    if request.method == "POST" and shown.attempt is None and form.is_valid():
        return reported(request, shown, form)
    if request.method == "POST" and shown.attempt is not None:
        return to_next(request, shown.entry.call_list)
    # Whoever opens the page again, or sends what cannot be recorded, still works on this contact.
    look = look_now(shown) if taking.keep_hold(shown=shown, at=now) else None
    screen = screen_of(shown, look.answer) if look and look.answer.decision.allowed and look.in_time else None
    context = {
        **admin.site.each_context(request),
        "title": _("Call") if screen else _("Record a call"),
        "call_list": shown.entry.call_list,
        "shown": shown,
        "form": form,
        "numbers": [written_number(value=str(number.number)) for number in numbers],
        "screen": screen,
        "refusal": refusal_of(look) if look and not screen else "",
        "stops": STOPS,
        "outcomes": OUTCOMES,
        "call_back": CALL_BACK,
    }
    return TemplateResponse(request, "admin/desk/contact.html", context)


def reported(request: HttpRequest, shown: ShownContact, form: ReportForm) -> HttpResponse:
    said = form.said()
    try:
        reporting.report(shown=shown, said=said, at=timezone.now())
    except reporting.AlreadyReportedError:
        return to_next(request, shown.entry.call_list)
    if form.cleaned_data["outcome"] in {stop.value for stop in STOPS}:
        words = _("The objection is recorded and counts from now.")
        link = reverse("admin:call_correct", args=[shown.pk])
        messages.success(
            request, format_html('{} <a href="{}">{}</a>', words, link, _("Was this a slip? Correct it"))
        )
    else:
        messages.success(request, _("Recorded: %(outcome)s.") % {"outcome": said.outcome.label})
        warn_of_hours(request, shown, said)
    return to_next(request, shown.entry.call_list)


def warn_of_hours(request: HttpRequest, shown: ShownContact, said: reporting.Report) -> None:
    try:
        until = reporting.postponed_until(shown=shown, said=said, at=timezone.now())
    except UnknownCodeError:
        return
    if until:
        moment = tell_moment(moment=until, zone=shown.entry.call_list.legal_entity.time_zone)
        words = _("That moment is outside calling hours: the contact is shown again from %(moment)s.")
        messages.warning(request, words % {"moment": moment})


def look_now(shown: ShownContact) -> taking.Look | None:
    try:
        return taking.look_again(shown=shown, at=timezone.now())
    except (FactsUnavailableError, UnknownCodeError):
        return None


def refusal_of(look: taking.Look) -> str:
    if look.answer.decision.allowed:
        return _("Calling hours have ended.")
    return explain(look.answer.decision.code, language()).sentence


def screen_of(shown: ShownContact, answer: Answer) -> Screen:
    entry = shown.entry
    return Screen(
        name=str(entry.contact),
        number=written_number(value=entry.contact_point.value),
        ground=explain(answer.decision.code, language()),
        duties=[duty_item(duty) for duty in answer.decision.obligations],
        script=in_language(entry.call_list.script, entry.contact.language) if entry.call_list.script else "",
        language=entry.contact.language,
        tries=entry.attempts,
        last_outcome=entry.get_last_outcome_display(),
        asked=entry.call_back_asked,
    )


def duty_item(duty: Obligation) -> DutyItem:
    return DutyItem(
        told=explain(duty, language()),
        by_desk=duty in BY_DESK,
        is_offer=duty == Obligation.O_OFFER_OBJECTION,
    )


def language() -> str:
    return (get_language() or "")[:2]


@require_POST
def put_back_view(request: HttpRequest, shown_id: uuid.UUID) -> HttpResponse:
    shown = own_shown(request, shown_id)
    taking.put_back(shown=shown, at=timezone.now())
    messages.success(request, _("The contact waits again for whoever calls next."))
    return HttpResponseRedirect(reverse("admin:call_list", args=[shown.entry.call_list_id]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct_view(request: HttpRequest, shown_id: uuid.UUID) -> HttpResponse:
    staff = staff_of(request)
    shown = find_shown(staff, shown_id)
    now = timezone.now()
    if not reporting.may_correct(shown=shown, staff=staff, at=now):
        raise PermissionDenied
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and corrected(request, shown, form):
        return HttpResponseRedirect(reverse("admin:call_list", args=[shown.entry.call_list_id]))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Correct a slip"),
        "call_list": shown.entry.call_list,
        "shown": shown,
        "form": form,
    }
    return TemplateResponse(request, "admin/desk/correct.html", context)


def corrected(request: HttpRequest, shown: ShownContact, form: CorrectionForm) -> bool:
    try:
        reporting.correct_objection(
            shown=shown,
            reason=form.cleaned_data["reason"],
            corrected_by=staff_of(request),
            at=timezone.now(),
        )
    except NothingToUndoError:
        form.add_error(
            None, _("There is nothing to take back: it was done before, or the person acted since.")
        )
        return False
    messages.success(request, _("The objection is taken back; the reason stands beside it."))
    return True


StaffSite.pages += [
    Page(
        route=route,
        name=name,
        title=gettext_lazy("Call desk"),
        view=view,
        is_shown=lambda _request: False,
    )
    for route, name, view in (
        ("call-desk/<uuid:list_id>/next/", "call_next", next_view),
        ("call-desk/contact/<uuid:shown_id>/", "call_contact", contact_view),
        ("call-desk/contact/<uuid:shown_id>/put-back/", "call_put_back", put_back_view),
        ("call-desk/contact/<uuid:shown_id>/correct/", "call_correct", correct_view),
    )
]
