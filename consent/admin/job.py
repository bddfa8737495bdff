from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import badge, job_look
from consent.admin.job_results import page_of_result
from consent.domain import jobs
from consent.models import Job, ScreeningBlock
from consent.tasks import wake_job
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, Right, has_duty, rights_of
from customers.staff_site import PROOF, SETTINGS

SECONDS_BETWEEN_LOOKS = "3"
DUTIES = {
    Job.Kind.SCREENING: Duty.SCREEN_LIST,
    Job.Kind.AUDIENCE: Duty.SEE_AUDIENCES,
    Job.Kind.WHAT_IF: Duty.SEE_AUDIENCES,
    Job.Kind.LIST: Duty.SEE_AUDIENCES,
    Job.Kind.CALL_LIST: Duty.MANAGE_CALL_LISTS,
    Job.Kind.INCIDENT: Duty.HANDLE_BREACH,
    Job.Kind.BREACH: Duty.HANDLE_BREACH,
    Job.Kind.ERASURE: Duty.ANSWER_REQUEST,
    Job.Kind.ANNOUNCE: Duty.PUBLISH_WORDING,
    Job.Kind.EXPORT: Duty.EXPORT_EVIDENCE,
    Job.Kind.RESCORING: Duty.PUBLISH_SCORES,
    Job.Kind.TRIAL: Duty.PUBLISH_SCORES,
    Job.Kind.DRY_RUN: Duty.SEND_CAMPAIGN,
}


def renewal(request: HttpRequest, job: Job | None) -> dict[str, bool]:
    """Whether a page shows work that goes on, and renews itself: somebody who reads slowly turns that off."""
    unfinished = job is not None and job.is_unfinished
    return {"unfinished": unfinished, "renews": unfinished and "still" not in request.GET}


def renewing(response: TemplateResponse) -> TemplateResponse:
    if (response.context_data or {}).get("renews"):
        response.headers["Refresh"] = SECONDS_BETWEEN_LOOKS
    return response


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin[Job]):
    """Every job has one page: how far it is, what it counted, and how to stop it or take it up again."""

    area = Area.JOBS
    job = SETTINGS
    legal_entity_path = "legal_entity"
    list_display = ("__str__", "state_shown", "share", "created_at", "ended_at", "started_by", "organisation")
    list_filter = ("kind", "state", ("organisation", ScopedRelatedFilter))
    list_select_related = ("started_by", "organisation")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, "consent_job"
        return [
            path("<path:object_id>/cancel/", site.admin_view(self.cancel_view), name=f"{name}_cancel"),
            path("<path:object_id>/restart/", site.admin_view(self.restart_view), name=f"{name}_restart"),
            path("<path:object_id>/change/", site.admin_view(self.progress_view), name=f"{name}_change"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """That people of a data breach are looked for is seen by whoever sees data breaches."""
        queryset = super().get_queryset(request)
        if Right.VIEW in rights_of(staff=staff_of(request), area=Area.INCIDENTS):
            return queryset
        return queryset.exclude(kind=Job.Kind.INCIDENT)

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self.find(request, object_id)
        duty = DUTIES.get(Job.Kind(job.kind))
        context = {
            **self.admin_site.each_context(request),
            "title": str(job),
            "opts": self.opts,
            "job": job,
            "state": job_look(job.state),
            "counts": sorted(job.counts.items(), key=lambda pair: (-pair[1], pair[0])),
            "may_end": duty is not None and has_duty(staff=staff_of(request), duty=duty),
            "result": page_of_result(job, staff_of(request)),
            **renewal(request, job),
        }
        return renewing(TemplateResponse(request, "admin/job.html", context))

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self.find(request, object_id)
        self.demand(request, job)
        if request.method == "POST":
            jobs.cancel_job(job=job, now=timezone.now())
            messages.success(request, _("Cancelled. What was done is kept."))
            return self.back_to(job)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel this job"),
            "opts": self.opts,
            "job": job,
        }
        return TemplateResponse(request, "admin/job_cancel.html", context)

    def restart_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self.find(request, object_id)
        self.demand(request, job)
        if request.method != "POST":
            raise Http404
        try:
            jobs.restart_job(job=job, now=timezone.now())
        except jobs.JobNotRestartableError:
            messages.warning(request, _("This job runs or is done already."))
        else:
            wake_job(job_id=job.pk)
            messages.success(request, _("It goes on where it stopped."))
        return self.back_to(job)

    def demand(self, request: HttpRequest, job: Job) -> None:
        duty = DUTIES.get(Job.Kind(job.kind))
        if duty is None:
            raise PermissionDenied
        require(request, duty)

    def find(self, request: HttpRequest, object_id: str) -> Job:
        job = self.get_object(request, unquote(object_id))
        if job is None:
            raise Http404
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        return job

    def back_to(self, job: Job) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:consent_job_change", args=[job.pk]))

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, job: Job) -> str:
        return badge(job_look(job.state))

    @admin.display(description=_("done"))
    def share(self, job: Job) -> str:
        return f"{job.percentage} %"


@admin.register(ScreeningBlock)
class ScreeningBlockAdmin(ReadOnlyAdmin[ScreeningBlock]):
    """That a part of a file is kept, and how large it is; never what it holds."""

    area = Area.SCREENINGS
    job = PROOF
    organisation_path = "run__organisation"
    legal_entity_path = "run__legal_entity"
    list_display = ("run", "side", "start", "length", "asked_at")
    list_select_related = ("run",)
    ordering = ("-pk",)
    fields = ("run", "side", "start", "length", "asked_at")
