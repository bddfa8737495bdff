"""The pages about one campaign beside its form: how it reads, whom it would reach, what came of it."""

from typing import Any

from django.conf import settings
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.admin.badge import job_look
from consent.admin.foreign_html import show
from consent.admin.job import renewal, renewing
from consent.models import Job
from consent.tasks import wake_job
from customers.admin.scope import staff_of
from customers.domain.staff import Duty, has_duty
from customers.models import Language
from scoring.admin.campaign_tables import campaign_look, dry_run_table, results_table
from scoring.domain.campaigns import dry_run, message, results, running
from scoring.models import Campaign


class CampaignPages(BaseModelAdmin[Campaign]):
    """What stands beside the form of a campaign."""

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        campaign, language = self.find(request, object_id), chosen_language(request)
        context = {
            "rendered": previewed(campaign, language),
            "language": language,
            "languages": Language.choices,
            "by_phone": campaign.channel == Campaign.Way.CALL,
        }
        return self.page(request, "preview", campaign, title=_("Preview"), **context)

    def preview_html_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        campaign = self.find(request, object_id)
        return show(html=previewed(campaign, chosen_language(request)).html)

    def dry_run_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Counts a small audience at once; a large one is counted by workers."""
        campaign, now, staff = self.find(request, object_id), timezone.now(), staff_of(request)
        faults = running.find_faults(campaign=campaign, at=now)
        if request.method == "POST" and not faults:
            job = dry_run.start_dry_run(campaign=campaign, started_by=staff, now=now)
            wake_job(job_id=job.pk)
            return redirect(request.get_full_path())
        is_draft = campaign.state == Campaign.State.DRAFT
        context: dict[str, Any] = {
            "faults": faults,
            "may_start": is_draft and not faults and has_duty(staff=staff, duty=Duty.SEND_CAMPAIGN),
            **({} if faults else self.counted(request, campaign)),
        }
        return renewing(self.page(request, "dry_run", campaign, title=_("Dry run"), **context))

    def counted(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        now = timezone.now()
        job = dry_run.find_dry_run(campaign=campaign, now=now)
        if job is not None:
            done = job.state == Job.State.DONE
            return {
                "count": job,
                "state": job_look(job.state),
                "table": dry_run_table(counts=job.counts) if done else None,
                **renewal(request, job),
            }
        part = dry_run.count_part(campaign=campaign, after=None, at=now)
        return {
            "too_many": not part.is_last,
            "table": dry_run_table(counts=part.counts) if part.is_last else None,
        }

    def results_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        campaign = self.find(request, object_id)
        by_phone = campaign.channel == Campaign.Way.CALL
        stops = has_duty(staff=staff_of(request), duty=Duty.STOP_CAMPAIGN)
        context = {
            "table": results_table(
                results=results.read_results(campaign=campaign), by_phone=by_phone, counts=campaign.counts
            ),
            "may_pause": stops and campaign.state == Campaign.State.RUNNING,
            "may_resume": stops and campaign.state == Campaign.State.PAUSED,
        }
        return self.page(request, "results", campaign, title=_("Results"), **context)

    def find(self, request: HttpRequest, object_id: str) -> Campaign:
        campaign = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if campaign is None or not self.has_view_permission(request, campaign):
            raise Http404
        related = Campaign.objects.select_related("legal_entity", "purpose", "product_group", "call_list")
        return related.get(pk=campaign.pk)

    def page(
        self, request: HttpRequest, name: str, campaign: Campaign, *, title: str | StrPromise, **context: Any
    ) -> TemplateResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "campaign": campaign,
            "look": campaign_look(campaign.state),
            **context,
        }
        return TemplateResponse(request, f"admin/campaign_{name}.html", whole)


def previewed(campaign: Campaign, language: str) -> Any:
    return message.preview(campaign=campaign, language=language, public_url=settings.PUBLIC_URL)


def chosen_language(request: HttpRequest) -> str:
    wanted = request.GET.get("language") or (get_language() or "")[:2]
    return wanted if wanted in Language.values else Language.NL
