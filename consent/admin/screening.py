from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import badge, job_look
from consent.admin.job import renewal, renewing
from consent.admin.screening_forms import QuestionForm, UploadForm
from consent.admin.screening_page import described
from consent.domain.engine.question import UnknownCodeError
from consent.domain.lists.detecting import FIRST_ROWS, first_rows
from consent.domain.lists.layout import layout_from_json
from consent.domain.lists.problems import ListNotReadableError
from consent.domain.screening import files, runs, work
from consent.models import Channel, Job, ScreeningRun
from consent.tasks import wake_job
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, entities_of, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.models import LegalEntity, StaffMember
from customers.staff_site import PERMISSION

ROWS_SHOWN = 5


@admin.register(ScreeningRun)
class ScreeningRunAdmin(ReadOnlyAdmin[ScreeningRun]):
    area = Area.SCREENINGS
    job = PERMISSION
    place = 1
    legal_entity_path = "legal_entity"
    change_list_template = "admin/screening_list.html"
    list_display = (
        "file_name",
        "state",
        "legal_entity",
        "purpose",
        "channel",
        "asked",
        "allowed_shown",
        "uploaded_at",
        "expires_at",
    )
    list_filter = (("legal_entity", ScopedRelatedFilter), "channel")
    date_hierarchy = "uploaded_at"
    search_fields = ("file_name", "=input_sha256", "=output_sha256")
    ordering = ("-uploaded_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Callable[..., HttpResponseBase]]] = [
            ("screen", self.upload_view),
            ("begin", self.begin_view),
            ("download", self.download_view),
            ("replay", self.replay_view),
            ("change", self.result_view),
        ]
        return [*(self.own_page(name, view) for name, view in pages), *super().get_urls()]

    def own_page(self, name: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
        route = f"{name}/" if name == "screen" else f"<path:object_id>/{name}/"
        return path(route, self.admin_site.admin_view(view), name=f"consent_screeningrun_{name}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScreeningRun]:
        shown = ("legal_entity", "purpose", "product_group", "job", "staff", "replay_of")
        return super().get_queryset(request).select_related(*shown)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may_screen = has_duty(staff=staff_of(request), duty=Duty.SCREEN_LIST)
        return super().changelist_view(request, {**(extra_context or {}), "may_screen": may_screen})

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        staff = require(request, Duty.SCREEN_LIST)
        if staff.organisation is None:
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            file = form.cleaned_data["file"]
            source = runs.Source(file=file.file, name=file.name)
            try:
                run = runs.take_in(
                    organisation=staff.organisation, source=source, staff=staff, now=timezone.now()
                )
            except ListNotReadableError as error:
                form.add_error("file", str(error))
            else:
                return HttpResponseRedirect(reverse("admin:consent_screeningrun_begin", args=[run.pk]))
        return self.page(request, "upload", title=_("Screen a list"), form=form)

    def begin_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        staff = require(request, Duty.SCREEN_LIST)
        run = self.find(request, object_id)
        if run.job_id is not None or run.staff_id != staff.pk or run.files_deleted_at:
            # What is in a list is shown to whoever brought it, and to nobody else.
            return self.back_to(run)
        layout = layout_from_json(stored=run.layout)
        rows = first_rows(start=files.list_text(run=run).read(FIRST_ROWS), layout=layout)
        form = QuestionForm(request.POST or None, entities=_entities(staff), layout=layout, rows=rows)
        if form.is_valid() and self.begun(run, form, staff):
            return self.back_to(run)
        shown = rows[layout.titles :][:ROWS_SHOWN]
        return self.page(
            request,
            "begin",
            title=_("What do you want to ask?"),
            form=form,
            run=run,
            layout=layout,
            rows=shown,
        )

    def begun(self, run: ScreeningRun, form: QuestionForm, staff: StaffMember) -> bool:
        beginning = work.Beginning(wanted=form.wanted(), layout=form.chosen_layout())
        try:
            job = work.begin(run=run, beginning=beginning, staff=staff, now=timezone.now())
        except UnknownCodeError as error:
            form.refuse(error)
            return False
        except work.AlreadyBegunError:
            return True
        wake_job(job_id=job.pk)
        return True

    def result_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = self.find(request, object_id)
        may_screen = has_duty(staff=staff_of(request), duty=Duty.SCREEN_LIST)
        return self.page(
            request,
            "result",
            title=run.file_name,
            run=run,
            shown=described(run=run, language=request.LANGUAGE_CODE, now=timezone.now()),
            state=job_look(run.job.state) if run.job else None,
            **renewal(request, run.job),
            may_screen=may_screen,
            may_open=may_call_from(run, staff_of(request)),
            may_begin=may_screen and run.job is None and run.staff_id == staff_of(request).pk,
        )

    def download_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        require(request, Duty.SCREEN_LIST)
        run = self.find(request, object_id)
        if run.job is None or run.job.state != Job.State.DONE or run.expires_at <= timezone.now():
            raise Http404
        try:
            parts = files.read_result(run=run)
        except files.FilesGoneError as error:
            raise Http404 from error
        response = StreamingHttpResponse(parts, content_type="application/octet-stream")
        name = f"{run.file_name.rpartition('.')[0] or run.file_name}-screened"
        suffix = "xlsx" if work.is_workbook(run=run) else "csv"
        response.headers["Content-Disposition"] = _attachment(f"{name}.{suffix}")
        response.headers["Content-Length"] = str(files.size_of_result(run=run))
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def replay_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        staff, run = require(request, Duty.SCREEN_LIST), self.find(request, object_id)
        if request.method != "POST":
            raise Http404
        try:
            job = work.replay(run=run, staff=staff, now=timezone.now())
        except (work.NotFinishedError, files.FilesGoneError):
            messages.warning(request, _("This screening cannot be replayed: its files are gone."))
            return self.back_to(run)
        wake_job(job_id=job.pk)
        messages.success(request, _("The list is asked again, as at and as known at the same moments."))
        return self.back_to(job.screening_run)

    def page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return renewing(TemplateResponse(request, f"admin/screening_{name}.html", context))

    def find(self, request: HttpRequest, object_id: str) -> ScreeningRun:
        run = self.get_object(request, unquote(object_id))
        if run is None:
            raise Http404
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return run

    def back_to(self, run: ScreeningRun) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:consent_screeningrun_change", args=[run.pk]))

    @admin.display(description=_("state"), ordering="job__state")
    def state(self, run: ScreeningRun) -> str:
        return badge(job_look(run.job.state)) if run.job else str(_("Not asked yet"))

    @admin.display(description=_("allowed"))
    def allowed_shown(self, run: ScreeningRun) -> int:
        return run.allowed


def may_call_from(run: ScreeningRun, staff: StaffMember) -> bool:
    """A call list is made of a screening about calls now, by whoever manages such lists."""
    return (
        run.channel == Channel.CALL and run.at is None and has_duty(staff=staff, duty=Duty.MANAGE_CALL_LISTS)
    )


def _entities(staff: StaffMember) -> Any:
    own = LegalEntity.objects.filter(organisation=staff.organisation_id)
    limited = entities_of(staff)
    return own.filter(pk__in=limited) if limited else own


def _attachment(name: str) -> str:
    safe = "".join(letter if letter.isalnum() or letter in "-._ " else "-" for letter in name)
    ascii_name = safe.encode("ascii", errors="replace").decode().replace("?", "-")
    return f'attachment; filename="{ascii_name}"'
