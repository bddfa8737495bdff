import datetime
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from consent.admin.badge import DRAFT, PUBLISHED, badge
from consent.admin.fields import ReadableWordings
from consent.domain import notices
from consent.models import Notice, NoticeVersion, PrivacyStatementVersion, in_language
from customers.admin.scope import DraftAdmin, ScopedAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.staff_site import PERMISSION

Version = TypeVar("Version", NoticeVersion, PrivacyStatementVersion)


@admin.register(Notice)
class NoticeAdmin(ScopedAdmin[Notice]):
    area = Area.WORDING
    job = PERMISSION
    place = 4
    organisation_path = "legal_entity__organisation"
    legal_entity_path = "legal_entity"
    list_display = ("code", "legal_entity", "purpose", "channel", "versions_shown")
    list_filter = ("channel", ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity", "purpose")
    search_fields = ("code", "purpose__code", "legal_entity__name")
    ordering = ("legal_entity", "code", "pk")
    fieldsets = (
        (_("One permission"), {"fields": ("legal_entity", "purpose", "channel")}),
        (_("Name"), {"fields": ("code",)}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Notice]:
        return super().get_queryset(request).annotate(version_count=models.Count("versions"))

    def get_readonly_fields(self, request: HttpRequest, obj: Notice | None = None) -> tuple[str, ...]:
        return ("legal_entity", "purpose", "channel", "code") if obj else ()

    @admin.display(description=_("versions"), ordering="version_count")
    def versions_shown(self, notice: Any) -> int:
        return int(notice.version_count)


class VersionAdmin(ReadableWordings, DraftAdmin[Version]):
    """Drafts can be changed; a published version can only be copied."""

    area = Area.WORDING
    job = PERMISSION
    place = 5
    owner_field: ClassVar[str]
    change_form_template = "admin/version_change_form.html"
    readonly_fields = ("number", "content_hash", "published_at")

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, f"{self.opts.app_label}_{self.opts.model_name}"
        publish, copy = require_POST(self.publish_view), require_POST(self.copy_view)
        return [
            path("<path:object_id>/publish/", site.admin_view(publish), name=f"{name}_publish"),
            path("<path:object_id>/copy/", site.admin_view(copy), name=f"{name}_copy"),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Version | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, self.owner_field) if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            owner = {self.owner_field: getattr(obj, self.owner_field)}
            last = self.model.objects.filter(**owner).aggregate(number=models.Max("number"))
            obj.number = (last["number"] or 0) + 1
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        version = kwargs.get("obj")
        staff = staff_of(request)
        draft = version is not None and version.published_at is None
        context["may_publish"] = draft and has_duty(staff=staff, duty=Duty.PUBLISH_WORDING)
        context["may_copy"] = version is not None and self.has_add_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, Duty.PUBLISH_WORDING)
        version = self.find(request, object_id)
        try:
            self.publish(version, timezone.now())
        except notices.WordingMissingError as error:
            field: Any = self.opts.get_field(str(error))
            text = _("Not published: “%s” is not written in every language.")
            messages.error(request, text % field.verbose_name)
        except notices.AlreadyPublishedError:
            messages.info(request, _("This version was published before."))
        else:
            messages.success(request, _("Published. From now on nobody can change this wording."))
        return self.back_to(version)

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        draft = notices.new_version(version=self.find(request, object_id))
        messages.success(request, _("A new draft is made. Change it, then publish it."))
        return self.back_to(draft)

    def find(self, request: HttpRequest, object_id: str) -> Version:
        version = self.get_object(request, unquote(object_id))
        if version is None:
            raise Http404
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        return version

    def back_to(self, version: Version) -> HttpResponse:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[version.pk]))

    def publish(self, version: Version, published_at: datetime.datetime) -> None:
        raise NotImplementedError

    @admin.display(description=_("state"), ordering="published_at")
    def state(self, version: Version) -> str:
        return badge(PUBLISHED if version.published_at else DRAFT)

    @admin.display(description=_("wording"))
    def wording_shown(self, version: Version) -> str:
        return Truncator(in_language(version.wording, get_language() or "")).words(14)


@admin.register(NoticeVersion)
class NoticeVersionAdmin(VersionAdmin[NoticeVersion]):
    owner_field = "notice"
    organisation_path = "notice__legal_entity__organisation"
    legal_entity_path = "notice__legal_entity"
    list_display = ("notice", "number", "state", "wording_shown", "published_at")
    list_filter = (
        ("published_at", admin.EmptyFieldListFilter),
        ("notice__legal_entity", ScopedRelatedFilter),
        "notice__channel",
    )
    list_select_related = ("notice__legal_entity", "notice__purpose")
    date_hierarchy = "published_at"
    search_fields = ("notice__code", "wording")
    ordering = ("notice", "-number", "-pk")
    fieldsets = (
        (_("Which permission"), {"fields": ("notice", "number")}),
        (_("What people read"), {"fields": ("wording", "withdrawal")}),
        (_("State"), {"fields": ("published_at", "content_hash")}),
    )

    def publish(self, version: NoticeVersion, published_at: datetime.datetime) -> None:
        notices.publish_notice(version=version, published_at=published_at)
