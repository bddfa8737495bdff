"""What colleagues are asked to do: one's own list and that of one's department."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, narrow, staff_of
from customers.domain.staff import Area
from customers.models import StaffMember
from customers.staff_site import SCORING, Page, StaffSite
from scoring.domain.journeys import colleagues
from scoring.domain.journeys.finishing import TaskDoneError, finish_task
from scoring.models import ColleagueTask

ROWS_A_PAGE = 50


@admin.register(ColleagueTask)
class ColleagueTaskAdmin(ReadOnlyAdmin[ColleagueTask]):
    """What colleagues are asked to do, the most urgent first."""

    area = Area.JOURNEYS
    job = SCORING
    place = 8
    when_empty = _("Nobody was asked to do anything yet. A stage of a journey may give colleagues tasks.")
    legal_entity_path = "legal_entity"
    list_display = ("words", "contact", "department", "staff", "due_at", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("contact", "department", "staff")
    search_fields = ("words",)
    ordering = ("due_at", "pk")
    # It would tell in which stage somebody is, also where only figures are shown.
    exclude = ("member",)


def may_do_tasks(request: HttpRequest) -> bool:
    return isinstance(request.user, StaffMember) and colleagues.may_do_tasks(staff=request.user)


def my_tasks(staff: StaffMember) -> QuerySet[ColleagueTask]:
    """What waits for this member, for their department, or for anybody; what was due first stands first."""
    mine = Q(staff=staff) | Q(staff__isnull=True, department__isnull=True)
    if staff.department_id:
        mine |= Q(department=staff.department_id, staff__isnull=True)
    waiting = ColleagueTask.objects.filter(mine, done_at__isnull=True)
    seen = narrow(waiting, staff=staff, organisation="organisation", legal_entity="legal_entity")
    return seen.order_by(F("due_at").asc(nulls_last=True), "given_at", "pk")


@require_safe
def tasks_view(request: HttpRequest) -> HttpResponse:
    if not may_do_tasks(request):
        raise PermissionDenied
    related = "contact", "department", "staff", "member__journey", "member__stage"
    rows = my_tasks(staff_of(request)).select_related(*related)
    context = {
        **admin.site.each_context(request),
        "title": _("Tasks for me and my department"),
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "admin/my_tasks.html", context)


@require_POST
def task_done_view(request: HttpRequest, key: Any) -> HttpResponse:
    if not may_do_tasks(request):
        raise PermissionDenied
    staff = staff_of(request)
    seen = narrow(
        ColleagueTask.objects.all(), staff=staff, organisation="organisation", legal_entity="legal_entity"
    )
    task = seen.filter(pk=key).first()
    if task is None:
        raise Http404
    try:
        finish_task(task=task, done_by=staff, done_at=timezone.now())
    except TaskDoneError:
        messages.info(request, _("A colleague did this before."))
    else:
        admin.site.get_model_admin(ColleagueTask).log_change(request, task, ["done_at"])
        messages.success(request, _("Done: %(words)s") % {"words": task.words})
    return redirect("admin:my_tasks")


def tasks_on_start(request: HttpRequest) -> dict[str, Any]:
    """How many tasks wait, and how many of them are late, on the start page of who may do them."""
    if not may_do_tasks(request):
        return {}
    late = Count("pk", filter=Q(due_at__lt=timezone.now()))
    waiting = my_tasks(staff_of(request)).order_by()
    return {"my_tasks": waiting.aggregate(number=Count("pk"), late=late)}


StaffSite.on_start.append(tasks_on_start)
StaffSite.pages += [
    Page(
        route="my-tasks/",
        name="my_tasks",
        title=_("Tasks for me and my department"),
        view=tasks_view,
        is_shown=may_do_tasks,
        job=SCORING,
    ),
    Page(
        route="my-tasks/<uuid:key>/done/",
        name="my_task_done",
        title=_("Done"),
        view=task_done_view,
        is_shown=may_do_tasks,
        job=SCORING,
    ),
]
