from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.api_key_forms import MakeKeyForm, RotateKeyForm
from consent.admin.badge import badge, key_look
from consent.domain import api_keys
from consent.domain.api_keys import MadeKey
from consent.models import ApiKey, Scope
from customers.admin.scope import ReadOnlyAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.models import LegalEntity
from customers.staff_site import SETTINGS


class StateFilter(admin.SimpleListFilter):
    """Keys that open something now, or no longer."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("valid", _("Valid")), ("ended", _("Expired or revoked"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        valid = {"revoked_at__isnull": True, "expires_at__gt": timezone.now()}
        if self.value() == "valid":
            return queryset.filter(**valid)
        return queryset.exclude(**valid) if self.value() == "ended" else queryset


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin[ApiKey]):
    """Keys are made, rotated and revoked; nothing else about them ever changes."""

    area = Area.API_KEYS
    job = SETTINGS
    legal_entity_path = "legal_entity"
    change_form_template = "admin/api_key_change_form.html"
    list_display = (
        "name",
        "legal_entity",
        "state",
        "scopes_shown",
        "prefix",
        "expires_at",
        "last_used_at",
        "created_at",
    )
    list_filter = (StateFilter, ("legal_entity", ScopedRelatedFilter))
    list_select_related = ("legal_entity",)
    date_hierarchy = "expires_at"
    search_fields = ("name", "=prefix")
    ordering = ("-created_at", "-pk")
    readonly_fields = ("state", "scopes_shown")
    fieldsets = (
        (_("Which key"), {"fields": ("name", "legal_entity", "scopes_shown", "prefix")}),
        (
            _("From when to when"),
            {"fields": ("state", "created_at", "created_by", "expires_at", "last_used_at", "revoked_at")},
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, "consent_apikey"
        return [
            path("<path:object_id>/rotate/", site.admin_view(self.rotate_view), name=f"{name}_rotate"),
            path("<path:object_id>/revoke/", site.admin_view(self.revoke_view), name=f"{name}_revoke"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return has_duty(staff=staff_of(request), duty=Duty.MANAGE_API_KEYS)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        valid = kwargs["obj"].state_at(timezone.now()) == ApiKey.State.VALID
        context["may_manage"] = valid and has_duty(staff=staff_of(request), duty=Duty.MANAGE_API_KEYS)
        return super().render_change_form(request, context, *args, **kwargs)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        staff = require(request, Duty.MANAGE_API_KEYS)
        form = MakeKeyForm(request.POST or None, entities=self.entities_for(request))
        if request.method == "POST" and form.is_valid():
            made = api_keys.make_key(wanted=form.wanted(), made_by=staff, made_at=timezone.now())
            return self.show_once(request, made)
        title, lead = _("Make an API key"), _("A key lets one program ask for one legal entity.")
        return self.page(request, "act", title=title, lead=lead, form=form, button=_("Make the key"))

    def rotate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        staff = require(request, Duty.MANAGE_API_KEYS)
        key = self.find_valid(request, object_id)
        form = RotateKeyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            made = api_keys.rotate(
                key=key,
                days=form.cleaned_data["days"],
                overlap=form.overlap(),
                rotated_by=staff,
                rotated_at=timezone.now(),
            )
            return self.show_once(request, made)
        lead = _("You get a new key that may do the same; the old one ends after the overlap.")
        button = _("Rotate the key")
        return self.page(request, "act", title=button, lead=lead, form=form, button=button, key=key)

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        require(request, Duty.MANAGE_API_KEYS)
        key = self.find_valid(request, object_id)
        if request.method == "POST":
            api_keys.revoke(key_id=key.pk, revoked_at=timezone.now())
            messages.success(request, _("The key is revoked: it opens nothing from now."))
            return HttpResponseRedirect(reverse("admin:consent_apikey_change", args=[key.pk]))
        lead = _("The program that uses it is refused at once. A revoked key never becomes valid again.")
        button = _("Revoke the key")
        return self.page(request, "act", title=button, lead=lead, button=button, key=key)

    def show_once(self, request: HttpRequest, made: MadeKey) -> HttpResponse:
        """The answer to the POST itself, so that the token is kept in no session (admin pages: no-store)."""
        self.log_addition(request, made.key, [])
        return self.page(request, "made", title=_("The key is made"), key=made.key, token=made.token)

    def page(self, request: HttpRequest, template: str, **context: object) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/api_key_{template}.html", {**shared, **context})

    def entities_for(self, request: HttpRequest) -> Any:
        return self.admin_site.get_model_admin(LegalEntity).get_queryset(request).order_by("name", "pk")

    def find_valid(self, request: HttpRequest, object_id: str) -> ApiKey:
        key = self.get_object(request, unquote(object_id))
        if key is None or key.state_at(timezone.now()) != ApiKey.State.VALID:
            raise Http404
        return key

    @admin.display(description=_("state"))
    def state(self, key: ApiKey) -> str:
        return badge(key_look(key.state_at(timezone.now())))

    @admin.display(description=_("what it may do"))
    def scopes_shown(self, key: ApiKey) -> str:
        return ", ".join(str(Scope(scope).label) for scope in key.scopes)
