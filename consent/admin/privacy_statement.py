from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from consent.admin.badge import badge
from consent.admin.fields import in_words
from consent.admin.notice import VersionAdmin
from consent.admin.privacy_statement_forms import PublishForm, StatementForm, field_of
from consent.admin.privacy_statement_states import StateFilter, look_of, with_state
from consent.admin.telling import outcomes
from consent.domain.notices import AlreadyPublishedError
from consent.domain.privacy import announcing, publishing, suggesting
from consent.domain.privacy.checking import check_statement
from consent.domain.privacy.comparing import compare_versions
from consent.domain.privacy.editions import Edition, read_statement
from consent.domain.privacy.parts import text_of
from consent.models import PrivacyStatementVersion, StatementPart, StatementQuerySet
from consent.tasks import wake_job
from customers.admin.scope import ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Duty, has_duty
from customers.models import Language

Version = PrivacyStatementVersion
OVERTAKEN = _(
    "Not published: a later version is in force or to come. Make a new version of that one, or withdraw the "
    "one that is to come."
)
IN_FORCE = _("Published. From now on this is the statement in force.")
TO_COME = _("Published. It comes into force on %(day)s; until then people read that it is coming.")


@admin.register(PrivacyStatementVersion)
class PrivacyStatementVersionAdmin(VersionAdmin[Version]):
    form = StatementForm
    owner_field = "legal_entity"
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    change_form_template = "admin/statement_change_form.html"
    list_display = ("legal_entity", "number", "state", "is_material", "wording_shown", "published_at")
    list_filter = (StateFilter, "is_material", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity",)
    date_hierarchy = "published_at"
    search_fields = ("legal_entity__name", "wording", "parts", "change_summary")
    ordering = ("legal_entity", "-number", "-pk")
    fieldsets = (
        (_("Whose"), {"fields": ("legal_entity", "number")}),
        (_("What people read first"), {"fields": ("wording",)}),
        (_("The parts"), {"fields": tuple(field_of(part) for part in StatementPart)}),
        (_("What changes"), {"fields": ("change_summary",)}),
        (_("State"), {"fields": ("published_at", "withdrawn_at", "is_material", "content_hash")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Version | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), "withdrawn_at", "is_material")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Version]:
        return with_state(super().get_queryset(request), timezone.now())

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "publish": self.publish_view,
            "preview": require_safe(self.preview_view),
            "compare": require_safe(self.compare_view),
            "suggest": require_POST(self.suggest_view),
            "announce": self.announce_view,
            "withdraw": self.withdraw_view,
        }
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"consent_privacystatementversion_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Version | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        told: dict[Any, Any] = {
            field_of(part): part_in_words(part)
            for part in StatementPart
            if any(text_of(version=obj, part=part).values())
        }
        left_out = {field_of(part) for part in StatementPart} - told.keys()
        return [
            (title, {"fields": [told.get(name, name) for name in options["fields"] if name not in left_out]})
            for title, options in fieldsets
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        version = kwargs.get("obj")
        if version is not None and version.published_at is None:
            context["check"] = check_statement(version=version, at=timezone.now())
            context["may_suggest"] = self.has_change_permission(request, version)
        elif version is not None and version.withdrawn_at is None and not version.is_replaced:
            context["check_in_force"] = check_statement(version=version, at=timezone.now())
            context["may_announce"] = version.is_material and may_publish(request)
            context["may_withdraw"] = version.is_coming and may_publish(request)
        if version is not None and version.is_material:
            context["announcement"] = announcing.find_announcement(version=version)
        return super().render_change_form(request, context, *args, **kwargs)

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows what is missing, what to look at and what changes; the officer publishes from there."""
        version = self.find(request, object_id)
        if request.method == "POST":
            require(request, Duty.PUBLISH_WORDING)
        form = PublishForm(request.POST or None, instance=version)
        if request.method == "POST" and form.is_valid() and self.published(request, version, form):
            return self.back_to(version)
        now = timezone.now()
        before = in_force_before(version)
        context = {
            "version": version,
            "form": form,
            "check": check_statement(version=version, at=now),
            "before": before,
            "compared": compared(before, version),
            "followers": publishing.forms_to_follow(version=version).order_by("code"),
            "may_publish": version.published_at is None and may_publish(request),
        }
        return self.page(request, "admin/statement_publish.html", title=_("Check and publish"), **context)

    def published(self, request: HttpRequest, version: Version, form: PublishForm) -> bool:
        begin, day = form.in_force_at, form.cleaned_data["in_force_date"]
        told = TO_COME % {"day": date_format(day)} if day else IN_FORCE
        try:
            publishing.publish_privacy_statement(
                version=version, published_at=begin or timezone.now(), change=form.change
            )
        except publishing.StatementRefusedError as error:
            form.add_error(None, _("Not published. Mend this first."))
            for finding in error.findings:
                form.add_error(None, finding.sentence)
        except publishing.OvertakenError:
            form.add_error(None, OVERTAKEN)
        except AlreadyPublishedError:
            messages.info(request, _("This version was published before."))
            return True
        else:
            self.log_change(request, version, [])
            messages.success(request, told)
            return True
        return False

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page as people will see it, in a language of choice; nobody else can open it."""
        version = self.find(request, object_id)
        language = chosen_language(request)
        context = {
            "preview": version,
            "languages": Language.choices,
            "entity": version.legal_entity,
            "edition": Edition(version=version, until=None),
            "language": language,
            "hide_languages": True,
            "preferences_url": "/preferences/",
        }
        with translation.override(language):
            context |= {
                "page_title": translation.gettext("Privacy statement"),
                "statement": read_statement(version=version, language=language),
            }
            return TemplateResponse(request, "consent/statement/page.html", context).render()

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self.find(request, object_id)
        others = siblings(version).exclude(pk=version.pk).order_by("-number")
        number = request.GET.get("with", "")
        before = get_object_or_404(others, number=number) if number.isdecimal() else in_force_before(version)
        before = before or others.first()
        context = {
            "version": version,
            "others": others,
            "before": before,
            "compared": compared(before, version),
        }
        return self.page(request, "admin/statement_compare.html", title=_("Compare versions"), **context)

    def suggest_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Only what is empty is filled in; a text somebody wrote stays."""
        version = self.find(request, object_id)
        if not self.has_change_permission(request, version):
            raise PermissionDenied
        suggesting.fill_in(version=version, at=timezone.now())
        messages.success(
            request, _("What was empty is filled in. Read it: only you know whether it is true.")
        )
        return self.back_to(version)

    def announce_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows how many people would be told, and who not; the officer starts it from there."""
        staff = require(request, Duty.PUBLISH_WORDING)
        version, now = self.find(request, object_id), timezone.now()
        try:
            if request.method == "POST":
                job = announcing.start_announcement(version=version, started_by=staff, now=now)
                wake_job(job_id=job.pk)
                self.log_change(request, version, [])
                return redirect("admin:consent_job_change", job.pk)
            expected = announcing.forecast(version=version, now=now)
        except announcing.NotToAnnounceError:
            messages.error(request, _("Only a material change that is in force or to come is announced."))
            return self.back_to(version)
        context = {
            "version": version,
            "expected": expected,
            "outcomes": outcomes(expected),
            "told": [(code, name, version.change_summary[code]) for code, name in Language.choices],
            "changes_path": announcing.changes_path(version=version),
            "announcement": announcing.find_announcement(version=version),
        }
        return self.page(request, "admin/statement_announce.html", title=_("Announce the change"), **context)

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Says what withdrawing does; what is in force stays, and nobody is told again by itself."""
        require(request, Duty.PUBLISH_WORDING)
        version, now = self.find(request, object_id), timezone.now()
        try:
            publishing.refuse_to_withdraw(version=version, at=now)
            if request.method == "POST":
                publishing.withdraw_privacy_statement(version=version, withdrawn_at=now)
                self.log_change(request, version, [])
                messages.success(request, _("Withdrawn. It does not come into force."))
                return self.back_to(version)
        except publishing.TooLateToWithdrawError:
            messages.error(request, _("Only a version that is still to come can be withdrawn."))
            return self.back_to(version)
        context = {"version": version, "told": version.announcements.count()}
        return self.page(
            request, "admin/statement_withdraw.html", title=_("Withdraw this version"), **context
        )

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, whole)

    @admin.display(description=_("state"), ordering="published_at")
    def state(self, version: Any) -> str:
        return badge(look_of(version))


def may_publish(request: HttpRequest) -> bool:
    return has_duty(staff=staff_of(request), duty=Duty.PUBLISH_WORDING)


def siblings(version: Version) -> StatementQuerySet:
    return Version.objects.filter(legal_entity=version.legal_entity_id).select_related("legal_entity")


def in_force_before(version: Version) -> Version | None:
    """What this version takes, or took, the place of."""
    published = siblings(version).standing().exclude(pk=version.pk)
    if version.published_at is not None:
        published = published.filter(published_at__lt=version.published_at)
    return published.order_by("-published_at").first()


def compared(before: Version | None, after: Version) -> list[tuple[str, Any, Any]]:
    """The changes in each language, with its code and its name."""
    if before is None:
        return []
    return [
        (code, name, compare_versions(before=before, after=after, language=code))
        for code, name in Language.choices
    ]


def chosen_language(request: HttpRequest) -> str:
    wanted = request.GET.get("language") or (get_language() or "")[:2]
    return wanted if wanted in Language.values else Language.NL


def part_in_words(part: StatementPart) -> Callable[[Version], str]:
    return in_words(part.value, part.label, lambda version: text_of(version=version, part=part))
