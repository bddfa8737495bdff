"""A large export: a selection is chosen and counted, a worker makes it, and who asked for it takes it."""

import datetime
import uuid
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.admin.evidence_export import FORMATS, NOT_SEALED_YET, NOTHING
from consent.domain.dossier import large
from consent.domain.dossier.exporting import Exported, Format, NothingToExportError, Wanted
from consent.domain.dossier.selection import Selection
from consent.domain.seal.sealing import seal_chunk
from consent.models import Channel, EvidenceFile, EvidencePart, Purpose, Status
from consent.tasks import wake_job
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, entities_of, require
from customers.domain.staff import Area, Duty, has_duty
from customers.models import Contact, LegalEntity, StaffMember
from customers.staff_site import PROOF, Page, StaffSite

MOST_CHOSEN: Final = 10_000


class SelectionForm(forms.Form):
    """Which evidence, how, and why somebody may have it."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Of which legal entity"), required=False, empty_label=_("All")
    )
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=_("For which purpose"), required=False, empty_label=_("All")
    )
    channel = forms.ChoiceField(
        label=_("By which channel"), choices=[("", _("All")), *Channel.choices], required=False
    )
    status = forms.ChoiceField(
        label=_("Whose permission is now"),
        choices=[("", _("Anything")), *Status.choices],
        required=False,
        help_text=_("All acts of these people come along, not only the last."),
    )
    since = forms.DateField(
        label=_("Acts from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("Acts up to and including"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    contacts = forms.CharField(required=False, widget=forms.HiddenInput)
    formats = forms.MultipleChoiceField(
        label=_("To read it"),
        choices=FORMATS,
        initial=[Format.CSV, Format.JSONLD],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Dossiers come in volumes of 200 people."),
    )
    with_evidence = forms.BooleanField(
        label=_("With the personal parts of everybody"),
        required=False,
        help_text=_("Only where whoever asks needs them (art. 5(1)(c) GDPR)."),
    )
    language = forms.ChoiceField(label=_("Language of the dossier"), choices=settings.LANGUAGES)
    reason = forms.CharField(
        label=_("What for"),
        max_length=300,
        help_text=_("Who asks for it, and why they may have it. It is kept: do not name people in it."),
        error_messages={"required": _("Say for whom this export is, and why they may have it.")},
    )

    def __init__(self, *args: Any, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = staff
        limited = entities_of(staff)
        entities = LegalEntity.objects.filter(organisation=staff.organisation_id)
        purposes = Purpose.objects.filter(organisation=staff.organisation_id)
        field, purpose = self.fields["legal_entity"], self.fields["purpose"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (tells the type checker)
        assert isinstance(purpose, forms.ModelChoiceField)  # noqa: S101  (tells the type checker)
        field.queryset = (entities.filter(pk__in=limited) if limited else entities).order_by("name", "pk")
        purpose.queryset = purposes.order_by("code", "pk")
        if limited:
            field.required, field.empty_label = True, _("Choose")

    def clean_contacts(self) -> tuple[uuid.UUID, ...]:
        try:
            return tuple(uuid.UUID(key) for key in self.cleaned_data["contacts"].split())
        except ValueError as error:
            raise forms.ValidationError(_("Choose the people anew.")) from error

    def wanted(self) -> Wanted:
        said, entity = self.cleaned_data, self.cleaned_data["legal_entity"]
        assert self.staff.organisation_id  # noqa: S101  (nobody without one gets here)
        zone = ZoneInfo(entity.time_zone if entity else settings.TIME_ZONE)
        selection = Selection(
            organisation_id=self.staff.organisation_id,
            legal_entity_id=entity.pk if entity else None,
            purpose_id=said["purpose"].pk if said["purpose"] else None,
            channel=said["channel"],
            status=said["status"],
            since=_start_of(said["since"], zone),
            until=_start_of(said["until"] + datetime.timedelta(days=1), zone) if said["until"] else None,
            contact_ids=said["contacts"],
        )
        formats = [Format(one) for one in said["formats"]]
        return Wanted(
            selection=selection,
            formats=formats,
            language=said["language"],
            with_evidence=said["with_evidence"],
        )


def _start_of(day: datetime.date | None, zone: ZoneInfo) -> datetime.datetime | None:
    return datetime.datetime.combine(day, datetime.time.min, zone) if day else None


def select_view(request: HttpRequest) -> HttpResponse:
    """Count first; the worker starts at the second button."""
    staff = asker(request)
    posted = request.POST if request.method == "POST" else None
    form = SelectionForm(posted, staff=staff, initial={"language": get_language()})
    counted: Exported | None = None
    if form.is_valid():
        if "start" in request.POST and (job := begun(form, staff)):
            return redirect("admin:consent_job_change", job.pk)
        counted = large.count_selection(wanted=form.wanted())
        if not counted.people:
            form.add_error(None, NOTHING)
            counted = None
    return selection_page(request, form=form, counted=counted)


def begun(form: SelectionForm, staff: StaffMember) -> Any:
    now = timezone.now()
    # What was written a moment ago belongs in the file too.
    seal_chunk(now=now)
    try:
        job = large.begin_export(
            wanted=form.wanted(), staff=staff, reason=form.cleaned_data["reason"], now=now
        )
    except large.NotSealedYetError:
        form.add_error(None, NOT_SEALED_YET)
        return None
    except NothingToExportError:
        return None
    wake_job(job_id=job.pk)
    return job


def asker(request: HttpRequest) -> StaffMember:
    staff = require(request, Duty.EXPORT_EVIDENCE)
    if staff.organisation is None:
        raise PermissionDenied
    return staff


def selection_page(request: HttpRequest, *, form: SelectionForm, counted: Exported | None) -> HttpResponse:
    chosen = len(str(form["contacts"].value() or "").split())
    context = {
        **admin.site.each_context(request),
        "title": _("Export the evidence of a selection"),
        "form": form,
        "counted": counted,
        "chosen": chosen,
    }
    return TemplateResponse(request, "admin/evidence_selection.html", context)


@admin.action(description=_("Export the evidence of these people"), permissions=["export"])
def export_selected(
    _page: admin.ModelAdmin[Contact], request: HttpRequest, chosen: QuerySet[Contact]
) -> HttpResponse:
    keys = list(chosen.order_by("pk").values_list("pk", flat=True)[: MOST_CHOSEN + 1])
    if len(keys) > MOST_CHOSEN:
        raise PermissionDenied
    initial = {"language": get_language(), "contacts": " ".join(map(str, keys))}
    return selection_page(request, form=SelectionForm(staff=asker(request), initial=initial), counted=None)


@admin.register(EvidenceFile)
class EvidenceFileAdmin(ReadOnlyAdmin[EvidenceFile]):
    """That a file is made, for whom and until when; what is in it is for who asked, and only for them."""

    area = Area.EVIDENCE
    job = PROOF
    legal_entity_path = "legal_entity"
    list_display = ("asked_at", "staff", "legal_entity", "reason", "expires_at", "job")
    list_filter = (("legal_entity", ScopedRelatedFilter),)
    list_select_related = ("staff", "legal_entity", "job")
    date_hierarchy = "asked_at"
    search_fields = ("reason", "staff__username")
    ordering = ("-asked_at", "-pk")
    fields = (
        "asked_at",
        "staff",
        "reason",
        "legal_entity",
        "wanted",
        "tree_size",
        "expires_at",
        "job",
        "export",
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download_view)
        name = "consent_evidencefile_download"
        return [path("<uuid:object_id>/download/", view, name=name), *super().get_urls()]

    def download_view(self, request: HttpRequest, object_id: uuid.UUID) -> StreamingHttpResponse:
        """To anybody else than who asked, also of the same organisation, there is no such file."""
        staff = require(request, Duty.EXPORT_EVIDENCE)
        made = EvidenceFile.objects.filter(staff=staff, export__isnull=False, expires_at__gt=timezone.now())
        file = made.select_related("job").filter(pk=object_id).first()
        if file is None:
            raise Http404
        try:
            blocks = large.stream_file(file=file)
        except large.FileGoneError as error:
            raise Http404 from error
        answer = StreamingHttpResponse(blocks, content_type="application/zip")
        answer.headers["Content-Disposition"] = f'attachment; filename="evidence-{file.pk}.zip"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


@admin.register(EvidencePart)
class EvidencePartAdmin(ReadOnlyAdmin[EvidencePart]):
    """That a part is kept, and how large it is; never what it holds."""

    area = Area.EVIDENCE
    job = PROOF
    organisation_path = "file__organisation"
    legal_entity_path = "file__legal_entity"
    list_display = ("file", "number", "people", "events", "length")
    list_select_related = ("file",)
    ordering = ("-pk",)
    fields = ("file", "number", "people", "events", "length")


def may_export(request: HttpRequest) -> bool:
    staff = request.user
    if not isinstance(staff, StaffMember) or staff.organisation_id is None:
        return False
    return has_duty(staff=staff, duty=Duty.EXPORT_EVIDENCE)


StaffSite.pages += [
    Page(
        route="export-evidence/",
        name="export_evidence",
        title=_("Export evidence"),
        view=select_view,
        is_shown=may_export,
        job=PROOF,
    )
]
