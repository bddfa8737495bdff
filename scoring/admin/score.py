import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import ReadOnlyAdmin, ScopedAdmin, ScopedRelatedFilter
from customers.domain.staff import Area
from customers.domain.staff_acts import About
from customers.staff_site import SCORING
from scoring.admin.segment_form import SegmentForm
from scoring.admin.segment_people import SegmentPeople
from scoring.domain.rules.wording import tell_rule
from scoring.domain.scores.computing import day_of
from scoring.domain.versions import explain_as_at
from scoring.models import Campaign, Score, Segment, SegmentMember

USED = _(
    "A campaign that is not ended is for the people in this segment, so who is in it cannot be changed now. "
    "End the campaign first, or make another segment."
)


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin[Score]):
    """What people have, the most first; and why, as at any day."""

    area = Area.SCORES
    when_empty = _(
        "Nobody has a score yet. Scores appear here once a version of a score model is published, for "
        "everybody who may be profiled."
    )
    job = SCORING
    place = 3
    organisation_path = "model__organisation"
    legal_entity_path = "model__legal_entity"
    change_form_template = "admin/score_change_form.html"
    list_display = ("contact", "model", "points_shown", "band", "changed_at")
    list_filter = (("model", ScopedRelatedFilter),)
    list_select_related = ("contact", "model", "band")
    search_fields = ("=contact__id",)
    # Points of two models cannot be compared. Found by the step that they are in, whose index costs a count
    # of everybody nothing; within a step they are sorted.
    ordering = ("-model_id", "-step", "-points", "-pk")
    fields = ("contact", "model", "points_shown", "band", "changed_at")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        score, now = kwargs["obj"], timezone.now()
        today = day_of(model=score.model, now=now)
        day = asked_day(request, today)
        explained = explain_as_at(model=score.model, contact_id=score.contact_id, day=day, now=now)
        context |= {"day": day, "today": today, "explained": explained}
        context["lines"] = [(line, tell_rule(rule=line.rule)) for line in explained.lines]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("points"), ordering="points")
    def points_shown(self, score: Score) -> str:
        return str(score)


@admin.register(Segment)
class SegmentAdmin(SegmentPeople, ScopedAdmin[Segment]):
    """Who is in it follows from a band, or is kept by hand on a page beside its form."""

    area = Area.SCORE_MODELS
    when_empty = _(
        "A segment is a group of people who get something of their own. Add one: let a band of a score model "
        "decide who is in it, or leave that empty and put people in by hand."
    )
    job = SCORING
    place = 4
    legal_entity_path = "legal_entity"
    list_display = ("name", "legal_entity", "model", "band_code", "people")
    list_filter = (("legal_entity", ScopedRelatedFilter),)
    list_select_related = ("legal_entity", "model")
    search_fields = ("name", "=code")
    ordering = ("legal_entity", "name", "pk")
    fieldsets = (
        (_("Whose"), {"fields": ("legal_entity", "code", "name")}),
        (_("Who is in it"), {"fields": ("model", "band_code")}),
    )
    form = SegmentForm
    change_form_template = "admin/segment_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        return [*self.people_urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Segment]:
        return super().get_queryset(request).annotate(member_count=models.Count("members"))

    def get_readonly_fields(self, request: HttpRequest, obj: Segment | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("legal_entity", "code", *(("model", "band_code") if is_used(obj) else ()))

    def get_fieldsets(self, request: HttpRequest, obj: Segment | None = None) -> Any:
        whose, (title, who_is) = super().get_fieldsets(request, obj)
        may_edit = self.has_change_permission(request, obj) if obj else True
        who = (title, who_is | {"fields": (*who_is["fields"], "meant")} if may_edit else who_is)
        return (whose, (who[0], {**who[1], "description": USED})) if obj and is_used(obj) else (whose, who)

    @admin.display(description=_("people"), ordering="member_count")
    def people(self, segment: Any) -> int:
        return int(segment.member_count)


@admin.register(SegmentMember)
class SegmentMemberAdmin(ReadOnlyAdmin[SegmentMember]):
    area = Area.SCORES
    when_empty = _(
        "Nobody is in a segment yet. Publish a score model with bands, or open a segment that is kept by "
        "hand and put people in."
    )
    job = SCORING
    place = 5
    organisation_path = "segment__organisation"
    legal_entity_path = "segment__legal_entity"
    list_display = ("contact", "segment", "since_at")
    list_filter = (("segment", ScopedRelatedFilter),)
    list_select_related = ("contact", "segment")
    search_fields = ("=contact__id",)
    ordering = ("-since_at", "-pk")
    fields = ("contact", "segment", "since_at")

    def about(self, key: str, contact: str = "contact") -> About:
        """Whom it is about is kept with every act."""
        return super().about(key, contact)


def is_used(segment: Segment) -> bool:
    """Whether a campaign that is not ended is for whoever is in a segment."""
    return Campaign.objects.filter(segment=segment).exclude(state=Campaign.State.ENDED).exists()


def asked_day(request: HttpRequest, today: datetime.date) -> datetime.date:
    """The day in the address; one that is none, or is still to come, is today."""
    try:
        day = parse_date(request.GET.get("day", "")) or today
    except ValueError:
        return today
    return min(day, today)
