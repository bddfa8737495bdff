from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from consent.admin.badge import badge, endpoint_look
from consent.admin.endpoint_forms import EndpointForm, RotateSecretForm
from consent.admin.fields import SeveralChoicesField
from consent.admin.shared_rows import is_theirs_alone, seen_by
from consent.domain.notifying import delivering, endpoints, secrets, writing
from consent.models import DeliveryAttempt, Endpoint, Notification
from customers.admin.scope import ScopedAdmin, ScopedRelatedFilter, require, staff_of
from customers.domain.staff import Area, Duty, has_duty
from customers.staff_site import PROOF

TRIES_SHOWN = 20


@admin.register(Endpoint)
class EndpointAdmin(ScopedAdmin[Endpoint]):
    """Who outside is told; one is not deleted but switched off, so that it stays known what it was told."""

    area = Area.PROCESSORS
    job = PROOF
    actions = None
    form = EndpointForm
    change_form_template = "admin/endpoint_change_form.html"
    list_display = ("name", "state", "processor", "method", "identify_by", "waiting", "dead", "last_told_at")
    list_filter = ("method", ("legal_entities", ScopedRelatedFilter), ("processor", ScopedRelatedFilter))
    list_select_related = ("processor",)
    date_hierarchy = "created_at"
    search_fields = ("name", "processor__name")
    ordering = ("name", "pk")
    formfield_overrides = {ArrayField: {"form_class": SeveralChoicesField}}
    fieldsets = (
        (_("Who is told"), {"fields": ("organisation", "name", "processor")}),
        (_("How"), {"fields": ("method", "url", "identify_by")}),
        (_("Of what"), {"fields": ("topics", "legal_entities", "purposes")}),
    )

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, "consent_endpoint"
        acts = (
            ("test", self.test_view),
            ("off", self.off_view),
            ("on", self.on_view),
            ("again", self.again_view),
        )
        return [
            path("<path:object_id>/secret/", site.admin_view(self.secret_view), name=f"{name}_secret"),
            *(
                path(f"<path:object_id>/{slug}/", site.admin_view(require_POST(view)), name=f"{name}_{slug}")
                for slug, view in acts
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Endpoint]:
        state, counted = Notification.State, models.Count
        told = models.Q(notifications__state=state.TOLD)
        return seen_by(super().get_queryset(request), staff_of(request)).annotate(
            waiting_count=counted("notifications", models.Q(notifications__state=state.WAITING)),
            dead_count=counted("notifications", models.Q(notifications__state=state.DEAD)),
            told_at=models.Max("notifications__told_at", filter=told),
        )

    def has_add_permission(self, request: HttpRequest, obj: Endpoint | None = None) -> bool:
        return has_duty(staff=staff_of(request), duty=Duty.MANAGE_ENDPOINTS)

    def has_change_permission(self, request: HttpRequest, obj: Endpoint | None = None) -> bool:
        may = has_duty(staff=staff_of(request), duty=Duty.MANAGE_ENDPOINTS)
        return may and (obj is None or is_theirs_alone(obj, staff_of(request)))

    def get_readonly_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> tuple[str, ...]:
        return ("organisation", "processor", "method") if obj else ()

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: Any) -> None:
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Endpoint, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The answer to the POST itself shows the secret, so that it is kept in no session."""
        if obj.method == Endpoint.Method.MAIL:
            return super().response_add(request, obj, post_url_continue)
        _row, secret = secrets.make_secret(endpoint=obj, made_by=staff_of(request), made_at=timezone.now())
        return self.page(request, "made", title=_("The endpoint is made"), endpoint=obj, secret=secret)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        endpoint = kwargs.get("obj")
        if endpoint is not None:
            context["look"] = endpoint_look(endpoint)
            context["may_manage"] = self.has_change_permission(request, endpoint)
            context["tries"] = _tries(endpoint)
        return super().render_change_form(request, context, *args, **kwargs)

    def secret_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        staff, endpoint = require(request, Duty.MANAGE_ENDPOINTS), self.find(request, object_id)
        if endpoint.method == Endpoint.Method.MAIL:
            raise Http404
        form = RotateSecretForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            _row, secret = secrets.rotate_secret(
                endpoint=endpoint, overlap=form.overlap(), made_by=staff, now=timezone.now()
            )
            return self.page(request, "made", title=_("The secret is made"), endpoint=endpoint, secret=secret)
        return self.page(request, "secret", title=_("A new secret"), endpoint=endpoint, form=form)

    def test_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.find(request, object_id)
        writing.write_test(endpoint=endpoint, written_at=timezone.now())
        messages.success(request, _("A test is on its way. Look below in a moment for what came of it."))
        return self.back_to(endpoint)

    def off_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.find(request, object_id)
        endpoints.disable(endpoint=endpoint, because=Endpoint.Ending.STAFF, disabled_at=timezone.now())
        messages.success(request, _("Switched off. What people say from now on is not told there."))
        return self.back_to(endpoint)

    def on_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.find(request, object_id)
        endpoints.enable(endpoint=endpoint)
        messages.success(request, _("Switched on. What waited goes first."))
        return self.back_to(endpoint)

    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.find(request, object_id)
        count = delivering.replay_all(endpoint=endpoint, now=timezone.now())
        said = ngettext(
            "%(count)s notification waits to be told again.",
            "%(count)s notifications wait to be told again.",
            count,
        )
        messages.success(request, said % {"count": count})
        return self.back_to(endpoint)

    def find(self, request: HttpRequest, object_id: str) -> Endpoint:
        endpoint = self.get_object(request, unquote(object_id))
        if endpoint is None:
            raise Http404
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        return endpoint

    def back_to(self, endpoint: Endpoint) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:consent_endpoint_change", args=[endpoint.pk]))

    def page(self, request: HttpRequest, name: str, **context: object) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/endpoint_{name}.html", {**shared, **context})

    @admin.display(description=_("state"))
    def state(self, endpoint: Endpoint) -> str:
        return badge(endpoint_look(endpoint))

    @admin.display(description=_("waiting"), ordering="waiting_count")
    def waiting(self, endpoint: Any) -> int:
        return int(endpoint.waiting_count)

    @admin.display(description=_("given up"), ordering="dead_count")
    def dead(self, endpoint: Any) -> int:
        return int(endpoint.dead_count)

    @admin.display(description=_("last told at"), ordering="told_at", empty_value="-")
    def last_told_at(self, endpoint: Any) -> Any:
        return endpoint.told_at


def _tries(endpoint: Endpoint) -> list[DeliveryAttempt]:
    tries = DeliveryAttempt.objects.filter(notification__endpoint=endpoint).select_related("notification")
    return list(tries.order_by("-attempted_at", "-pk")[:TRIES_SHOWN])
