"""Which lists there are to call, how far each is, and what a manager does with them."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_stubs_ext import StrPromise

from consent.admin.badge import ALLOWED, ENDED, PENDING, Look, job_look, look
from consent.admin.call_desk import find_list, language
from consent.admin.desk_forms import ScriptForm
from consent.admin.job import renewal, renewing
from consent.domain.call_desk import lists, taking
from consent.domain.call_desk.lists import Counts
from consent.domain.call_desk.taking import Pause, Reason
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations import explain
from consent.models import CallList, CallListEntry, ContactAttempt, Job
from customers.admin.scope import narrow, require, staff_of
from customers.domain.staff import Duty, has_duty
from customers.models import StaffMember
from customers.staff_site import PEOPLE, Page, StaffSite

LISTS_A_PAGE: Final = 25
OPEN, EXPIRED, CLOSED = (
    look(ALLOWED, gettext_lazy("Open")),
    look(PENDING, gettext_lazy("Expired")),
    look(ENDED, gettext_lazy("Closed")),
)
PAUSES: Final[dict[Reason, StrPromise]] = {
    Reason.CLOSED: gettext_lazy("This list is closed: nobody of it is called."),
    Reason.EXPIRED: gettext_lazy("This list has expired, so nobody is shown. Open a new one."),
    Reason.NO_CALLER_NUMBER: gettext_lazy(
        "This legal entity has no number to show. Register one first: a call is never anonymous."
    ),
    Reason.NOBODY_LEFT: gettext_lazy("Everybody on this list has been dealt with."),
    Reason.BEING_FILLED: gettext_lazy("This list is being filled: look again in a moment."),
    Reason.WITH_COLLEAGUES: gettext_lazy("Everybody who is left is with a colleague now."),
    Reason.HOURS: gettext_lazy("It is outside calling hours. Calling can go on from %(until)s."),
    Reason.LATER: gettext_lazy("Nobody may be called yet. The next contact can be called from %(until)s."),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the bar: what it counts, how many, and where it lies, in hundredths."""

    kind: str
    words: str
    count: int
    start: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """One call list on the page of lists."""

    call_list: CallList
    look: Look
    counts: Counts
    bar: list[Part]


def may_see(request: HttpRequest) -> bool:
    return isinstance(request.user, StaffMember) and any(
        has_duty(staff=request.user, duty=duty) for duty in (Duty.MAKE_CALLS, Duty.MANAGE_CALL_LISTS)
    )


def lists_for(staff: StaffMember, at: datetime.datetime) -> QuerySet[CallList]:
    """Agents see the lists they can call; who manages them sees also those that have ended."""
    within = narrow(
        CallList.objects.select_related("legal_entity", "purpose"),
        staff=staff,
        organisation="organisation",
        legal_entity="legal_entity",
    ).order_by("-opened_at", "-pk")
    if has_duty(staff=staff, duty=Duty.MANAGE_CALL_LISTS):
        return within
    return within.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), closed_at__isnull=True)


@never_cache
@require_safe
def lists_view(request: HttpRequest) -> HttpResponse:
    if not may_see(request):
        raise PermissionDenied
    now = timezone.now()
    page = Paginator(lists_for(staff_of(request), now), LISTS_A_PAGE).get_page(request.GET.get("page"))
    counted = lists.count_entries(call_lists=page.object_list)
    context = {
        **admin.site.each_context(request),
        "title": _("Call desk"),
        "page": page,
        "rows": [row_of(call_list, counted[call_list.pk], now) for call_list in page.object_list],
        "may_manage": has_duty(staff=staff_of(request), duty=Duty.MANAGE_CALL_LISTS),
    }
    return TemplateResponse(request, "admin/desk/lists.html", context)


def row_of(call_list: CallList, counts: Counts, at: datetime.datetime) -> Row:
    return Row(call_list=call_list, look=look_of(call_list, at), counts=counts, bar=bar_of(counts))


def look_of(call_list: CallList, at: datetime.datetime) -> Look:
    if call_list.closed_at is not None:
        return CLOSED
    expired = call_list.expires_at is not None and call_list.expires_at <= at
    return EXPIRED if expired else OPEN


def bar_of(counts: Counts) -> list[Part]:
    parts = (
        ("done", _("Done"), counts.done),
        ("held", _("With an agent"), counts.held),
        ("waiting", _("Waiting"), counts.waiting),
        ("skipped", _("Skipped"), counts.skipped_in_all),
    )
    bar, start = [], 0.0
    for kind, words, count in parts:
        width = 100 * count / counts.total if counts.total else 0.0
        bar.append(Part(kind=kind, words=words, count=count, start=round(start, 3), width=round(width, 3)))
        start += width
    return bar


@never_cache
@require_safe
def list_view(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    if not may_see(request):
        raise PermissionDenied
    call_list, now = find_list(request, list_id), timezone.now()
    counts = lists.count_entries(call_lists=[call_list])[call_list.pk]
    pause = pause_in_words(taking.why_nobody(call_list=call_list, at=now))
    holds = taking.is_held_by(call_list=call_list, agent=staff_of(request))
    context = {
        **admin.site.each_context(request),
        "title": call_list.name,
        "call_list": call_list,
        "row": row_of(call_list, counts, now),
        "may_call": has_duty(staff=staff_of(request), duty=Duty.MAKE_CALLS),
        "may_manage": has_duty(staff=staff_of(request), duty=Duty.MANAGE_CALL_LISTS),
        "pause": "" if holds else pause,
        **filling_of(request, call_list.job),
        "holds": holds,
        "skipped": [(explain(Code(code), language()), count) for code, count in most_first(counts.skipped)],
        "waits_for": [
            (CallListEntry.WaitsFor(reason).label, count) for reason, count in most_first(counts.waits_for)
        ],
        "outcomes": [
            (ContactAttempt.Outcome(outcome).label, count) for outcome, count in most_first(counts.outcomes)
        ],
    }
    return renewing(TemplateResponse(request, "admin/desk/list.html", context))


def filling_of(request: HttpRequest, job: Job | None) -> dict[str, Any]:
    """How far the filling of a list is, for as long as it is not done."""
    if job is None or job.state == Job.State.DONE:
        return {}
    return {"filling": job, "state": job_look(job.state), **renewal(request, job)}


def pause_in_words(pause: Pause) -> str:
    """Say why nobody is shown; nothing where somebody may be."""
    until = timezone.localtime(pause.until).strftime("%Y-%m-%d %H:%M") if pause.until else ""
    return str(PAUSES[pause.reason]) % {"until": until} if pause.reason in PAUSES else ""


def most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


@require_POST
def close_view(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    require(request, Duty.MANAGE_CALL_LISTS)
    call_list = find_list(request, list_id)
    try:
        lists.close_call_list(call_list=call_list, closed_at=timezone.now())
    except lists.CallListClosedError:
        messages.error(request, _("This list was closed before."))
    else:
        messages.success(request, _("The list is closed: nobody of it is shown any more."))
    return back_to(call_list)


@require_POST
def again_view(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    require(request, Duty.MANAGE_CALL_LISTS)
    call_list = find_list(request, list_id)
    count = lists.wait_again(call_list=call_list, at=timezone.now())
    messages.success(
        request,
        ngettext(
            "%(count)s contact waits again and is checked before a call.",
            "%(count)s contacts wait again and are checked before a call.",
            count,
        )
        % {"count": count},
    )
    return back_to(call_list)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def script_view(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    require(request, Duty.MANAGE_CALL_LISTS)
    call_list = find_list(request, list_id)
    form = ScriptForm(request.POST or None, instance=call_list)
    if request.method == "POST" and form.is_valid():
        lists.write_script(call_list=call_list, script=form.cleaned_data["script"])
        messages.success(request, _("The script is changed, from the next contact on."))
        return back_to(call_list)
    context = {
        **admin.site.each_context(request),
        "title": _("Script"),
        "call_list": call_list,
        "form": form,
    }
    return TemplateResponse(request, "admin/desk/script.html", context)


def back_to(call_list: CallList) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:call_list", args=[call_list.pk]))


StaffSite.pages += [
    Page(
        route=route,
        name=name,
        title=gettext_lazy("Call desk"),
        view=view,
        is_shown=may_see,
        job=PEOPLE,
    )
    for route, name, view in (
        ("call-desk/", "call_desk", lists_view),
        ("call-desk/<uuid:list_id>/", "call_list", list_view),
        ("call-desk/<uuid:list_id>/close/", "call_list_close", close_view),
        ("call-desk/<uuid:list_id>/again/", "call_list_again", again_view),
        ("call-desk/<uuid:list_id>/script/", "call_list_script", script_view),
    )
]
