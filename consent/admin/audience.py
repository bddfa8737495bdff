"""Whom may we reach, and what another moment changes: the numbers, the list and its export."""

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.audience_tables import MemberRow, audience_table, comparison_table, member_row
from consent.admin.badge import job_look
from consent.admin.job import renewal, renewing
from consent.admin.law_changes import law_changes
from consent.admin.question_form import AudienceForm, ComparisonForm, QuestionForm
from consent.domain import audience_counts, audiences
from consent.domain.audience_lists import making
from consent.domain.engine.question import Question
from consent.models import Channel, Job
from consent.tasks import wake_job
from customers.admin.scope import require
from customers.domain.staff import Duty, has_duty
from customers.models import StaffMember
from customers.staff_site import PERMISSION, Page, StaffSite

ROWS_A_PAGE = 50
Asked = TypeVar("Asked", bound=QuestionForm)


def may_see_audiences(request: HttpRequest) -> bool:
    staff = request.user
    return isinstance(staff, StaffMember) and has_duty(staff=staff, duty=Duty.SEE_AUDIENCES)


def audience_view(request: HttpRequest) -> HttpResponse:
    form = put(request, AudienceForm)
    asked = form.question if form.is_bound and form.is_valid() else None
    if asked and request.method == "POST":
        return started(request, form)
    found = reached(request, form, asked) if asked else {}
    return page(request, "admin/audience.html", title=_("Whom may we reach?"), form=form, **found)


def reached(request: HttpRequest, form: AudienceForm, question: Question) -> dict[str, Any]:
    after = page_after(request)
    context: dict[str, Any] = {"is_first": False}
    if after is None:
        context = counted(request, form, [question])
    if context.get("counts") is not None:
        context["table"] = audience_table(counts=audiences.read_counts(counts=context["counts"]))
    if context.get("unfinished"):
        return {"question": question, **context}
    found = audiences.find_reachable(question=question, after=after, limit=ROWS_A_PAGE)
    rows = [member_row(member=member, zone=question.zone) for member in found.people]
    return {
        "question": question,
        "rows": rows,
        "next_after": found.next_after,
        "may_open": may_call_from(form),
        **context,
    }


def may_call_from(form: AudienceForm) -> bool:
    """A call list is made of whoever may be called now, by whoever manages such lists."""
    [wanted] = form.wanted
    by_call_now = wanted.channel == Channel.CALL and wanted.at is None
    return by_call_now and has_duty(staff=form.staff, duty=Duty.MANAGE_CALL_LISTS)


def counted(request: HttpRequest, form: QuestionForm, questions: Sequence[Question]) -> dict[str, Any]:
    """The numbers, where they are known: the last count by a job, or the whole of a small audience at once.

    Counting goes through everybody; the next page of the list needs no counting again.
    """
    entity = questions[0].legal_entity_id
    job = audience_counts.find_count(wanted=form.wanted, legal_entity_id=entity, now=timezone.now())
    if job is None:
        counts = audience_counts.count_at_once(questions=questions)
        return {"is_first": True, "counts": counts, "too_many": counts is None}
    return {
        "is_first": True,
        "count": job,
        "state": job_look(job.state),
        "counts": job.counts if job.state == Job.State.DONE else None,
        **renewal(request, job),
    }


def started(request: HttpRequest, form: QuestionForm) -> HttpResponse:
    """Have a large audience counted, unless that goes on already, and show the page on which it appears."""
    question, now = form.question, timezone.now()
    if question is None:
        raise Http404
    running = audience_counts.find_count(
        wanted=form.wanted, legal_entity_id=question.legal_entity_id, now=now
    )
    if running is None or not running.is_unfinished:
        job = audience_counts.start_count(wanted=form.wanted, staff=form.staff, now=now)
        wake_job(job_id=job.pk)
    return HttpResponseRedirect(request.get_full_path())


def audience_list_view(request: HttpRequest) -> HttpResponse:
    form = valid(put(request, AudienceForm))
    return listed(request, form, [form.question] if form.question else [])


def what_if_view(request: HttpRequest) -> HttpResponse:
    form = put(request, ComparisonForm)
    asked = both(form) if form.is_bound and form.is_valid() else None
    if asked and request.method == "POST":
        return started(request, form)
    found = compared(request, form, *asked) if asked else {}
    changes = law_changes(said=request.GET)
    return page(request, "admin/what_if.html", title=_("What if?"), form=form, changes=changes, **found)


def compared(request: HttpRequest, form: ComparisonForm, before: Question, after: Question) -> dict[str, Any]:
    beyond = page_after(request)
    context: dict[str, Any] = {"is_first": False}
    if beyond is None:
        context = counted(request, form, [before, after])
    if context.get("counts") is not None:
        context["table"] = comparison_table(comparison=audiences.read_changes(counts=context["counts"]))
    if context.get("unfinished"):
        return {"before": before, "after": after, **context}
    found = audiences.find_losses(before=before, after=after, beyond=beyond, limit=ROWS_A_PAGE)
    rows = [loss_row(loss, before, after) for loss in found.people]
    return {"before": before, "after": after, "rows": rows, "next_after": found.next_after, **context}


def loss_row(loss: audiences.Loss, before: Question, after: Question) -> tuple[MemberRow, MemberRow]:
    then = audiences.Member(point=loss.point, answer=loss.after)
    return member_row(member=loss.member, zone=before.zone), member_row(member=then, zone=after.zone)


def what_if_list_view(request: HttpRequest) -> HttpResponse:
    form = valid(put(request, ComparisonForm))
    return listed(request, form, both(form) or ())


def listed(request: HttpRequest, form: QuestionForm, questions: Sequence[Question]) -> HttpResponse:
    """Give a small list at once; have a large one made, and lead to how far it is."""
    if request.method != "POST" or not questions:
        raise Http404
    now = timezone.now()
    text = making.list_at_once(questions=questions, staff=form.staff, now=now)
    if text is not None:
        name = making.name_of(questions=questions)
        answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    job = making.begin_list(wanted=form.wanted, staff=form.staff, now=now)
    wake_job(job_id=job.pk)
    return HttpResponseRedirect(reverse("admin:consent_job_change", args=[job.pk]))


def put(request: HttpRequest, form: type[Asked]) -> Asked:
    staff = require(request, Duty.SEE_AUDIENCES)
    said = request.GET if "legal_entity" in request.GET else None
    return form(said, staff=staff, now=timezone.now())


def valid(form: Asked) -> Asked:
    if not form.is_bound or not form.is_valid():
        raise Http404
    return form


def both(form: ComparisonForm) -> tuple[Question, Question] | None:
    return (form.question, form.second) if form.question and form.second else None


def page_after(request: HttpRequest) -> uuid.UUID | None:
    """The key after which this page of the list begins; a key that is none begins at the first page."""
    try:
        return uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    said = request.GET.copy()
    for name in ("after", "still"):
        said.pop(name, None)
    whole = {"table": None, **admin.site.each_context(request), "said": said.urlencode(), **context}
    return renewing(TemplateResponse(request, template, whole))


def never_alone(_request: HttpRequest) -> bool:
    """A list is asked for on its page, with the question in it."""
    return False


StaffSite.pages += [
    Page(
        route="audience/",
        name="audience",
        title=_("Whom may we reach?"),
        view=audience_view,
        is_shown=may_see_audiences,
        job=PERMISSION,
    ),
    Page(
        route="audience/list/",
        name="audience_list",
        title=_("Export"),
        view=audience_list_view,
        is_shown=never_alone,
    ),
    Page(
        route="what-if/",
        name="what_if",
        title=_("What if?"),
        view=what_if_view,
        is_shown=may_see_audiences,
        job=PERMISSION,
    ),
    Page(
        route="what-if/list/",
        name="what_if_list",
        title=_("Export"),
        view=what_if_list_view,
        is_shown=never_alone,
    ),
]
