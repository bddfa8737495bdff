import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_stubs_ext import StrPromise

from consent.admin.badge import IN_FORCE, LIFTED, OVER, STANDS, TO_COME, Look, badge
from consent.admin.fields import DateWidget, MomentWidget, TimeWidget
from consent.domain import days_of_mourning, house_policies
from consent.domain.house_policies import Ending
from consent.models import DayOfMourning, HousePolicy
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.models import StaffMember
from customers.staff_site import PERMISSION

Said = Mapping[str, Any]
LONGEST_REASON = 300
Adopted = TypeVar("Adopted", bound=models.Model)


class AdoptedAdmin(ScopedAdmin[Adopted]):
    """Rows that are added and ended, never overwritten: an answer about the past uses what held then."""

    area = Area.POLICIES
    job = PERMISSION
    actions = None
    formfield_overrides = {
        models.DateTimeField: {"widget": MomentWidget},
        models.DateField: {"widget": DateWidget},
        models.TimeField: {"widget": TimeWidget},
    }
    change_form_template = "admin/policy_change_form.html"
    change_list_template = "admin/policy_change_list.html"
    decided_fields: ClassVar[tuple[str, ...]] = (
        "state",
        "decided_by",
        "decided_at",
        "ended_at",
        "ended_by",
        "ended_because",
    )
    introduction: ClassVar[StrPromise]
    end_label: ClassVar[StrPromise] = _("End this policy")
    end_explained: ClassVar[StrPromise]
    ended: ClassVar[StrPromise] = _("Ended.")
    too_late: ClassVar[StrPromise] = _("Nothing to end: it was over already.")

    def has_change_permission(self, request: HttpRequest, obj: Adopted | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Adopted]:
        related = self.list_select_related
        return super().get_queryset(request).select_related(*related if isinstance(related, tuple) else ())

    def get_fieldsets(self, request: HttpRequest, obj: Adopted | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, (_("Decision"), {"fields": self.decided_fields})] if obj else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Adopted | None = None) -> tuple[str, ...]:
        return self.decided_fields if obj else ()

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_end"
        end = self.admin_site.admin_view(require_POST(self.end_view))
        return [path("<path:object_id>/end/", end, name=name), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Adopted, form: Any, change: bool) -> None:  # noqa: FBT001
        self.decide(obj, form.cleaned_data, staff_of(request), timezone.now())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        may_set = has_duty(staff=staff_of(request), duty=Duty.SET_POLICY)
        context["introduction"] = self.introduction
        context["may_end"] = may_set and row is not None and self.is_open(row, timezone.now())
        context["end_label"], context["end_explained"] = self.end_label, self.end_explained
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "introduction": self.introduction})

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, Duty.SET_POLICY)
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        try:
            because = request.POST.get("because", "").strip()[:LONGEST_REASON]
            self.end(row, Ending(ended_by=staff_of(request), ended_because=because, ended_at=timezone.now()))
        except house_policies.EndNotExplainedError:
            messages.error(request, _("Not ended. Say why you end it."))
        except (house_policies.PolicyEndedError, days_of_mourning.DayPassedError):
            messages.info(request, self.too_late)
        else:
            self.log_change(request, row, [])
            messages.success(request, self.ended)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))

    @admin.display(description=_("state"))
    def state(self, row: Adopted) -> str:
        return badge(self.look_of(row, timezone.now()))

    def decide(self, row: Adopted, said: Said, by: StaffMember, at: datetime.datetime) -> None:
        raise NotImplementedError

    def end(self, row: Adopted, ending: Ending) -> None:
        raise NotImplementedError

    def is_open(self, row: Adopted, now: datetime.datetime) -> bool:
        raise NotImplementedError

    def look_of(self, row: Adopted, now: datetime.datetime) -> Look:
        raise NotImplementedError


def in_words(fieldsets: Any, names: Mapping[str, str]) -> Any:
    """The same fieldsets, with some fields shown by a method of the page."""
    return [
        (title, {**options, "fields": [names.get(name, name) for name in options["fields"]]})
        for title, options in fieldsets
    ]


class HousePolicyForm(forms.ModelForm[HousePolicy]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_from_at" in self.fields:
            self.fields["valid_from_at"].required = False
            self.fields["valid_from_at"].help_text = _("Empty: from now on. It cannot begin in the past.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        now = timezone.now()
        starts, ends = cleaned.get("valid_from_at"), cleaned.get("valid_until_at")
        entity, purpose = cleaned.get("legal_entity"), cleaned.get("purpose")
        if starts and starts < now:
            self.add_error("valid_from_at", IN_THE_PAST)
        if ends and ends <= (starts or now):
            self.add_error("valid_until_at", _("A policy ends after it begins."))
        if entity and purpose and purpose.organisation_id != entity.organisation_id:
            self.add_error("purpose", _("This purpose belongs to another organisation."))
        return cleaned


SCOPE = {"purpose": "purpose_shown", "channel": "channel_shown"}
IN_THE_PAST = _("A policy cannot begin in the past: what was answered before stays as it was.")


@admin.register(HousePolicy)
class HousePolicyAdmin(AdoptedAdmin[HousePolicy]):
    form = HousePolicyForm
    place = 6
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    list_display = (
        "forbids",
        "state",
        "legal_entity",
        "purpose_shown",
        "channel_shown",
        "valid_from_at",
        "valid_until_at",
    )
    list_filter = ("forbids", "channel", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity", "purpose", "decided_by")
    date_hierarchy = "valid_from_at"
    search_fields = ("reason", "purpose__code", "legal_entity__name")
    ordering = ("-valid_from_at", "-pk")
    fieldsets = (
        (_("For what contact"), {"fields": ("legal_entity", "purpose", "channel")}),
        (_("What it forbids"), {"fields": ("forbids", "reason")}),
        (_("From when to when"), {"fields": ("valid_from_at", "valid_until_at")}),
    )
    introduction = _(
        "A house policy makes you stricter than the law, never less strict. It cannot be changed afterwards: "
        "end it and add another. Questions about the past use the policy that held then."
    )
    end_explained = _("It stops counting at once. Contact that the law allows is then possible again.")

    def get_fieldsets(self, request: HttpRequest, obj: HousePolicy | None = None) -> Any:
        return in_words(super().get_fieldsets(request, obj), SCOPE if obj else {})

    def get_readonly_fields(self, request: HttpRequest, obj: HousePolicy | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *SCOPE.values()) if obj else ()

    @admin.display(description=_("purpose"), ordering="purpose")
    def purpose_shown(self, policy: HousePolicy) -> str:
        return str(policy.purpose or _("Every purpose"))

    @admin.display(description=_("channel"), ordering="channel")
    def channel_shown(self, policy: HousePolicy) -> str:
        return str(policy.get_channel_display() or _("Every channel"))

    def decide(self, row: HousePolicy, said: Said, by: StaffMember, at: datetime.datetime) -> None:
        row.valid_from_at = said["valid_from_at"] or at
        house_policies.adopt_house_policy(policy=row, decided_by=by, decided_at=at)

    def end(self, row: HousePolicy, ending: Ending) -> None:
        house_policies.end_house_policy(policy=row, ending=ending)

    def is_open(self, row: HousePolicy, now: datetime.datetime) -> bool:
        return row.ended_at is None and (row.valid_until_at is None or row.valid_until_at > now)

    def look_of(self, row: HousePolicy, now: datetime.datetime) -> Look:
        if not self.is_open(row, now):
            return OVER
        return TO_COME if row.valid_from_at > now else IN_FORCE


class DayOfMourningForm(forms.ModelForm[DayOfMourning]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = {name: cleaned.get(name) for name in ("organisation", "country", "date")}
        if all(named.values()) and DayOfMourning.objects.filter(ended_at__isnull=True, **named).exists():
            self.add_error("date", _("This day is there already."))
        return cleaned


@admin.register(DayOfMourning)
class DayOfMourningAdmin(AdoptedAdmin[DayOfMourning]):
    form = DayOfMourningForm
    place = 8
    list_display = ("date", "name", "country", "state", "organisation")
    list_filter = ("country", ("organisation", ScopedRelatedFilter))
    list_select_related = ("organisation", "decided_by")
    date_hierarchy = "date"
    search_fields = ("name", "source")
    ordering = ("-date", "-pk")
    fieldsets = (
        (_("Which day"), {"fields": ("organisation", "country", "date", "name")}),
        (_("Source"), {"fields": ("source",)}),
    )
    introduction = _(
        "On a national day of mourning nobody in that country is called (Code Telemarketing 2024). The "
        "government announces it, so it is entered here by hand. Public holidays need no entry: they are "
        "computed."
    )
    end_label = _("Take this day back")
    end_explained = _("Only for a mistake, and only before the day begins. Calls are then possible again.")
    ended = _("Taken back.")
    too_late = _("Not taken back: the day has begun, or it was taken back before.")

    def decide(self, row: DayOfMourning, said: Said, by: StaffMember, at: datetime.datetime) -> None:
        days_of_mourning.declare_day_of_mourning(day=row, decided_by=by, decided_at=at)

    def end(self, row: DayOfMourning, ending: Ending) -> None:
        today = timezone.localdate(ending.ended_at)
        days_of_mourning.take_back_day_of_mourning(day=row, today=today, ending=ending)

    def is_open(self, row: DayOfMourning, now: datetime.datetime) -> bool:
        return row.ended_at is None and row.date > timezone.localdate(now)

    def look_of(self, row: DayOfMourning, now: datetime.datetime) -> Look:
        return LIFTED if row.ended_at else STANDS
