"""The pages about one journey beside its form: how it goes, and who is in which stage."""

import datetime
from collections.abc import Callable
from typing import Any, Final

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from consent.admin.csv_download import as_download
from customers.admin.scope import staff_of
from customers.domain.staff import Area, Duty, Right, has_duty, rights_of
from scoring.admin.find_contact import may_see_people
from scoring.admin.journey_tables import band_rows, engaged_rows, journey_look, journey_table, lines_of
from scoring.domain.journeys.figures import Figures, count_bands, count_engaged, read_figures
from scoring.domain.journeys.naming import named_members
from scoring.models import Band, Journey, JourneyMember, JourneyStage, Score, ScoreModel

PERIODS: Final = {"30": _("30 days"), "90": _("90 days"), "365": _("A year"), "": _("Since it began")}
ROWS_A_PAGE: Final = 50


class JourneyPages(BaseModelAdmin[Journey]):
    """What stands beside the form of a journey."""

    def page_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Callable[..., Any], str]] = [
            ("<path:object_id>/figures/", self.figures_view, "figures"),
            ("<path:object_id>/figures.csv", self.figures_csv_view, "figures_csv"),
            ("<path:object_id>/stages/<slug:stage>/", self.stage_view, "stage"),
            ("<path:object_id>/people/<int:member>/", self.member_view, "member"),
        ]
        return [
            path(route, self.admin_site.admin_view(require_safe(view)), name=f"scoring_journey_{name}")
            for route, view, name in pages
        ]

    def figures_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        journey, days = self.find(request, object_id), chosen_period(request)
        figures = counted(journey, days)
        context = {
            "table": journey_table(figures=figures),
            "periods": PERIODS.items(),
            "days": days,
            "may_see_people": may_see_people(request),
            "engaged": engagement(journey, figures),
            **self.by_band(request, journey, figures),
        }
        return self.page(request, "figures", journey, title=_("How it goes"), **context)

    def figures_csv_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        journey = self.find(request, object_id)
        table = journey_table(figures=counted(journey, chosen_period(request)))
        return as_download(lines_of(table), name=f"journey-{journey.code}")

    def by_band(self, request: HttpRequest, journey: Journey, figures: Figures) -> dict[str, Any]:
        """One score beside the stages, for who may see scores."""
        if Right.VIEW not in rights_of(staff=staff_of(request), area=Area.SCORES):
            return {}
        models = list(ScoreModel.objects.filter(legal_entity=journey.legal_entity_id).order_by("name", "pk"))
        wanted = request.GET.get("model", "")
        model = next((one for one in models if str(one.pk) == wanted), models[0] if models else None)
        if model is None:
            return {}
        in_force = Band.objects.filter(version__model=model, version__published_at__isnull=False)
        bands = in_force.filter(version__retired_at__isnull=True).order_by("from_points")
        names = list(bands.values_list("name", flat=True))
        counts = count_bands(journey=journey, model=model)
        rows = band_rows(figures=figures, counts=counts, bands=names)
        return {"models": models, "model": model, "bands": names, "band_rows": rows}

    def stage_view(self, request: HttpRequest, object_id: str, stage: str) -> HttpResponse:
        """Who is in a stage now; of one that shows figures only nobody is named."""
        journey = self.find(request, object_id)
        found = journey.stages.filter(code=stage).first()
        if found is None:
            raise Http404
        if found.figures_only or not may_see_people(request):
            raise PermissionDenied
        wanted = request.GET.get("q", "").strip()
        rows = named_like(members_of(journey, found), wanted)
        page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context = {"stage": found, "wanted": wanted, "page": page, "now": timezone.now()}
        return self.page(request, "stage", journey, title=found.name, **context)

    def member_view(self, request: HttpRequest, object_id: str, member: int) -> HttpResponse:
        """The way one person went, step by step."""
        journey = self.find(request, object_id)
        found = journey.members.select_related("contact", "stage").filter(pk=member).first()
        if found is None:
            raise Http404
        if hides(found) or not may_see_people(request):
            raise PermissionDenied
        related = ("from_stage", "to_stage", "staff")
        moves = found.moves.select_related(*related).order_by("-moved_at", "-pk")
        context = {"member": found, "moves": moves}
        return self.page(request, "member", journey, title=str(found.contact), **context)

    def find(self, request: HttpRequest, object_id: str) -> Journey:
        journey = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if journey is None or not self.has_view_permission(request, journey):
            raise Http404
        return Journey.objects.select_related("legal_entity", "purpose").get(pk=journey.pk)

    def page(
        self, request: HttpRequest, name: str, journey: Journey, *, title: Any, **context: Any
    ) -> TemplateResponse:
        staff = staff_of(request)
        changes = Right.CHANGE in rights_of(staff=staff, area=Area.JOURNEYS) and may_see_people(request)
        whole = {
            **self.admin_site.each_context(request),
            "is_on": journey.state in (Journey.State.RUNNING, Journey.State.PAUSED),
            "may_start": has_duty(staff=staff, duty=Duty.SEND_CAMPAIGN),
            "may_stop": has_duty(staff=staff, duty=Duty.STOP_CAMPAIGN),
            "may_move": changes,
            "opts": self.opts,
            "title": title,
            "journey": journey,
            "look": journey_look(journey.state),
            **context,
        }
        return TemplateResponse(request, f"admin/journey_{name}.html", whole)


def counted(journey: Journey, days: str) -> Figures:
    now = timezone.now()
    since = now - datetime.timedelta(days=int(days)) if days else None
    return read_figures(journey=journey, since=since, now=now)


def engagement(journey: Journey, figures: Figures) -> list[tuple[JourneyStage, str]]:
    """Of stages that show figures only; most journeys have none, and ask nothing."""
    if not figures.in_tens:
        return []
    return engaged_rows(figures=figures, counts=count_engaged(journey=journey, now=timezone.now()))


def chosen_period(request: HttpRequest) -> str:
    wanted = request.GET.get("days", "90")
    return wanted if wanted in PERIODS else "90"


def members_of(journey: Journey, stage: JourneyStage) -> QuerySet[JourneyMember]:
    """Who is in a stage, who stands there longest first, with their scores."""
    scores = Score.objects.filter(model__legal_entity=journey.legal_entity_id).select_related("model", "band")
    shown = Prefetch("contact__scores", queryset=scores.order_by("model__name", "pk"))
    return stage.members.select_related("contact").prefetch_related(shown).order_by("stage_since", "pk")


def named_like(members: QuerySet[JourneyMember], text: str) -> QuerySet[JourneyMember]:
    """Every word is in one of the names."""
    for word in text.split():
        names = Q(contact__given_name__icontains=word) | Q(contact__family_name__icontains=word)
        members = members.filter(names | Q(contact__organisation_name__icontains=word))
    return members


def hides(member: JourneyMember) -> bool:
    """Whether somebody is, or was, in a stage where nobody is named."""
    return not named_members(members=JourneyMember.objects.filter(pk=member.pk)).exists()
