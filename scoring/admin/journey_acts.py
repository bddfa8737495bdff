"""What is done with a journey and with who is on it: each on a page that says what happens then."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.admin.scope import require, staff_of
from customers.domain.staff import Duty, Right
from customers.models import Contact
from scoring.admin.find_contact import chosen_contact, find_contacts, may_see_people
from scoring.admin.journey_pages import JourneyPages, hides
from scoring.domain.journeys import moving, running
from scoring.domain.journeys.stopping import LONGEST_REASON
from scoring.domain.journeys.wording import tell_journey_rule
from scoring.models import Journey, JourneyMember, JourneyRule, JourneyStage

TURNED = _("The journey is no longer in that state. This is how it stands now.")
REFUSED = {
    moving.NotFollowedError: _("This person may not be followed: they never permitted it, or said stop."),
    moving.AlreadyThereError: _("This person is on the journey, or in this stage, already."),
    moving.NotThereError: _("This person left the journey meanwhile."),
    moving.JourneyClosedError: _("The journey is a draft, or ended: nobody can be put in or moved."),
}


class ReasonForm(forms.Form):
    """Whoever moves somebody by hand says why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Kept with this step, for colleagues and for the person to read."),
    )


class StageForm(ReasonForm):
    """To which stage, and why."""

    stage = forms.ModelChoiceField(label=_("Stage"), queryset=JourneyStage.objects.none())
    field_order = ("stage", "reason")

    def __init__(self, *args: Any, journey: Journey, besides: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = journey.stages.exclude(pk=besides).order_by("position", "pk")
        self.fields["stage"].queryset = found  # type: ignore[attr-defined]


class OutForm(ReasonForm):
    """How it ended for somebody, and why."""

    outcome = forms.ChoiceField(label=_("How it ended"), choices=JourneyRule.Outcome.choices)
    field_order = ("outcome", "reason")


class JourneyActs(JourneyPages):
    """The acts beside the form and the figures of a journey."""

    def act_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Callable[..., Any], str]] = [
            ("<path:object_id>/start/", self.start_view, "start"),
            ("<path:object_id>/pause/", self.pause_view, "pause"),
            ("<path:object_id>/resume/", self.start_view, "resume"),
            ("<path:object_id>/end/", self.end_view, "end"),
            ("<path:object_id>/put-in/", self.put_in_view, "put_in"),
            ("<path:object_id>/people/<int:member>/move/", self.move_view, "move"),
            ("<path:object_id>/people/<int:member>/let-out/", self.let_out_view, "let_out"),
        ]
        return [
            path(route, self.admin_site.admin_view(view), name=f"scoring_journey_{name}")
            for route, view, name in pages
        ]

    def start_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows who would come in now and what looks like a mistake; a draft starts, a paused one goes on."""
        journey, now = self.find(request, object_id), timezone.now()
        begins = journey.state == Journey.State.DRAFT
        staff = require(request, Duty.SEND_CAMPAIGN if begins else Duty.STOP_CAMPAIGN)
        if journey.state not in (Journey.State.DRAFT, Journey.State.PAUSED):
            return self.turned(request, journey)
        confirmed = request.POST.getlist("confirmed")
        if request.method == "POST":
            try:
                if begins:
                    running.start_journey(
                        journey=journey, started_by=staff, started_at=now, confirmed=confirmed
                    )
                else:
                    running.resume_journey(journey=journey, resumed_at=now, confirmed=confirmed)
            except running.JourneyStateError:
                return self.turned(request, journey)
            except (running.JourneyNotReadyError, running.JourneyDoubtfulError):
                messages.error(request, _("Not started. Look at what stands below first."))
            else:
                return self.done(request, journey, _("It runs now. Its rules are looked at every minute."))
        look = running.look_over(journey=journey, at=now)
        context = {
            "begins": begins,
            "faults": look.faults,
            "doubts": look.doubts,
            "confirmed": confirmed,
            "entering": entering(look),
        }
        title = _("Start this journey") if begins else _("Let this journey go on")
        return self.page(request, "start", journey, title=title, **context)

    def pause_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, Duty.STOP_CAMPAIGN)
        journey = self.find(request, object_id)
        if request.method != "POST":
            said = _(
                "Nobody moves and nothing is done for people until it goes on. Who says stop still leaves."
            )
            return self.asked(request, journey, title=_("Pause this journey"), explained=said)
        try:
            running.pause_journey(journey=journey)
        except running.JourneyStateError:
            return self.turned(request, journey)
        return self.done(request, journey, _("Paused. Nobody moves now."))

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What ends a journey for good is asked once more, with who is on it still."""
        require(request, Duty.STOP_CAMPAIGN)
        journey = self.find(request, object_id)
        if request.method != "POST":
            inside = running.count_inside(journey=journey)
            said = _("Whoever is on it leaves it. It cannot be started again; to stop for a while, pause it.")
            return self.asked(
                request, journey, title=_("End this journey"), explained=said, inside=inside.items()
            )
        try:
            running.end_journey(journey=journey, ended_at=timezone.now())
        except running.JourneyStateError:
            return self.turned(request, journey)
        return self.done(request, journey, _("Ended. Whoever was on it leaves it within minutes."))

    def put_in_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Look for somebody, choose a stage, say why."""
        journey = self.for_change(request, object_id)
        wanted = request.GET.get("q", "").strip()
        form = StageForm(request.POST or None, journey=journey)
        if request.method == "POST":
            contact = chosen_contact(request, organisation_id=journey.organisation_id)
            if form.is_valid() and self.put(request, journey, contact, form.cleaned_data):
                return redirect("admin:scoring_journey_figures", journey.pk)
        context = {
            "form": form,
            "wanted": wanted,
            "found": find_contacts(request, wanted, organisation_id=journey.organisation_id),
            "chosen": request.POST.get("contact", ""),
            "explained": _(
                "Look for somebody, choose the stage where they come in, and say why. In a later stage they "
                "are a side entrant."
            ),
        }
        return self.page(request, "put_in", journey, title=_("Put somebody in"), **context)

    def put(self, request: HttpRequest, journey: Journey, contact: Contact, said: dict[str, Any]) -> bool:
        first = journey.stages.order_by("position", "pk").first()
        sources = JourneyMember.Source
        source = sources.HAND if said["stage"] == first else sources.SIDE
        try:
            member = moving.put_in(
                contact=contact,
                stage=said["stage"],
                source=source,
                put_by=staff_of(request),
                reason=said["reason"],
                at=timezone.now(),
            )
        except tuple(REFUSED) as error:
            messages.error(request, REFUSED[type(error)])
            return False
        self.trail().log_addition(request, member, [])
        messages.success(request, _("%(person)s is on this journey now.") % {"person": contact})
        return True

    def move_view(self, request: HttpRequest, object_id: str, member: int) -> HttpResponse:
        journey = self.for_change(request, object_id)
        found = self.inside(journey, member)
        form = StageForm(request.POST or None, journey=journey, besides=found.stage_id)
        if request.method == "POST" and form.is_valid():
            said, now, staff = form.cleaned_data, timezone.now(), staff_of(request)
            return self.moved(
                request,
                found,
                lambda: moving.move_by_hand(
                    member=found, to_stage=said["stage"], moved_by=staff, reason=said["reason"], at=now
                ),
            )
        explained = _("Waiting times of the new stage begin now, and so does what is done for people there.")
        title = _("Move %(person)s to another stage") % {"person": found.contact}
        return self.asked(request, journey, title=title, explained=explained, form=form)

    def let_out_view(self, request: HttpRequest, object_id: str, member: int) -> HttpResponse:
        journey = self.for_change(request, object_id)
        found = self.inside(journey, member)
        form = OutForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            said, now, staff = form.cleaned_data, timezone.now(), staff_of(request)
            outcome = JourneyMember.Outcome(said["outcome"])
            return self.moved(
                request,
                found,
                lambda: moving.let_out(
                    member=found, outcome=outcome, let_out_by=staff, reason=said["reason"], at=now
                ),
            )
        explained = _(
            "They leave the journey. What they went through stays, and nothing more is done for them."
        )
        title = _("Take %(person)s out") % {"person": found.contact}
        return self.asked(request, journey, title=title, explained=explained, form=form)

    def moved(self, request: HttpRequest, member: JourneyMember, act: Callable[[], None]) -> HttpResponse:
        try:
            act()
        except tuple(REFUSED) as error:
            messages.error(request, REFUSED[type(error)])
        else:
            self.trail().log_change(request, member, ["stage"])
            messages.success(request, _("Done. This is how they go now."))
        member.refresh_from_db()
        if hides(member):
            return redirect("admin:scoring_journey_figures", member.journey_id)
        return redirect("admin:scoring_journey_member", member.journey_id, member.pk)

    def for_change(self, request: HttpRequest, object_id: str) -> Journey:
        """The journey, for who may do something with the people on it."""
        journey = self.find(request, object_id)
        if Right.CHANGE not in self.rights(request) or not may_see_people(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        return journey

    def inside(self, journey: Journey, member: int) -> JourneyMember:
        found = journey.members.select_related("contact", "stage").filter(pk=member).first()
        if found is None:
            raise Http404
        if hides(found):
            raise PermissionDenied
        return found

    def asked(self, request: HttpRequest, journey: Journey, *, title: Any, **context: Any) -> HttpResponse:
        return self.page(request, "act", journey, title=title, **context)

    def turned(self, request: HttpRequest, journey: Journey) -> HttpResponse:
        messages.info(request, TURNED)
        return redirect("admin:scoring_journey_change", journey.pk)

    def done(self, request: HttpRequest, journey: Journey, words: Any) -> HttpResponse:
        self.log_change(request, journey, ["state"])  # type: ignore[attr-defined]
        messages.success(request, words)
        return redirect("admin:scoring_journey_figures", journey.pk)

    def trail(self) -> Any:
        """Its acts name the person."""
        return self.admin_site.get_model_admin(JourneyMember)


def entering(look: running.Look) -> list[tuple[str, int, int]]:
    """The rules that let people in, with for how many they hold now, of all who may be followed."""
    return [
        (tell_journey_rule(rule=rule), people, everybody)
        for rule, (people, everybody) in look.counted.items()
        if rule.kind == JourneyRule.Kind.ENTER
    ]
