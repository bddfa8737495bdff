from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import badge, request_look
from consent.admin.rights_acts import ACT_BY_SLUG, Answer, RightsAct, acts_for
from consent.admin.rights_forms import StrangerForm
from consent.domain.rights import copies, receiving, steps
from consent.domain.rights.answering import COPIES
from consent.models import Notification, RightsRequest, RightsStep, Source
from customers.admin.relation import CONTACT_NAMES
from customers.admin.scope import (
    ReadOnlyAdmin,
    ScopedRelatedFilter,
    entities_of,
    narrow,
    require,
    staff_of,
)
from customers.domain.staff import Area, Duty, Right, has_duty, rights_of
from customers.models import ContactPoint, LegalEntity, StaffMember
from customers.staff_site import PEOPLE


class OverdueFilter(admin.SimpleListFilter):
    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Overdue")), ("0", _("In time"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        open_ones = queryset.filter(state=RightsRequest.State.OPEN)
        now = timezone.now()
        found = {"1": open_ones.filter(due_at__lte=now), "0": open_ones.filter(due_at__gt=now)}
        return found.get(self.value() or "", queryset)


@admin.register(RightsRequest)
class RightsRequestAdmin(ReadOnlyAdmin[RightsRequest]):
    """What waits longest stands first; each request has one page with its steps and what can be done."""

    area = Area.REQUESTS
    job = PEOPLE
    place = 2
    legal_entity_path = "legal_entity"
    change_list_template = "admin/rights_requests.html"
    list_display = (
        "kind",
        "state_shown",
        "due_at",
        "contact",
        "legal_entity",
        "received_at",
        "identity",
        "closed_at",
    )
    list_filter = (OverdueFilter, "state", "kind", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("contact", "legal_entity")
    date_hierarchy = "received_at"
    search_fields = ("=id", *CONTACT_NAMES)
    ordering = (F("closed_at").desc(nulls_first=True), "due_at", "pk")

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, "consent_rightsrequest"
        return [
            path("enter/", site.admin_view(self.enter_view), name=f"{name}_enter"),
            path("<path:object_id>/change/", site.admin_view(self.request_view), name=f"{name}_change"),
            path("<path:object_id>/copy/", site.admin_view(self.copy_view), name=f"{name}_copy"),
            path("<path:object_id>/do/<slug:slug>/", site.admin_view(self.act_view), name=f"{name}_act"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may_enter = has_duty(staff=staff_of(request), duty=Duty.ENTER_REQUEST)
        return super().changelist_view(request, {**(extra_context or {}), "may_enter": may_enter})

    def request_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asked, staff = self.find(request, object_id), staff_of(request)
        may_answer = has_duty(staff=staff, duty=Duty.ANSWER_REQUEST)
        acts = _acts_of(staff, asked) if may_answer else []
        return self.page(
            request,
            "rights_request",
            title=str(asked.get_kind_display()),
            asked=asked,
            look=request_look(asked, timezone.now()),
            words=steps.read_words(request=asked) if may_answer else "",
            may_answer=may_answer,
            steps=steps.list_steps(request=asked),
            told=_told(asked, staff),
            may_open_notifications=Right.VIEW in rights_of(staff=staff, area=Area.PROCESSORS),
            acts=acts,
            may_copy=may_answer and _has_copy(asked) and not entities_of(staff),
            limited=may_answer and bool(entities_of(staff)),
        )

    def act_view(self, request: HttpRequest, object_id: str, slug: str) -> HttpResponse:
        staff, asked = require(request, Duty.ANSWER_REQUEST), self.find(request, object_id)
        act = ACT_BY_SLUG.get(slug)
        if act is None or act not in _acts_of(staff, asked):
            raise Http404
        posted = request.POST if request.method == "POST" else None
        form = act.form(posted, contact=asked.contact, staff=staff)
        if form.is_valid() and self.done(request, act, asked, form):
            return self.back_to(asked)
        return self.page(
            request,
            "rights_act",
            title=act.title,
            asked=asked,
            act=act,
            form=form,
            shared=_others_with(asked) if act.slug == "erase" else 0,
        )

    def done(self, request: HttpRequest, act: RightsAct, asked: RightsRequest, form: Any) -> bool:
        try:
            act.perform(Answer(request=asked, form=form, now=timezone.now()))
        except receiving.AlreadyAnsweredError:
            messages.warning(request, _("This request was answered meanwhile."))
            return True
        except tuple(act.refusals) as refusal:
            form.add_error(None, act.refusals[type(refusal)])
            return False
        messages.success(request, act.done)
        return True

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The officer takes the copy for somebody who has no e-mail address; that it was taken is noted."""
        staff, asked = require(request, Duty.ANSWER_REQUEST), self.find(request, object_id)
        if entities_of(staff):
            raise PermissionDenied
        if request.method != "POST" or not _has_copy(asked) or asked.contact is None:
            raise Http404
        now = timezone.now()
        steps.take_step(request=asked, what=RightsStep.What.COPY_GIVEN, taken_at=now, staff_id=staff.pk)
        file = copies.write_copy(
            contact=asked.contact, legal_entity=asked.legal_entity, language=asked.language, written_at=now
        )
        response = HttpResponse(file, content_type="application/zip")
        response["Content-Disposition"] = 'attachment; filename="jawoord.zip"'
        return response

    def enter_view(self, request: HttpRequest) -> HttpResponse:
        staff = require(request, Duty.ENTER_REQUEST)
        form = StrangerForm(request.POST or None, entities=_entities(staff))
        if form.is_valid():
            asked = receiving.receive(
                asked=_stranger(form.cleaned_data, staff),
                received_at=form.cleaned_data["received_at"],
                recorded_at=timezone.now(),
            )
            messages.success(request, _("The request is written down; its clock runs."))
            if self.has_view_permission(request):
                return self.back_to(asked)
            return HttpResponseRedirect(reverse("admin:index"))
        return self.page(request, "rights_enter", title=_("Request of somebody we do not know"), form=form)

    def find(self, request: HttpRequest, object_id: str) -> RightsRequest:
        asked = self.get_object(request, unquote(object_id))
        if asked is None:
            raise Http404
        if not self.has_view_permission(request, asked):
            raise PermissionDenied
        return asked

    def get_queryset(self, request: HttpRequest) -> QuerySet[RightsRequest]:
        return super().get_queryset(request).select_related("contact", "legal_entity", "identity_checked_by")

    def page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/{name}.html", {**shared, **context})

    def back_to(self, asked: RightsRequest) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:consent_rightsrequest_change", args=[asked.pk]))

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, asked: RightsRequest) -> str:
        return badge(request_look(asked, timezone.now()))


@admin.register(RightsStep)
class RightsStepAdmin(ReadOnlyAdmin[RightsStep]):
    """What was done about every request, by whom; what was noted is read on the page of the request."""

    area = Area.REQUESTS
    job = PEOPLE
    organisation_path = "request__organisation"
    legal_entity_path = "request__legal_entity"
    list_display = ("taken_at", "what", "request", "staff")
    list_filter = ("what",)
    list_select_related = ("request", "staff")
    date_hierarchy = "taken_at"
    search_fields = ("=request__id",)
    ordering = ("-taken_at", "-pk")
    fields = ("request", "what", "taken_at", "staff")


def _acts_of(staff: StaffMember, asked: RightsRequest) -> list[RightsAct]:
    """A person belongs to the whole organisation: who sees a part of it erases nobody, and copies nobody."""
    acts = acts_for(request=asked)
    return [act for act in acts if act.slug != "erase"] if entities_of(staff) else acts


def _told(asked: RightsRequest, staff: StaffMember) -> list[Notification]:
    """Who was told of what answering it did: that was written in the same moment (art. 19 GDPR)."""
    if asked.closed_at is None or asked.contact_id is None:
        return []
    told = Notification.objects.filter(contact_id=asked.contact_id, created_at=asked.closed_at)
    shown = narrow(told.select_related("endpoint__processor"), staff=staff, legal_entity="legal_entity")
    return list(shown.order_by("endpoint__name", "pk"))


def _has_copy(asked: RightsRequest) -> bool:
    return asked.kind in COPIES and asked.contact_id is not None and bool(asked.identity)


def _entities(staff: StaffMember) -> QuerySet[LegalEntity]:
    entities = LegalEntity.objects.order_by("name", "pk")
    return narrow(entities, staff=staff, organisation="organisation", legal_entity="pk")


def _stranger(said: dict[str, Any], staff: StaffMember) -> receiving.NewRequest:
    return receiving.NewRequest(
        legal_entity=said["legal_entity"],
        kind=RightsRequest.Kind(said["kind"]),
        source=Source(said["source"]),
        language=said["legal_entity"].language,
        words=said["words"],
        staff_id=staff.pk,
    )


def _others_with(asked: RightsRequest) -> int:
    """How many others hold an address of this person: it is blocked for them too."""
    own = ContactPoint.objects.filter(contact=asked.contact_id, invalid_at__isnull=True)
    holders = ContactPoint.objects.filter(organisation=asked.organisation_id, value__in=own.values("value"))
    return holders.exclude(contact=asked.contact_id).values("contact").distinct().count()
