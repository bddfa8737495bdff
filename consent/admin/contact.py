from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.act_calls import Given
from consent.admin.acts import ACT_BY_SLUG, ACTS, ContactAct
from consent.admin.contact_form import ContactForm
from consent.admin.erase_selected import erase_selected
from consent.admin.evidence_export import show_export
from consent.admin.evidence_selection import export_selected
from consent.admin.staff_act import looked_page, may_watch
from consent.admin.story import entities_of, story_of
from consent.admin.story_answers import ask_all, matrix_of
from consent.domain.link_requests import read_candidates
from consent.domain.notifying.writing import tell_of_correction
from consent.models import DataKind
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, ScopedTabularInline, require, staff_of
from customers.admin.scope import entities_of as legal_entities_of
from customers.domain.addresses import AddressNotUsableError
from customers.domain.countries import name_country
from customers.domain.staff import Area, Duty, Right, has_duty, rights_of
from customers.domain.standings import keep_standing
from customers.models import Contact, ContactPoint, FormerStanding
from customers.staff_site import PEOPLE, StaffSite


class FormerStandingInline(ScopedTabularInline[FormerStanding]):
    """What held before, for who reads an answer about the past."""

    area = Area.PEOPLE
    model = FormerStanding
    ordering = ("-replaced_at", "-pk")
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


NAMES = {"given_name", "family_name", "organisation_name"}


@admin.register(Contact)
class ContactAdmin(ScopedAdmin[Contact]):
    """The page of a contact is its story; who they are is changed on a page behind it."""

    area = Area.PEOPLE
    job = PEOPLE
    place = 1
    list_display = ("__str__", "kind", "legal_form", "country_name", "language", "created_at", "erased_at")
    list_filter = (
        "kind",
        "legal_form",
        "language",
        ("organisation", ScopedRelatedFilter),
        ("erased_at", admin.EmptyFieldListFilter),
    )
    date_hierarchy = "created_at"
    search_fields = ("given_name", "family_name", "organisation_name", "=points__value", "=id")
    search_help_text = _("Name, whole e-mail address or phone number, or key.")
    ordering = ("-created_at", "-pk")

    form = ContactForm
    actions = (erase_selected, export_selected)

    class Media:
        js = ("admin_theme/labels.js",)

    autocomplete_fields = ("representative",)
    fieldsets = (
        (
            _("Who"),
            {"fields": ("organisation", "kind", "given_name", "family_name", "organisation_name")},
        ),
        (
            _("What decides the rules"),
            {"fields": ("legal_form", "country", "birth_date", "representative", "holds_since")},
        ),
        (_("How we write"), {"fields": ("language",)}),
    )

    @admin.display(description=_("country"), ordering="country")
    def country_name(self, contact: Contact) -> str:
        return name_country(code=contact.country)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contact], search_term: str
    ) -> tuple[QuerySet[Contact], bool]:
        """An address is found in any notation; what is none, or nobody's, is searched as words."""
        by_address = queryset.filter(pk__in=_holders(search_term))
        if by_address.exists():
            return by_address, False
        return super().get_search_results(request, queryset, search_term)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        staff = staff_of(request)
        return has_duty(staff=staff, duty=Duty.ANSWER_REQUEST) and not legal_entities_of(staff)

    def get_inlines(self, request: HttpRequest, obj: Contact | None = None) -> list[Any]:
        return [FormerStandingInline] if obj and obj.former_standings.exists() else []

    def has_export_permission(self, request: HttpRequest) -> bool:
        return has_duty(staff=staff_of(request), duty=Duty.EXPORT_EVIDENCE)

    def get_readonly_fields(self, request: HttpRequest, obj: Contact | None = None) -> tuple[str, ...]:
        return ("organisation",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        return super().has_change_permission(request) and (obj is None or obj.erased_at is None)

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, "customers_contact"
        return [
            path("<path:object_id>/change/", site.admin_view(self.story_view), name=f"{name}_change"),
            path("<path:object_id>/details/", site.admin_view(self.details_view), name=f"{name}_details"),
            path("<path:object_id>/evidence/", site.admin_view(self.export_view), name=f"{name}_evidence"),
            path("<path:object_id>/looked/", site.admin_view(self.looked_view), name=f"{name}_looked"),
            path("<path:object_id>/do/<slug:slug>/", site.admin_view(self.act_view), name=f"{name}_act"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:  # noqa: FBT001
        now = timezone.now()
        if not change:
            obj.created_at = now
        elif form.changes_standing:
            keep_standing(contact_id=obj.pk, replaced_at=now, held_until_at=form.held_until_at)
        super().save_model(request, obj, form, change)
        if change and NAMES & set(form.changed_data):
            tell_of_correction(contact=obj, corrected=[DataKind.NAMES], occurred_at=now)

    def story_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        contact, staff = self.find(request, object_id), staff_of(request)
        page, now = request.GET.get("page", "1"), timezone.now()
        entities = list(entities_of(contact=contact, staff=staff))
        answers = ask_all(contact=contact, legal_entities=entities, now=now)
        story = story_of(contact=contact, staff=staff, answers=answers, page=page)
        context = {
            **self.admin_site.each_context(request),
            "title": str(contact),
            "opts": self.opts,
            "story": story,
            "answers": matrix_of(contact=contact, answers=answers),
            "acts": [act for act in ACTS if has_duty(staff=staff, duty=act.duty) and act.applies(story)],
            "panels": [panel for tell in StaffSite.on_contact if (panel := tell(request, contact))],
            "may_change": self.has_change_permission(request, contact),
            "may_open_events": Right.VIEW in rights_of(staff=staff, area=Area.LEDGER),
            "may_export": has_duty(staff=staff, duty=Duty.EXPORT_EVIDENCE),
            "may_watch": may_watch(request),
            "may_open_notifications": Right.VIEW in rights_of(staff=staff, area=Area.PROCESSORS),
            "may_open_messages": Right.VIEW in rights_of(staff=staff, area=Area.MESSAGES),
        }
        return TemplateResponse(request, "admin/contact_story.html", context)

    def details_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.change_view(request, object_id)

    def response_post_save_change(self, request: HttpRequest, obj: Contact) -> HttpResponseRedirect:
        return self.back_to(obj)

    def response_post_save_add(self, request: HttpRequest, obj: Contact) -> HttpResponseRedirect:
        return self.back_to(obj)

    def act_view(self, request: HttpRequest, object_id: str, slug: str) -> HttpResponse:
        act = ACT_BY_SLUG.get(slug)
        if act is None:
            raise Http404
        staff, contact = require(request, act.duty), self.find(request, object_id)
        form = act.form(request.POST or None, contact=contact, staff=staff)
        if request.method == "POST" and form.is_valid() and self.done(request, act, form):
            return self.back_to(contact)
        context = {
            **self.admin_site.each_context(request),
            "title": act.title,
            "opts": self.opts,
            "contact": contact,
            "act": act,
            "form": form,
        }
        return TemplateResponse(request, "admin/contact_act.html", context)

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        staff, contact = require(request, Duty.EXPORT_EVIDENCE), self.find(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export the evidence"),
            "opts": self.opts,
        }
        return show_export(request, contact=contact, staff=staff, context=context)

    def looked_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return looked_page(self, request, self.find(request, object_id))

    def done(self, request: HttpRequest, act: ContactAct, form: Any) -> bool:
        given = Given(contact=form.contact, staff=form.staff, said=form.cleaned_data, now=timezone.now())
        try:
            act.perform(given)
        except tuple(act.refusals) as refusal:
            form.add_error(None, act.refusals[type(refusal)])
            return False
        messages.success(request, act.done)
        return True

    def find(self, request: HttpRequest, object_id: str) -> Contact:
        contact = self.get_object(request, unquote(object_id))
        if contact is None:
            raise Http404
        if not self.has_view_permission(request, contact):
            raise PermissionDenied
        return contact

    def back_to(self, contact: Contact) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:customers_contact_change", args=[contact.pk]))


def _holders(typed: str) -> QuerySet[ContactPoint, Any]:
    try:
        values = [address.value for address in read_candidates(text=typed)]
    except AddressNotUsableError:
        values = []
    return ContactPoint.objects.filter(value__in=values).values("contact")
