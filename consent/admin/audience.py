"""Whom may we reach, and what another moment changes: the numbers, the list and its export."""

import uuid
from typing import Any, TypeVar

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.audience_export import as_download, loss_rows, reachable_rows
from consent.admin.audience_tables import audience_table, comparison_table, member_row
from consent.admin.law_changes import law_changes
from consent.admin.question_form import AudienceForm, ComparisonForm, QuestionForm
from consent.domain import audiences
from consent.domain.engine.question import Question
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
    found = reached(asked, page_after(request)) if asked else {}
    return page(request, "admin/audience.html", title=_("Whom may we reach?"), form=form, **found)


def reached(question: Question, after: uuid.UUID | None) -> dict[str, Any]:
    members = audiences.find_reachable(question=question, after=after, limit=ROWS_A_PAGE + 1)
    shown = members[:ROWS_A_PAGE]
    return {
        "question": question,
        # Counting goes through everybody; the next page of the list needs no counting again.
        "table": audience_table(counts=audiences.count_audience(question=question)) if not after else None,
        "rows": [member_row(member=member, zone=question.zone) for member in shown],
        "next_after": shown[-1].point.pk if len(members) > len(shown) else None,
        "is_first": after is None,
    }


def audience_export_view(request: HttpRequest) -> StreamingHttpResponse:
    question = valid(put(request, AudienceForm)).question
    if question is None:
        raise Http404
    members = audiences.stream_reachable(question=question)
    name = f"audience-{question.legal_entity_code}-{question.purpose_code}-{question.channel.lower()}"
    return as_download(reachable_rows(members, zone=question.zone), name=name)


def what_if_view(request: HttpRequest) -> HttpResponse:
    form = put(request, ComparisonForm)
    asked = both(form) if form.is_bound and form.is_valid() else None
    found = compared(*asked, page_after(request)) if asked else {}
    changes = law_changes(said=request.GET)
    return page(request, "admin/what_if.html", title=_("What if?"), form=form, changes=changes, **found)


def compared(before: Question, after: Question, beyond: uuid.UUID | None) -> dict[str, Any]:
    losses = audiences.find_losses(before=before, after=after, beyond=beyond, limit=ROWS_A_PAGE + 1)
    shown = losses[:ROWS_A_PAGE]
    table = None if beyond else comparison_table(comparison=audiences.compare(before=before, after=after))
    return {
        "before": before,
        "after": after,
        "table": table,
        "rows": [
            (
                member_row(member=loss.member, zone=before.zone),
                member_row(
                    member=audiences.Member(point=loss.member.point, answer=loss.after), zone=after.zone
                ),
            )
            for loss in shown
        ],
        "next_after": shown[-1].member.point.pk if len(losses) > len(shown) else None,
        "is_first": beyond is None,
    }


def what_if_export_view(request: HttpRequest) -> StreamingHttpResponse:
    asked = both(valid(put(request, ComparisonForm)))
    if asked is None:
        raise Http404
    before, after = asked
    losses = audiences.stream_losses(before=before, after=after)
    name = f"lost-{before.legal_entity_code}-{before.purpose_code}-{before.channel.lower()}"
    return as_download(loss_rows(losses, zone=before.zone), name=name)


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
    said.pop("after", None)
    whole = {**admin.site.each_context(request), "said": said.urlencode(), **context}
    return TemplateResponse(request, template, whole)


def never_alone(_request: HttpRequest) -> bool:
    """An export is reached from its page, with the question in it."""
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
        route="audience/export/",
        name="audience_export",
        title=_("Export"),
        view=audience_export_view,
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
        route="what-if/export/",
        name="what_if_export",
        title=_("Export"),
        view=what_if_export_view,
        is_shown=never_alone,
    ),
]
