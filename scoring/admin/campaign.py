from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from consent.admin.badge import badge
from consent.admin.fields import ReadableWordings
from customers.admin.scope import (
    DraftAdmin,
    ReadOnlyAdmin,
    ScopedAdmin,
    ScopedRelatedFilter,
    require,
    staff_of,
)
from customers.domain.staff import Area, Duty, has_duty
from customers.staff_site import SCORING
from scoring.admin.campaign_form import CampaignForm
from scoring.admin.campaign_pages import CampaignPages
from scoring.admin.campaign_tables import campaign_look
from scoring.domain.campaigns import running
from scoring.models import Campaign, CampaignRecipient, FrequencyCap

TURNED = _("The campaign is no longer in that state. This is how it stands now.")


@admin.register(Campaign)
class CampaignAdmin(ReadableWordings, CampaignPages, DraftAdmin[Campaign]):
    """A draft is changed at will; once it started only its state changes."""

    area = Area.CAMPAIGNS
    when_empty = _(
        "A campaign is one message for one purpose over one channel. Add a draft, see how it reads and whom "
        "it reaches, and start it. Everybody is asked about when their turn comes: who may not be reached "
        "gets nothing."
    )
    job = SCORING
    place = 1
    form = CampaignForm
    legal_entity_path = "legal_entity"
    change_form_template = "admin/campaign_change_form.html"
    list_display = ("name", "legal_entity", "purpose", "channel", "state_shown", "started_at", "ended_at")
    list_filter = ("state", "channel", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity", "purpose")
    date_hierarchy = "started_at"
    search_fields = ("name", "=code")
    ordering = ("-created_at", "-pk")
    fieldsets = (
        (_("What it is"), {"fields": ("name", "code")}),
        (_("On what ground"), {"fields": ("legal_entity", "purpose", "channel", "product_group")}),
        (
            _("Whom it is for, and when"),
            {"fields": ("segment", "journey_stage", "begins", "score_model", "points")},
        ),
        (_("What people read or hear"), {"fields": ("subject", "text", "link_label", "link_url", "counts")}),
    )

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "preview": require_safe(self.preview_view),
            "preview_html": require_safe(self.preview_html_view),
            "dry_run": self.dry_run_view,
            "results": require_safe(self.results_view),
            "start": require_POST(self.start_view),
            "pause": require_POST(self.pause_view),
            "resume": require_POST(self.resume_view),
            "end": self.end_view,
        }
        own = [
            path(
                f"<path:object_id>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(view),
                name=f"scoring_campaign_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def is_draft(self, obj: Campaign | None) -> bool:
        return obj is None or obj.state == Campaign.State.DRAFT

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        campaign = kwargs.get("obj")
        if campaign is not None:
            stops = has_duty(staff=staff_of(request), duty=Duty.STOP_CAMPAIGN)
            context["faults"] = (
                running.find_faults(campaign=campaign, at=timezone.now()) if self.is_draft(campaign) else []
            )
            context["may_pause"] = stops and campaign.state == Campaign.State.RUNNING
            context["may_resume"] = stops and campaign.state == Campaign.State.PAUSED
            context["look"] = campaign_look(campaign.state)
        return super().render_change_form(request, context, *args, **kwargs)

    def start_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        staff, campaign = require(request, Duty.SEND_CAMPAIGN), self.find(request, object_id)
        try:
            running.start_campaign(campaign=campaign, started_by=staff, started_at=timezone.now())
        except running.CampaignNotReadyError as error:
            for fault in error.faults:
                messages.error(request, fault)
            return redirect("admin:scoring_campaign_change", campaign.pk)
        except running.CampaignStateError:
            messages.info(request, TURNED)
            return redirect("admin:scoring_campaign_change", campaign.pk)
        self.log_change(request, campaign, [])
        messages.success(request, _("Started. Everybody is asked about when their turn comes."))
        return redirect("admin:scoring_campaign_results", campaign.pk)

    def pause_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.turn(request, object_id, pause_now, str(_("Paused. Nothing goes out now.")))

    def resume_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.turn(request, object_id, resume_now, str(_("It goes on where it stopped.")))

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What ends a campaign for good is asked once more, with how many then get nothing."""
        if request.method == "POST":
            words = str(_("Ended. Whoever was waiting gets nothing."))
            return self.turn(request, object_id, end_now, words)
        require(request, Duty.STOP_CAMPAIGN)
        campaign = self.find(request, object_id)
        waiting = campaign.recipients.filter(state=CampaignRecipient.State.WAITING).count()
        return self.page(request, "end", campaign, title=_("End this campaign"), waiting=waiting)

    def turn(self, request: HttpRequest, object_id: str, act: Any, words: str) -> HttpResponse:
        require(request, Duty.STOP_CAMPAIGN)
        campaign = self.find(request, object_id)
        try:
            act(campaign=campaign)
        except running.CampaignStateError:
            messages.info(request, TURNED)
        except running.CampaignNotReadyError as error:
            for fault in error.faults:
                messages.error(request, fault)
        else:
            self.log_change(request, campaign, ["state"])
            messages.success(request, words)
        return redirect("admin:scoring_campaign_results", campaign.pk)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, campaign: Campaign) -> str:
        shown = badge(campaign_look(campaign.state))
        if not campaign.halted_because:
            return shown
        why = campaign.get_halted_because_display()
        return format_html('{}<div class="quiet-text">{}</div>', shown, why)


def resume_now(*, campaign: Campaign) -> None:
    running.resume_campaign(campaign=campaign, resumed_at=timezone.now())


def pause_now(*, campaign: Campaign) -> None:
    running.pause_campaign(campaign=campaign, paused_at=timezone.now())


def end_now(*, campaign: Campaign) -> None:
    running.end_campaign(campaign=campaign, ended_at=timezone.now())


@admin.register(CampaignRecipient)
class CampaignRecipientAdmin(ReadOnlyAdmin[CampaignRecipient]):
    """Who was to get a campaign, what the rules said when their turn came, and what came of it."""

    area = Area.CAMPAIGNS
    when_empty = _(
        "Nobody was to get a campaign yet. Start a campaign, and see here person by person what came of it."
    )
    job = SCORING
    place = 3
    organisation_path = "campaign__organisation"
    legal_entity_path = "campaign__legal_entity"
    list_display = ("contact", "campaign", "state", "code", "asked_at", "handed_at")
    list_filter = ("state", ("campaign", ScopedRelatedFilter))
    list_select_related = ("contact", "campaign")
    search_fields = ("=contact__id",)
    ordering = ("-pk",)
    fieldsets = (
        (_("Who"), {"fields": ("campaign", "contact", "contact_point")}),
        (_("What came of it"), {"fields": ("state", "code", "asked_at", "handed_at", "due_at", "added_at")}),
    )


@admin.register(FrequencyCap)
class FrequencyCapAdmin(ScopedAdmin[FrequencyCap]):
    """One row for the whole organisation: people do not care which department writes to them."""

    area = Area.CAMPAIGNS
    when_empty = _(
        "There is no limit yet to how many campaigns one person gets. Add one for the whole organisation."
    )
    job = SCORING
    place = 4
    list_display = ("organisation", "messages", "days")
    list_select_related = ("organisation",)
    ordering = ("pk",)
    fieldsets = ((_("How often at most"), {"fields": ("organisation", "messages", "days")}),)
