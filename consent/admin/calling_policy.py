import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import IN_FORCE, OVER, TO_COME, Look
from consent.admin.fields import SeveralChoicesField
from consent.admin.hours_preview import preview
from consent.admin.policy import IN_THE_PAST, AdoptedAdmin, Said, in_words
from consent.domain import calling_policies
from consent.domain.calling_policies import local_day
from consent.domain.house_policies import Ending
from consent.domain.rulebook.calling_hours import CEILING
from consent.models import CallingPolicy, OptionalDay, Weekday
from customers.admin.scope import ScopedRelatedFilter
from customers.models import StaffMember

LOOSENS = _("Calls are allowed from %(opens)s to %(closes)s at most: a policy can only narrow that.")
IN_WORDS = {
    name: f"{name}_shown" for name in ("opens", "closes", "weekdays", "closed_holidays", "closed_dates")
}


class DatesField(forms.CharField):
    """Dates, one on each line."""

    widget = forms.Textarea

    def __init__(self, *, base_field: Any = None, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "widget": forms.Textarea(attrs={"rows": 4, "cols": 16})})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{day:%Y-%m-%d}" for day in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        return sorted({self.read(line) for line in lines})

    def read(self, line: str) -> datetime.date:
        try:
            day = parse_date(line)
        except ValueError:
            day = None
        if day is None:
            raise forms.ValidationError(_("“%s” is no date: write it as 2026-12-31.") % line)
        return day


class CallingPolicyForm(forms.ModelForm[CallingPolicy]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_from_date" in self.fields:
            self.fields["valid_from_date"].required = False
            self.fields["valid_from_date"].help_text = _("Empty: today. It cannot begin in the past.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        entity = cleaned.get("legal_entity")
        today = local_day(legal_entity=entity, at=timezone.now()) if entity else timezone.localdate()
        starts, ends = cleaned.get("valid_from_date"), cleaned.get("valid_until_date")
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        widest = {"opens": f"{CEILING.opens:%H:%M}", "closes": f"{CEILING.closes:%H:%M}"}
        if starts and starts < today:
            self.add_error("valid_from_date", IN_THE_PAST)
        if ends and ends < (starts or today):
            self.add_error("valid_until_date", _("The last day comes after the first."))
        if opens and opens < CEILING.opens:
            self.add_error("opens", LOOSENS % widest)
        if closes and closes > CEILING.closes:
            self.add_error("closes", LOOSENS % widest)
        return cleaned


@admin.register(CallingPolicy)
class CallingPolicyAdmin(AdoptedAdmin[CallingPolicy]):
    form = CallingPolicyForm
    place = 7
    change_form_template = "admin/calling_policy_change_form.html"
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    list_display = (
        "legal_entity",
        "state",
        "hours_shown",
        "weekdays_shown",
        "maximum_attempts",
        "valid_from_date",
        "valid_until_date",
    )
    list_filter = (("legal_entity", ScopedRelatedFilter),)
    list_select_related = ("legal_entity", "decided_by")
    date_hierarchy = "valid_from_date"
    search_fields = ("reason", "legal_entity__name")
    ordering = ("-valid_from_date", "-pk")
    fieldsets = (
        (_("Whose calls"), {"fields": ("legal_entity", "reason")}),
        (_("Hours"), {"fields": ("opens", "closes")}),
        (_("Days"), {"fields": ("weekdays", "closed_holidays", "closed_dates")}),
        (_("How often"), {"fields": ("maximum_attempts", "days_between_attempts")}),
        (_("From when to when"), {"fields": ("valid_from_date", "valid_until_date")}),
    )
    introduction = _(
        "A calling policy narrows the hours and days of the law for one legal entity, never widens them. "
        "Several together: the narrowest holds. It cannot be changed afterwards: end it and add another, so "
        "that questions about the past use what held then. Without one the hours of the law hold, and one "
        "person is tried three times at most, on different days."
    )
    end_explained = _(
        "It counts until the end of today. From tomorrow only the law and your other policies hold."
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, ArrayField):
            kwargs["form_class"] = DatesField if db_field.name == "closed_dates" else SeveralChoicesField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: CallingPolicy | None = None) -> Any:
        return in_words(super().get_fieldsets(request, obj), IN_WORDS if obj else {})

    def get_readonly_fields(self, request: HttpRequest, obj: CallingPolicy | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *IN_WORDS.values()) if obj else ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        policy = kwargs.get("obj")
        if policy is not None:
            now = timezone.now()
            today = local_day(legal_entity=policy.legal_entity, at=now)
            first = max(today, policy.valid_from_date)
            context["preview"] = preview(legal_entity_id=policy.legal_entity_id, first=first, now=now)
        return super().render_change_form(request, context, *args, **kwargs)

    def decide(self, row: CallingPolicy, said: Said, by: StaffMember, at: datetime.datetime) -> None:
        row.valid_from_date = said["valid_from_date"] or local_day(legal_entity=row.legal_entity, at=at)
        calling_policies.adopt_calling_policy(policy=row, decided_by=by, decided_at=at)

    def end(self, row: CallingPolicy, ending: Ending) -> None:
        calling_policies.end_calling_policy(policy=row, ending=ending)

    def is_open(self, row: CallingPolicy, now: datetime.datetime) -> bool:
        today = local_day(legal_entity=row.legal_entity, at=now)
        return row.ended_at is None and (row.valid_until_date is None or row.valid_until_date > today)

    def look_of(self, row: CallingPolicy, now: datetime.datetime) -> Look:
        today = local_day(legal_entity=row.legal_entity, at=now)
        ended = local_day(legal_entity=row.legal_entity, at=row.ended_at) if row.ended_at else None
        if any(day and day < max(today, row.valid_from_date) for day in (row.valid_until_date, ended)):
            return OVER
        return TO_COME if row.valid_from_date > today else IN_FORCE

    @admin.display(description=_("hours"), ordering="opens")
    def hours_shown(self, policy: CallingPolicy) -> str:
        return f"{policy.opens:%H:%M}-{policy.closes:%H:%M}"

    @admin.display(description=_("from"))
    def opens_shown(self, policy: CallingPolicy) -> str:
        return f"{policy.opens:%H:%M}"

    @admin.display(description=_("until"))
    def closes_shown(self, policy: CallingPolicy) -> str:
        return f"{policy.closes:%H:%M}"

    @admin.display(description=_("days"))
    def weekdays_shown(self, policy: CallingPolicy) -> str:
        return ", ".join(str(Weekday(day).label) for day in sorted(policy.weekdays))

    @admin.display(description=_("also closed on"))
    def closed_holidays_shown(self, policy: CallingPolicy) -> str:
        return ", ".join(str(OptionalDay(day).label) for day in policy.closed_holidays)

    @admin.display(description=_("other closed days"))
    def closed_dates_shown(self, policy: CallingPolicy) -> str:
        return ", ".join(date_format(day) for day in policy.closed_dates)
