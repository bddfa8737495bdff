"""Where the result of a job is shown, and with which words one goes there."""

import datetime
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain import audience_counts
from consent.models import AudienceFile, EvidenceFile, Job
from customers.models import StaffMember

Kind = Job.Kind
TO_THE_FILE = _("Download the file: it is there for a day, for you alone")
PAGES = {
    Kind.ANNOUNCE: ("consent_privacystatementversion_change", "statement", _("To the privacy statement")),
    Kind.RESCORING: ("scoring_scoremodel_change", "model", _("To the score model")),
    Kind.TRIAL: ("scoring_scoremodelversion_try", "version", _("To the trial")),
    Kind.BREACH: ("consent_incident_letter", "incident", _("To the message to the people")),
    Kind.INCIDENT: ("consent_incident_people", "incident", _("To the people found")),
}


class Result(NamedTuple):
    """The page of a result, and the words of the link to it."""

    url: str
    words: StrPromise


def page_of_result(job: Job, staff: StaffMember) -> Result | None:
    if job.kind in {Kind.EXPORT, Kind.LIST}:
        return _file_of(job, staff) if job.kind == Kind.EXPORT else _list_of(job, staff)
    if job.kind == Kind.SCREENING and hasattr(job, "screening_run"):
        url = reverse("admin:consent_screeningrun_change", args=[job.screening_run.pk])
        return Result(url, _("To the screening"))
    if job.kind == Kind.CALL_LIST and hasattr(job, "call_list"):
        return Result(reverse("admin:call_list", args=[job.call_list.pk]), _("To the call list"))
    if job.kind in PAGES:
        return _page_named(job)
    if job.kind in {Kind.AUDIENCE, Kind.WHAT_IF}:
        name = "audience" if job.kind == Kind.AUDIENCE else "what_if"
        return Result(f"{reverse(f'admin:{name}')}?{_asked(job)}", _("To the numbers"))
    return None


def _page_named(job: Job) -> Result:
    """The page of the row that the job was started for."""
    page, key, words = PAGES[Kind(job.kind)]
    return Result(reverse(f"admin:{page}", args=[job.key_range[key]]), words)


def _file_of(job: Job, staff: StaffMember) -> Result | None:
    """Only who asked for an export is led to it."""
    file = EvidenceFile.objects.filter(job=job, staff=staff, export__isnull=False).first()
    if file is None or file.wrapped_key is None:
        return None
    return Result(reverse("admin:consent_evidencefile_download", args=[file.pk]), TO_THE_FILE)


def _list_of(job: Job, staff: StaffMember) -> Result | None:
    file = AudienceFile.objects.filter(job=job, staff=staff, made_at__isnull=False).first()
    return (
        Result(reverse("admin:consent_audiencefile_download", args=[file.pk]), TO_THE_FILE) if file else None
    )


def _asked(job: Job) -> str:
    """The question as its form writes it into the address of the page."""
    wanted, zone = audience_counts.wanted_of(job=job), _zone(job)
    one = wanted[0]
    said = {
        "legal_entity": one.legal_entity,
        "purpose": one.purpose,
        "channel": one.channel,
        "product_group": one.product_group,
    }
    moments = zip(("at", "then"), wanted, strict=False)
    return urlencode(said | {key: text for name, it in moments for key, text in _moment(name, it.at, zone)})


def _moment(name: str, at: datetime.datetime | None, zone: ZoneInfo) -> list[tuple[str, str]]:
    if at is None:
        return []
    local = at.astimezone(zone)
    return [(f"{name}_date", f"{local:%Y-%m-%d}"), (f"{name}_time", f"{local:%H:%M:%S}")]


def _zone(job: Job) -> ZoneInfo:
    return ZoneInfo(job.legal_entity.time_zone if job.legal_entity else "UTC")
